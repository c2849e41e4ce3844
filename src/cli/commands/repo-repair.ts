import { countOf } from "../../base/count-of.ts";
import {
  executeRepair,
  planRepair,
  type RepairPlan,
  type RepairResult,
} from "../../engine/repair/repair-repository.ts";
import { openRepositoryStore } from "../open-repository-store.ts";
import { askYes } from "../ask-yes.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { requireKeys } from "../keys-file.ts";
import { withWriterKeys } from "../writer-keys.ts";
import { engineHost, keysPath, repositoryOptions, repositoryPath } from "../open-repository.ts";
import { createProgressView } from "../progress-view.ts";

export const repoRepair: Command = {
  name: "repo repair",
  summary: "Sets damage aside so that the next backup stores it again; never deletes",
  examples: [
    ["Only look", "holdfast repo repair --repo /mnt/backup --dry-run"],
    ["Without being asked", "holdfast repo repair --repo /mnt/backup --yes"],
  ],
  options: {
    ...repositoryOptions,
    depth: {
      summary: "Look for what is missing or cut off; or read every stored byte (default)",
      value: "DEPTH",
      choices: ["structure", "ciphertext"],
    },
    "dry-run": { summary: "Show the plan and do nothing" },
    yes: { summary: "Do not ask" },
    workers: { summary: "Threads; default 2", value: "N" },
  },
  run: runRepoRepair,
};

async function runRepoRepair(args: Arguments, cli: Cli): Promise<ExitCode> {
  const path = keysPath(args, cli);
  const keysFile = await requireKeys(path);
  const workers = args.integer("workers", 1, 64);
  const isDry = args.flag("dry-run");
  const access = isDry ? "read" : "write";
  const store = await openRepositoryStore(repositoryPath(args), cli, access);
  const view = createProgressView(cli);
  const options = {
    ...engineHost(cli),
    store,
    keys: keysFile.keys,
    ledgerHead: keysFile.ledgerHead,
    depth: args.text("depth") === "structure" ? ("structure" as const) : ("ciphertext" as const),
    ...(workers === undefined ? {} : { workers }),
    signal: cli.signal,
  };
  try {
    const plan = await planRepair({
      ...options,
      onProgress: (progress) => view.update(progress),
    });
    view.clear();
    showPlan(plan, cli);
    const exit = plan.beyondRepair.length > 0 ? exitCodes.integrity : exitCodes.done;
    if (isDry) return plan.setAside.length > 0 ? exitCodes.integrity : exit;
    if (!args.flag("yes") && !(await askYes(cli, "Carry this out?"))) return exit;
    const repair = await withWriterKeys(path, ({ owner }) =>
      executeRepair(plan, { ...options, owner }),
    );
    report(cli, repair);
    return exit;
  } finally {
    view.clear();
    await store.close();
  }
}

function showPlan(plan: RepairPlan, { output }: Cli): void {
  if (output.isJson) {
    output.printJson({ message_type: "plan", ...plan });
    return;
  }
  for (const [what, findings] of [
    ["set aside", plan.setAside],
    ["beyond repair", plan.beyondRepair],
  ] as const) {
    for (const { code, object, message, backups } of findings) {
      output.print(`${what}: ${object} (${code})`);
      output.print(`  ${message}`);
      const harmed = backups.length === 0 ? "no known backup needs it" : backups.join(", ");
      output.print(`  backups harmed: ${harmed}`);
    }
  }
  if (plan.setAside.length + plan.beyondRepair.length === 0) output.print("No damage");
}

function report({ output }: Cli, result: RepairResult): void {
  if (output.isJson) {
    output.printJson({ message_type: "summary", ...result });
    return;
  }
  const { setAside, soundAfterAll, index } = result;
  for (const name of soundAfterAll) output.print(`${name} reads well now and is left as it is`);
  output.print(
    `Set aside ${countOf(setAside.length, "object")}, named ${countOf(index.packs, "pack")} in ${countOf(index.added.length, "new index object")}`,
  );
  if (setAside.length > 0)
    output.print("Make a backup now: it stores again what was set aside, where it is still there");
}
