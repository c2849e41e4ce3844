import { countOf, formatCount } from "../../base/count-of.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { listBackups } from "../../engine/list-backups.ts";
import type { Opener } from "../../engine/model.ts";
import type { ObjectStore } from "../../engine/object-store.ts";
import { executePrune, type PruneResult } from "../../engine/prune/execute-prune.ts";
import { planPrune } from "../../engine/prune/plan-prune.ts";
import type { PrunePlan } from "../../engine/prune/prune-plan.ts";
import { planRetention, type RetentionPlan } from "../../engine/retention.ts";
import type { RetentionPolicy } from "../../engine/retention-policy.ts";
import { openRepositoryStore } from "../open-repository-store.ts";
import { askYes } from "../ask-yes.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { formatTable } from "../format-figures.ts";
import { requireKeys, type KeysFile } from "../keys-file.ts";
import { withWriterKeys } from "../writer-keys.ts";
import { engineHost, keysPath, repositoryOptions, repositoryPath } from "../open-repository.ts";
import { createOutputLogger } from "../output-logger.ts";
import { openerOptions, readOpener } from "../read-opener.ts";
import { defaultCacheFolder } from "../user-folders.ts";

const number = (summary: string): { readonly summary: string; readonly value: string } => ({
  summary,
  value: "N",
});

export const repoPrune: Command = {
  name: "repo prune",
  summary: "Removes backups no rule keeps, and frees the space nothing needs; shows the plan first",
  examples: [
    [
      "Keep a week of days, a month of weeks, a year of months",
      "holdfast repo prune --repo /mnt/backup --keep-daily 7 --keep-weekly 5 --keep-monthly 12",
    ],
    ["Only look", "holdfast repo prune --repo /mnt/backup --keep-last 5 --dry-run"],
    ["Delete what earlier prunes marked", "holdfast repo prune --repo /mnt/backup --yes"],
  ],
  options: {
    ...repositoryOptions,
    "keep-last": number("Keep the newest N good backups"),
    "keep-hourly": number("Keep one for each of the newest N hours that have any"),
    "keep-daily": number("… days"),
    "keep-weekly": number("… weeks"),
    "keep-monthly": number("… months"),
    "keep-yearly": number("… years"),
    "keep-within-days": number("Keep everything up to N days older than the newest"),
    floor: number("Never leave fewer good backups than this; default 1"),
    pin: { summary: "Keep this backup", value: "ID", multiple: true },
    remove: { summary: "Remove this backup, whatever the rules say", value: "ID", multiple: true },
    grace: { summary: "Hours between marking and deleting; default 24", value: "HOURS" },
    "dry-run": { summary: "Show the plan and do nothing" },
    yes: { summary: "Do not ask" },
    ...openerOptions,
  },
  run: runRepoPrune,
};

interface ShownPlan {
  readonly retention: RetentionPlan;
  readonly prune: PrunePlan;
}

async function runRepoPrune(args: Arguments, cli: Cli): Promise<ExitCode> {
  const keysFile = await requireKeys(keysPath(args, cli));
  const opener = await readOpener(args, cli);
  const isDry = args.flag("dry-run");
  const access = isDry ? "read" : "write";
  const store = await openRepositoryStore(repositoryPath(args), cli, access);
  try {
    const shown = await makePlan(args, cli, store, keysFile, opener);
    showPlan(shown, cli);
    if (isDry || isNothing(shown.prune)) return exitCodes.done;
    if (!args.flag("yes") && !(await askYes(cli, "Carry this out?"))) return exitCodes.done;
    report(cli, await carryOut(shown.prune, args, cli, store));
    return exitCodes.done;
  } finally {
    cli.output.draw("");
    await store.close();
  }
}

async function makePlan(
  args: Arguments,
  cli: Cli,
  store: ObjectStore,
  { keys, ledgerHead }: KeysFile,
  opener: Opener | undefined,
): Promise<ShownPlan> {
  const { backups } = await listBackups(store, keys.signingPublicKey);
  const records = backups.map(({ record }) => record);
  const now = cli.clock.now();
  const retention = planRetention(records, readPolicy(args), now);
  const removeByRule = retention.remove.map(({ backupId }) => backupId);
  const prune = await planPrune(store, keys, {
    remove: [...new Set([...removeByRule, ...args.texts("remove")])],
    now,
    ...optional("graceMilliseconds", hours(args.integer("grace", 0, 24 * 366))),
    ...optional("floor", args.integer("floor", 1, 1_000_000)),
    ledgerHead,
    ...optional("opener", opener),
  });
  return { retention, prune };
}

