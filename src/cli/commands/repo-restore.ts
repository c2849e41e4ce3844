import { countOf } from "../../base/count-of.ts";
import { resolve } from "node:path";
import { AppError } from "../../base/errors.ts";
import { listBackups } from "../../engine/list-backups.ts";
import type { RestoreSummary } from "../../engine/model.ts";
import { restoreBackup } from "../../engine/restore/restore-backup.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { formatDuration } from "../format-figures.ts";
import {
  engineHost,
  openForReading,
  repositoryOptions,
  trustOption,
  type ReadableRepository,
} from "../open-repository.ts";
import { createOutputLogger } from "../output-logger.ts";
import { printablePath } from "../printable.ts";
import { createProgressView } from "../progress-view.ts";
import { openerOptions, readOpener } from "../read-opener.ts";

export const repoRestore: Command = {
  name: "repo restore",
  summary: "Brings a backup back into a folder, from the repository alone",
  positionals: { usage: "BACKUP|latest", min: 1, max: 1 },
  examples: [
    [
      "The newest backup, each role in a folder of its name",
      "holdfast repo restore latest --repo /mnt/backup --target /srv/back --pfx holdfast.pfx --password-file holdfast.password",
    ],
    [
      "One role of an older one",
      "holdfast repo restore 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --repo /mnt/backup --target /srv/back --role etc --pfx holdfast.pfx",
    ],
  ],
  options: {
    ...repositoryOptions,
    target: { summary: "Folder to restore into; new or empty (required)", value: "FOLDER" },
    ...openerOptions,
    role: { summary: "Only this role", value: "NAME", multiple: true },
    overwrite: { summary: "Replace files that are there" },
    ...trustOption,
    workers: { summary: "Threads; default 2", value: "N" },
  },
  run: runRepoRestore,
};

async function runRepoRestore(args: Arguments, cli: Cli): Promise<ExitCode> {
  const targetPath = resolve(args.requireText("target"));
  const workers = args.integer("workers", 1, 64);
  const opener = await readOpener(args, cli);
  if (opener === undefined) {
    throw usageError("A backup opens with its private key only: give --pfx (or --psk-file)");
  }
  const repository = await openForReading(args, cli);
  const view = createProgressView(cli);
  try {
    const summary = await restoreBackup({
      ...engineHost(cli),
      store: repository.store,
      backupId: await findBackup(args.positionals[0] ?? "", repository, cli),
      opener,
      expectedPublicKey: repository.publicKey,
      targetPath,
      overwrite: args.flag("overwrite"),
      roles: args.texts("role"),
      setsOwner: process.geteuid?.() === 0,
      ...(workers === undefined ? {} : { workers }),
      logger: createOutputLogger(cli.output),
      signal: cli.signal,
      onProgress: (progress) => view.update(progress),
    });
    view.clear();
    report(cli, summary, targetPath);
    return summary.warnings.length === 0 ? exitCodes.done : exitCodes.partial;
  } finally {
    view.clear();
    await repository.store.close();
  }
}

async function findBackup(
  wanted: string,
  repository: ReadableRepository,
  cli: Cli,
): Promise<string> {
  if (wanted !== "latest") return wanted.toLowerCase();
  const { backups } = await listBackups(repository.store, repository.publicKey);
  const sound = backups.filter(
    ({ record }) => record.signature === "trusted" && record.status !== "Failed",
  );
  const newest = sound.at(-1)?.record;
  if (newest === undefined) {
    throw new AppError("BackupNotFound", "The repository holds no backup that can be trusted");
  }
  cli.output.say(`Restoring ${newest.backupId} of ${newest.createdAt} (${newest.status})`);
  return newest.backupId;
}

function report(cli: Cli, summary: RestoreSummary, targetPath: string): void {
  if (cli.output.isJson) {
    cli.output.printJson({ message_type: "summary", targetPath, ...summary });
    return;
  }
  for (const { path, message } of summary.warnings)
    cli.output.warn(`${printablePath(path)}: ${message}`);
  for (const { name, files, bytes } of summary.roles) {
    cli.output.print(`${name}: ${countOf(files, "file")}, ${formatBytes(bytes)}`);
  }
  cli.output.print(
    `Restored ${countOf(summary.files, "file")}, ${formatBytes(summary.bytes)} into ${targetPath} in ${formatDuration(summary.durationMilliseconds)}`,
  );
}
