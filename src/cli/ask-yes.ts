import { usageError } from "./arguments.ts";
import type { Cli } from "./command.ts";

/** Whether a person answers yes; without one at a terminal the command has to be given `--yes`. */
export async function askYes(cli: Cli, question: string): Promise<boolean> {
  const { stdin, output, signal } = cli;
  if (!stdin.isTTY || !output.isTerminal)
    throw usageError("Nobody is there to be asked: look with --dry-run, then give --yes");
  output.say(`${question} Type yes:`);
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: stdin });
  try {
    return (await lines.question("", { signal })).trim().toLowerCase() === "yes";
  } finally {
    lines.close();
  }
}