async function carryOut(
  plan: PrunePlan,
  args: Arguments,
  cli: Cli,
  store: ObjectStore,
): Promise<PruneResult> {
  return withWriterKeys(keysPath(args, cli), ({ file, owner }) =>
    executePrune(plan, {
      ...engineHost(cli),
      store,
      keys: file.keys,
      owner,
      cacheDirectory: defaultCacheFolder(repositoryPath(args), cli.environment),
      logger: createOutputLogger(cli.output),
      signal: cli.signal,
      onProgress: (done, total) =>
        cli.output.draw(`Deleted ${formatCount(done)} of ${formatCount(total)}`),
    }),
  );
}

/** Undefined where no rule was typed: then nothing is removed by rules. */
function readPolicy(args: Arguments): RetentionPolicy | undefined {
  const count = (name: string): number | undefined => args.integer(name, 0, 1_000_000);
  const rules = {
    ...optional("keepLast", count("keep-last")),
    ...optional("keepHourly", count("keep-hourly")),
    ...optional("keepDaily", count("keep-daily")),
    ...optional("keepWeekly", count("keep-weekly")),
    ...optional("keepMonthly", count("keep-monthly")),
    ...optional("keepYearly", count("keep-yearly")),
    ...optional("keepWithinDays", count("keep-within-days")),
  };
  if (Object.keys(rules).length === 0) return undefined;
  return { ...rules, ...optional("floor", count("floor")), pinned: args.texts("pin") };
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

function hours(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 3_600_000;
}

function isNothing(plan: PrunePlan): boolean {
  const { removeBackups, mark, delete: due, leftManifests, spentNotes } = plan;
  return [removeBackups, mark, due, leftManifests, spentNotes].every((list) => list.length === 0);
}

function showPlan({ retention, prune }: ShownPlan, cli: Cli): void {
  const { output } = cli;
  if (output.isJson) {
    output.printJson({ message_type: "plan", retention, prune });
    return;
  }
  const byRule = new Map(retention.remove.map(({ backupId, reason }) => [backupId, reason]));
  const created = (text: string | null): string => text?.slice(0, 19).concat("Z") ?? "unknown";
  const gone = new Set(prune.removeBackups.map(({ backupId }) => backupId));
  const rows = [
    ...retention.keep
      .filter(({ backupId }) => !gone.has(backupId))
      .map(({ backupId, reasons }) => ["keep", backupId, reasons.join("; ")]),
    ...prune.removeBackups.map(({ backupId, createdAt }) => [
      "remove",
      backupId,
      `${byRule.get(backupId) ?? "named by hand"}; of ${created(createdAt)}`,
    ]),
  ];
  for (const line of formatTable([["", "BACKUP", "WHY"], ...rows])) output.print(line);
  showObjects(prune, output.print);
  for (const name of prune.unreadableNotes) output.warn(`${name} cannot be read and says nothing`);
}

function showObjects(prune: PrunePlan, print: (line: string) => void): void {
  const { mark, delete: due, waiting, young, repack } = prune;
  print(
    `Marked ${countOf(mark.length, "object")}, delete ${formatCount(due.length)}, waiting ${formatCount(waiting.length)}, too young ${formatCount(young.length)}`,
  );
  print(
    `Frees ${formatBytes(prune.bytesFreedNow)} now, ${formatBytes(prune.bytesFreedLater)} in later runs`,
  );
  if (repack.kind === "unknown") {
    print("Sparse packs are not shown: that needs the private key of these backups (--pfx)");
    return;
  }
  for (const { name, liveBytes, deadBytes } of repack.packs)
    print(`Sparse: ${name} ${formatBytes(liveBytes)} needed, ${formatBytes(deadBytes)} not`);
}

function report(cli: Cli, result: PruneResult): void {
  cli.output.draw("");
  if (cli.output.isJson) {
    cli.output.printJson({ message_type: "summary", ...result });
    return;
  }
  cli.output.print(
    `Removed ${countOf(result.removedBackups.length, "backup")}, deleted ${countOf(result.deleted, "object")}: ${formatBytes(result.bytesFreed)} freed, ${formatBytes(result.bytesWaiting)} to follow${result.postponed === 0 ? "" : `; the store keeps ${formatCount(result.postponed)} of them yet (an object lock?), the next prune tries again`}`,
  );
}
