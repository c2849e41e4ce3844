import { finishAction } from "../arm/finish-action.ts";
import { decryptionOptions, readDecryption } from "../arm/read-decryption.ts";
import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import type { RestoreResult } from "../../generated/api-2026-12-01.ts";

export const backupRestore: Command = {
  name: "backup restore",
  summary: "Asks the service to bring a backup back into a folder of its machine",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    [
      "All of it, and see it end",
      "holdfast backup restore 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north --target /srv/restore/one --pfx holdfast.pfx --password-file holdfast.password --wait",
    ],
  ],
  options: {
    ...locationOption,
    target: { summary: "Folder below the service's restore root (required)", value: "PATH" },
    role: { summary: "Only this role", value: "NAME", multiple: true },
    overwrite: { summary: "Replace files that are there" },
    ...decryptionOptions,
    ...waitOptions,
    ...serviceOptions,
  },
  run: runBackupRestore,
};

async function runBackupRestore(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const roleNames = args.texts("role");
  const body = {
    targetPath: args.requireText("target"),
    overwrite: args.flag("overwrite"),
    ...(roleNames.length === 0 ? {} : { roleNames }),
    ...(await readDecryption(args, cli)),
  };
  const backup = args.positionals[0] ?? "";
  const path = locationPath(service, locationName(args, cli), "backups", backup, "restore");
  const result = await finishAction(service, await service.call("POST", path, body), args, cli);
  const { warnings = [] } = (result ?? {}) as RestoreResult;
  return warnings.length > 0 ? exitCodes.partial : exitCodes.done;
}
