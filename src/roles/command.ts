import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Source, SourceEntry, SourceHost } from "../engine/source.ts";
import { toRawPath } from "./raw-path.ts";
import { createRedactedTail } from "./redacted-tail.ts";
import type { RedactedTail } from "./redacted-tail.ts";
import {
  invalidSetting,
  readBoolean,
  readInteger,
  readSettings,
  readText,
  readTextMap,
  readTexts,
  requireText,
} from "./settings-reader.ts";

export interface CommandSettings {
  /** Absolute path of the program, or a name found on the standard path. Never a shell line. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to a small fixed environment; the place for secrets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Name of the one file that holds the output; default `output`. */
  readonly fileName?: string;
  /** More output than this is a failure. */
  readonly maxBytes?: number;
  /** Whether no output at all is fine. */
  readonly allowEmpty?: boolean;
}

const programFolders = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];
// All a program gets of us: nothing of the service's own environment, which may hold secrets.
const baseEnvironment = { PATH: programFolders.join(":"), LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
const killMilliseconds = 2_000; // between asking a program to end and ending it
const fileNamePattern = /^[^/\0]{1,200}$/;

/** Reads the settings of a command role. */
export function parseCommandSettings(value: unknown, place: string): CommandSettings {
  const keys = ["command", "args", "env", "workingDirectory", "fileName", "maxBytes", "allowEmpty"];
  const settings = readSettings(value, place, keys);
  const command = requireText(settings, "command");
  if (command.includes("/") && !command.startsWith("/")) {
    throw invalidSetting(`${place}.command`, "it must be an absolute path or a plain name");
  }
  const workingDirectory = readText(settings, "workingDirectory");
  const fileName = readText(settings, "fileName") ?? "output";
  if (!fileNamePattern.test(fileName) || fileName === "." || fileName === "..") {
    throw invalidSetting(`${place}.fileName`, "it must be one plain file name");
  }
  const maxBytes = readInteger(settings, "maxBytes", 1, Number.MAX_SAFE_INTEGER);
  return {
    command,
    args: readTexts(settings, "args", true),
    env: readTextMap(settings, "env"),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    fileName,
    ...(maxBytes === undefined ? {} : { maxBytes }),
    allowEmpty: readBoolean(settings, "allowEmpty", false),
  };
}

/**
 * The output of a program as one stream. The iteration rejects with `SourceFailed` when the program ends
 * with anything but 0, writes nothing or too much; when it is left or aborted, the program's whole process
 * group is ended.
 */
export function openCommandSource(
  settings: CommandSettings,
  _host: Pick<SourceHost, "warn">,
  clock: Clock = systemClock,
): Source {
  let program: string | undefined;
  return {
    prepare: async (signal) => {
      signal.throwIfAborted();
      program = findProgram(settings.command);
    },
    entries: async function* (signal) {
      signal.throwIfAborted();
      yield [describeOutput(settings.fileName ?? "output", clock.now())];
    },
    open: (_entry, signal) => runProgram(program ?? settings.command, settings, clock, signal),
    close: async () => undefined,
  };
}

function findProgram(command: string): string {
  const candidates = command.startsWith("/")
    ? [command]
    : programFolders.map((folder) => join(folder, command));
  const found = candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found !== undefined) {
    requireTrusted(found);
    return found;
  }
  const message = `Cannot find the program "${command}", or it may not be run: correct the command of the role`;
  throw new AppError("SourceUnavailable", message, { target: command });
}

/** What others can write, others decide: it would run with our rights. */
function requireTrusted(program: string): void {
  const { uid, mode } = statSync(program);
  const isOurs = uid === 0 || uid === process.geteuid?.();
  if (isOurs && (mode & 0o002) === 0) return;
  throw new AppError(
    "SourceUnavailable",
    `The program "${program}" can be changed by others: give it to root or to the service's user, and take write access from everybody else`,
    { target: program },
  );
}

function describeOutput(fileName: string, now: number): SourceEntry {
  return {
    path: toRawPath(fileName),
    type: "stream",
    mode: 0o600,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    size: 0,
    mtimeNs: BigInt(now) * 1_000_000n,
    ctimeNs: 0n,
    inode: 0n,
  };
}

