import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface ScriptChild {
  readonly process: ChildProcess;
  /** Lines of standard output as they come. */
  readonly lines: AsyncIterable<string>;
  /** Everything written to standard error so far. */
  readErrors(): string;
  /** Resolves when the process is gone, with its exit code or the name of the signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a TypeScript file beside this one as a process of its own. */
export function startScript(name: string, ...args: readonly string[]): ScriptChild {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (data: Buffer) => errors.push(data.toString()));
  return {
    process: child,
    lines: createInterface({ input: child.stdout }),
    readErrors: () => errors.join(""),
    ended: once(child, "close").then(([code, signal]) => (signal ?? code) as number | string),
  };
}
