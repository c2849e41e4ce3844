import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** The service as a process of its own. */
export interface RunningService {
  readonly child: ChildProcess;
  readonly url: string;
}

const patienceMilliseconds = 20_000;

/** A port of this machine that nobody uses at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the service and returns when it says that it is ready. */
export async function startService(
  root: string,
  config: string,
  log: string,
): Promise<RunningService> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "src", "main.ts"), "--config", config],
    { stdio: ["ignore", "pipe", openSync(log, "a")], cwd: root },
  );
  const url = await readAddress(child, log);
  const deadline = performance.now() + patienceMilliseconds;
  while (performance.now() < deadline && child.exitCode === null) {
    const response = await fetch(new URL("/readyz", url)).catch(() => undefined);
    if (response?.ok === true) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The service does not get ready: see ${log}`);
}

/** Asks the service to end and waits until it did. */
export async function stopService({ child }: RunningService): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

async function readAddress(child: ChildProcess, log: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => reject(new Error(`The service is silent: see ${log}`)),
    patienceMilliseconds,
  );
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    const url = /listening (https?:\/\/\S+)/.exec(said)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.once("close", () => {
    const reason = readFileSync(log, "utf8").trim().split("\n").slice(-5).join("\n");
    reject(new Error(`The service ended while it was starting:\n${reason}`));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