async function* runProgram(
  program: string,
  settings: CommandSettings,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  const running = startProgram(program, settings);
  const stop = (): void => running.stop(clock);
  signal.addEventListener("abort", stop, { once: true });
  let bytes = 0;
  try {
    for await (const chunk of running.output as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      bytes += chunk.length;
      checkSize(bytes, settings);
      yield chunk;
    }
    const outcome = await running.ended;
    signal.throwIfAborted();
    checkOutcome(outcome, bytes, settings, running.errors);
  } catch (error) {
    signal.throwIfAborted();
    throw isAppError(error)
      ? error
      : failed(settings.command, "its output broke off", "pipe", error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
    await running.ended;
  }
}

interface Outcome {
  readonly exitCode: number | null;
  readonly killedBy: string | null;
  readonly startError: Error | undefined;
}

interface RunningProgram {
  readonly output: Readable;
  readonly errors: RedactedTail;
  /** Settles when the program is gone and its output closed; never rejects. */
  readonly ended: Promise<Outcome>;
  /** Ends the whole process group; harmless when it is gone. */
  readonly stop: (clock: Clock) => void;
}

function startProgram(program: string, settings: CommandSettings): RunningProgram {
  const { args = [], env = {}, workingDirectory } = settings;
  const child = spawn(program, args, {
    cwd: workingDirectory ?? "/",
    env: { ...baseEnvironment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, so that its children end with it
    shell: false,
  });
  const errors = createRedactedTail(Object.values(env));
  child.stderr.on("data", (chunk: Buffer) => errors.add(chunk));
  let startError: Error | undefined;
  const ended = new Promise<Outcome>((resolve) => {
    child.on("error", (error) => {
      startError ??= error;
      if (child.pid === undefined) resolve({ exitCode: null, killedBy: null, startError });
    });
    child.on("close", (exitCode, killedBy) => resolve({ exitCode, killedBy, startError }));
  });
  let isGone = false;
  void ended.then(() => {
    isGone = true;
  });
  const stop = (clock: Clock): void => {
    if (isGone || child.pid === undefined) return;
    // Both, or a process that left the group could keep "close" from ever coming.
    child.stdout.destroy();
    child.stderr.destroy();
    signalGroup(child.pid, "SIGTERM");
    const done = new AbortController();
    void ended.then(() => done.abort());
    const killLater = (): void => signalGroup(child.pid ?? 0, "SIGKILL");
    clock.sleep(killMilliseconds, done.signal).then(killLater, () => undefined);
  };
  return { output: child.stdout, errors, ended, stop };
}

function signalGroup(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  if (pid <= 1) return; // -1 would mean every process there is
  try {
    process.kill(-pid, name);
  } catch {
    return; // gone already
  }
}

function checkSize(bytes: number, { maxBytes, command }: CommandSettings): void {
  if (maxBytes === undefined || bytes <= maxBytes) return;
  throw failed(command, `it wrote more than ${maxBytes} bytes; raise maxBytes of the role`, "size");
}

function checkOutcome(
  { exitCode, killedBy, startError }: Outcome,
  bytes: number,
  settings: CommandSettings,
  errors: RedactedTail,
): void {
  const { command, allowEmpty = false } = settings;
  if (startError !== undefined) {
    throw failed(
      command,
      "it did not start; see its rights and workingDirectory",
      "start",
      startError,
    );
  }
  const words = errors.read();
  const said = words === "" ? "it wrote no error text" : `its last words: ${words}`;
  if (killedBy !== null) throw failed(command, `it was ended by ${killedBy}; ${said}`, killedBy);
  if (exitCode !== 0) {
    throw failed(command, `it ended with exit code ${exitCode}; ${said}`, `exit ${exitCode}`);
  }
  if (bytes === 0 && !allowEmpty) {
    const fault = "it wrote nothing; set allowEmpty if that is right";
    throw failed(command, `${fault}; ${said}`, "empty");
  }
}

function failed(command: string, fault: string, nativeCode: string, cause?: unknown): AppError {
  const message = `Cannot back up the output of "${command}": ${fault}`;
  return new AppError("SourceFailed", message, { target: command, nativeCode, cause });
}
