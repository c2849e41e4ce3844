import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What a process of our command line said and how it ended. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const program = join(import.meta.dirname, "../../src/cli/main.ts");

/** Starts `holdfast` as its user would, with a home of its own. */
export function startCli(
  home: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...words], {
    cwd: home,
    env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: home, ...environment },
  });
}

/** Runs `holdfast` to its end. */
export async function runCli(
  home: string,
  words: readonly string[],
  more: { readonly stdin?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CliRun> {
  const child = startCli(home, words, more.environment);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  child.stdin.end(more.stdin ?? "");
  const [code] = (await once(child, "close")) as [number];
  return { code, ...said };
}
