import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChosenFolder } from "./choose-folders.ts";
import { compareTrees } from "./compare-trees.ts";
import { countOf, say } from "./console.ts";
import { checkDatabase } from "./database.ts";
import { command, commandArguments, type Stage } from "./stage.ts";

/** What was compared and what differs. */
export interface Verdict {
  readonly files: number;
  readonly differences: readonly string[];
}

/** Compares everything that was restored with what was backed up. */
export function compareAll(
  stage: Stage,
  folders: readonly ChosenFolder[],
  target: string,
): Verdict {
  const differences: string[] = [];
  let files = 0;
  for (const { role, path, exclude } of folders) {
    const comparesOwner = process.geteuid?.() === 0;
    const found = compareTrees(path, join(target, role), { exclude, comparesOwner });
    files += found.files;
    differences.push(...found.differences);
    say(
      `  ${path}: ${countOf(found.files)} files, ${countOf(found.directories)} folders, ${countOf(found.links)} links, ${found.differences.length} differences`,
    );
  }
  const { faults, transfers } = checkDatabase(join(target, "bank", "bank.db"));
  differences.push(...faults.map((fault) => `${stage.database}: ${fault}`));
  say(
    `  database: ${faults.length === 0 ? "sound, no money lost or made" : "DAMAGED"}, as of transfer ${countOf(transfers)}`,
  );
  const environment = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
  const printed = execFileSync(command, commandArguments, { env: environment });
  const kept = readFileSync(join(target, "packages", "output"));
  if (!printed.equals(kept)) differences.push(`${command}: its output differs`);
  say(`  output of ${command}: ${printed.equals(kept) ? "the same" : "DIFFERENT"}`);
  return { files: files + 2, differences };
}
