import { isAppError } from "../../base/errors.ts";
import { listBackups } from "../../engine/list-backups.ts";
import type { BackupRecord } from "../../engine/model.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { formatTable } from "../format-figures.ts";
import { openForReading, repositoryOptions, trustOption } from "../open-repository.ts";

export const repoList: Command = {
  name: "repo list",
  summary: "Lists the backups in a repository, oldest first; needs no key",
  examples: [
    ["See what is there", "holdfast repo list --repo /mnt/backup"],
    ["For a program", "holdfast repo list --repo /mnt/backup --output json"],
  ],
  options: { ...repositoryOptions, ...trustOption },
  run: runRepoList,
};

async function runRepoList(args: Arguments, cli: Cli): Promise<ExitCode> {
  const { store, publicKey } = await openForReading(args, cli);
  const { backups, unreadable } = await listBackups(store, publicKey);
  await store.close();
  const records = backups.map((backup) => backup.record);
  if (cli.output.isJson) cli.output.printJson(records);
  else printTable(cli, records);
  for (const { name, error } of unreadable) {
    cli.output.warn(`${name}: ${isAppError(error) ? error.message : "cannot be read"}`);
  }
  const isSound =
    unreadable.length === 0 && records.every((record) => record.signature === "trusted");
  return isSound ? exitCodes.done : exitCodes.integrity;
}

function printTable(cli: Cli, records: readonly BackupRecord[]): void {
  if (records.length === 0) {
    cli.output.say("No backups yet: make one with holdfast repo backup");
    return;
  }
  const heading = ["BACKUP", "CREATED", "STATUS", "SIZE", "ADDED", "ROLES", "SIGNATURE"];
  const rows = records.map((record) => [
    record.backupId,
    record.createdAt.slice(0, 19).concat("Z"),
    record.status,
    formatBytes(record.plainBytes),
    formatBytes(record.storedBytes),
    record.roles.map((role) => role.name).join(","),
    record.signature,
  ]);
  for (const line of formatTable([heading, ...rows])) cli.output.print(line);
}
