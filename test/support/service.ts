import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { createArmCaller, type ArmCaller } from "./arm-caller.ts";
import { checkSeenExchanges, recorder } from "./seen-exchanges.ts";
import { makeTempFolder, removeFolder } from "./temp-folder.ts";

/** The real program as a process of its own, with a folder of its own. */
export interface Service {
  /** Holds everything: settings, state, store, sources, restored trees. */
  readonly folder: string;
  readonly restoreRoot: string;
  /** Where it listens now; another port after each start. */
  readonly url: string;
  readonly pid: number;
  /** All that was written to standard error since the first start. */
  readLog(): string;
  /** SIGTERM, and waits; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
  /** Resolves with the signal or exit code when the process is gone. */
  waitForEnd(): Promise<string | number | null>;
  /** Starts it again after it ended; these variables replace those of the start before. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** A caller that keeps up with restarts. */
  call(apiVersion: string): ArmCaller;
  /** Ends it and removes the folder. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** Called with the fresh folder; makes what is backed up and returns the roles. */
  readonly makeRoles?: (folder: string) => readonly object[];
  /** Replaces or adds settings. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether `close` has oav hold what all callers saw against our documents, whoever they were; it does unless told. */
  readonly checksExchanges?: boolean;
  /** A program and its first arguments that starts ours and becomes it. */
  readonly launcher?: readonly string[];
}

// Kept between runs of the tests: a start then costs half. Node finds out itself what has changed.
const compiled = fileURLToPath(new URL("../../node_modules/.cache/node", import.meta.url));

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Starts the service on a free port of loopback; resolves when it listens. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const folder = await makeTempFolder();
  const configFile = join(folder, "holdfast.yaml");
  const roles = options.makeRoles?.(folder) ?? [aFolderRole(folder)];
  writeFileSync(configFile, stringify({ ...usualSettings, roles, ...options.config }));
  const exchanges = options.checksExchanges === false ? undefined : join(folder, "exchanges");
  const start = (environment: Readonly<Record<string, string>>): Promise<Run> =>
    startProgram(
      folder,
      [...(options.launcher ?? []), ...programWith(configFile, exchanges !== undefined)],
      { ...(exchanges === undefined ? {} : { HOLDFAST_EXCHANGES: exchanges }), ...environment },
    );
  let run = await start(options.environment ?? {}).catch(async (error: unknown) => {
    await removeFolder(folder);
    throw error;
  });
  const service: Service = {
    folder,
    restoreRoot: join(folder, "restored"),
    get url() {
      return run.url;
    },
    get pid() {
      return run.child.pid ?? 0;
    },
    readLog: () => readText(join(folder, "log")),
    stop: async () => {
      if (!run.hasEnded()) run.child.kill("SIGTERM");
      return (await run.ended) as number | null;
    },
    kill: async () => {
      run.child.kill("SIGKILL");
      await run.ended;
    },
    waitForEnd: () => run.ended,
    restart: async (environment = {}) => {
      await run.ended;
      run = await start(environment);
    },
    call: (apiVersion) => createArmCaller(() => run.url, apiVersion),
    close: async () => {
      await service.stop();
      try {
        if (exchanges !== undefined) await checkSeenExchanges(exchanges);
      } finally {
        await removeFolder(folder);
      }
    },
  };
  return service;
}

// Short leases, so that work of a killed process is taken over while a test waits.
const usualSettings = {
  listen: { host: "127.0.0.1", port: 0 },
  stateDirectory: "./state",
  restoreRoot: "./restored",
  authentication: { mode: "development" },
  deployment: { region: "north", stampVersion: "1.2108.0.32" },
  log: { format: "json", level: "info" },
  pollSeconds: 1,
  leaseSeconds: 2,
};

function aFolderRole(folder: string): object {
  mkdirSync(join(folder, "source"));
  writeFileSync(join(folder, "source", "file"), "a file");
  return {
    name: "files",
    adapter: "directory",
    essential: true,
    settings: { path: join(folder, "source") },
  };
}

function programWith(configFile: string, isWatched: boolean): readonly string[] {
  const watching = isWatched ? ["--import", recorder] : [];
  return [process.execPath, ...watching, program, "--config", configFile];
}

interface Run {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<string | number | null>;
  hasEnded(): boolean;
}

const patienceMilliseconds = 30_000;

async function startProgram(
  folder: string,
  [command = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Run> {
  const log = join(folder, "log");
  // The file itself: who starts a hundred services must not have to read along.
  const errors = openSync(log, "a");
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", errors],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...environment },
  });
  closeSync(errors);
  const ended = once(child, "close").then(
    ([code, signal]) => (signal ?? code) as string | number | null,
  );
  const url = await readAddress(child, ended, log);
  return {
    child,
    url,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  };
}

async function readAddress(
  child: ChildProcess,
  ended: Promise<unknown>,
  log: string,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    const url = /^listening (\S+)\n/.exec(said)?.[1];
    if (url !== undefined) resolve(url);
  });
  let isUp = false;
  // The log of a service that ran for long does not fit into a text.
  void ended.then(() => isUp || reject(new Error(`It did not start:\n${readText(log)}`)));
  const timer = setTimeout(() => reject(new Error("It does not start")), patienceMilliseconds);
  try {
    const url = await promise;
    isUp = true;
    return url;
  } finally {
    clearTimeout(timer);
  }
}

/** Empty while nothing was written. */
function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
