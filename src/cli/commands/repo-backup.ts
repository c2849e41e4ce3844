import { countOf } from "../../base/count-of.ts";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runBackup } from "../../engine/backup/run-backup.ts";
import type { BackupRecord, LedgerHead } from "../../engine/model.ts";
import type { ObjectStore } from "../../engine/object-store.ts";
import type { SourceWarning } from "../../engine/source.ts";
import { openRepositoryStore } from "../open-repository-store.ts";
import { usageError } from "../arguments.ts";
import { chooseRoles, type ChosenRoles } from "../choose-roles.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { estimateSize } from "../estimate-size.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { formatDuration } from "../format-figures.ts";
import { requireKeys } from "../keys-file.ts";
import { withWriterKeys, type WriterKeys } from "../writer-keys.ts";
import { createOutputLogger } from "../output-logger.ts";
import { engineHost, keysPath, repositoryOptions, repositoryPath } from "../open-repository.ts";
import { printablePath } from "../printable.ts";
import { createProgressView, type ProgressView } from "../progress-view.ts";
import { defaultCacheFolder } from "../user-folders.ts";

export const repoBackup: Command = {
  name: "repo backup",
  summary: "Backs up folders into a repository, without the service",
  positionals: { usage: "[NAME=]FOLDER …", min: 0, max: 256 },
  examples: [
    [
      "Two folders, under their own names",
      "holdfast repo backup --repo /mnt/backup /etc /srv/data",
    ],
    ["Under names of your choice", "holdfast repo backup --repo /mnt/backup settings=/etc"],
    [
      "Databases and programs as well, described in a file",
      "holdfast repo backup --repo /mnt/backup --config roles.yaml",
    ],
  ],
  options: {
    ...repositoryOptions,
    config: { summary: "File that describes what to back up, in YAML or JSON", value: "FILE" },
    exclude: {
      summary: "Leave out what matches, e.g. '**/*.tmp'",
      value: "PATTERN",
      multiple: true,
    },
    "cache-dir": { summary: "Where to remember unchanged files", value: "FOLDER" },
    "no-cache": { summary: "Remember nothing, read every file" },
    rescan: { summary: "Read every file, though the cache knows it" },
    workers: { summary: "Threads; default 2", value: "N" },
  },
  run: runRepoBackup,
};

async function runRepoBackup(args: Arguments, cli: Cli): Promise<ExitCode> {
  const plan: BackupPlan = {
    keysPath: keysPath(args, cli),
    cacheDirectory: chooseCache(args, cli),
    workers: args.integer("workers", 1, 64),
    chosen: await chooseRoles(args),
    rescan: args.flag("rescan"),
  };
  await requireKeys(plan.keysPath);
  const store = await openRepositoryStore(repositoryPath(args), cli, "write");
  try {
    const record = await withWriterKeys(plan.keysPath, async (keys) => {
      const made = await backUp(plan, keys, store, cli);
      await keys.saveHead(headOf(made));
      return made;
    });
    report(cli, record);
    return exitCodeByStatus[record.status];
  } finally {
    await store.close();
  }
}

interface BackupPlan {
  readonly keysPath: string;
  readonly cacheDirectory: string | undefined;
  readonly workers: number | undefined;
  readonly chosen: ChosenRoles;
  readonly rescan: boolean;
}

async function backUp(
  plan: BackupPlan,
  { file, owner }: WriterKeys,
  store: ObjectStore,
  cli: Cli,
): Promise<BackupRecord> {
  const { keys, deployment, ledgerHead } = file;
  const { cacheDirectory, rescan, workers, chosen } = plan;
  const scratchDirectory = await mkdtemp(join(tmpdir(), "holdfast-"));
  const view = createProgressView(cli);
  const estimate = startEstimate(chosen, cli, view);
  try {
    return await runBackup({
      ...engineHost(cli),
      ...{ store, keys, deployment, ledgerHead },
      ...{ installationId: owner.installationId, fence: owner.jobFence },
      ...{ cacheDirectory, rescan, scratchDirectory },
      ...(workers === undefined ? {} : { workers }),
      backupId: randomUUID(),
      isAutomatic: false,
      roles: chosen.roles,
      logger: createOutputLogger(cli.output),
      signal: cli.signal,
      onProgress: (progress) => view.update(progress),
      onWarning: (role, warning) => cli.output.warn(describeWarning(role, warning)),
    });
  } finally {
    estimate.abort();
    view.clear();
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}

function chooseCache(args: Arguments, cli: Cli): string | undefined {
  const folder = args.text("cache-dir");
  if (args.flag("no-cache")) {
    if (folder === undefined) return undefined;
    throw usageError("Give --cache-dir or --no-cache, not both");
  }
  return folder === undefined
    ? defaultCacheFolder(repositoryPath(args), cli.environment)
    : resolve(folder);
}

/** Only a person who looks on wants to know how much is left. */
function startEstimate(roles: ChosenRoles, cli: Cli, view: ProgressView): AbortController {
  const controller = new AbortController();
  if (!cli.output.isTerminal || cli.output.isJson) return controller;
  void estimateSize(roles.folders, controller.signal).then((bytes) => {
    if (bytes !== undefined) view.expect(bytes);
  });
  return controller;
}

function headOf({ sequence, backupId, manifestHash }: BackupRecord): LedgerHead {
  return { sequence, backupId, manifestHash };
}

function describeWarning(role: string, { path, code, message }: SourceWarning): string {
  return `${role}: ${printablePath(path)}: ${message} (${code})`;
}

function report(cli: Cli, record: BackupRecord): void {
  const elapsed = Date.parse(record.endedAt) - Date.parse(record.createdAt);
  if (cli.output.isJson) {
    cli.output.printJson({ message_type: "summary", ...record });
    return;
  }
  const { print } = cli.output;
  for (const { name, status, files, plainBytes, newBytes, error } of record.roles) {
    const failure = error === undefined ? "" : `: ${error.message} (${error.code})`;
    const sizes = `${countOf(files, "file")}, ${formatBytes(plainBytes)}, new ${formatBytes(newBytes)}`;
    print(`${name}: ${status}${failure === "" ? `, ${sizes}` : failure}`);
  }
  print(
    `Backup ${record.backupId} ${record.status}: ${formatBytes(record.plainBytes)} in ${formatDuration(elapsed)}, stored ${formatBytes(record.storedBytes)}`,
  );
}

const exitCodeByStatus: Readonly<Record<BackupRecord["status"], ExitCode>> = {
  Succeeded: exitCodes.done,
  PartialSucceeded: exitCodes.partial,
  Failed: exitCodes.failed,
};
