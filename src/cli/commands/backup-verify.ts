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
import { readSubset, subsetOption } from "../read-subset.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import type { VerifyResult } from "../../generated/api-2026-12-01.ts";

const depths: Readonly<Record<string, string>> = {
  structure: "Structure",
  ciphertext: "Ciphertext",
  content: "Content",
};

export const backupVerify: Command = {
  name: "backup verify",
  summary: "Asks the service to check a backup; without one, all of a location",
  positionals: { usage: "[BACKUP]", min: 0, max: 1 },
  examples: [
    ["Everything in a location", "holdfast backup verify --location north --wait"],
    [
      "A seventh of it a day",
      "holdfast backup verify --location north --subset $(date +%u)/7 --wait",
    ],
  ],
  options: {
    ...locationOption,
    depth: {
      summary: "Signatures and presence; also every stored byte (default); also open everything",
      value: "DEPTH",
      choices: Object.keys(depths),
    },
    ...subsetOption,
    ...decryptionOptions,
    ...waitOptions,
    ...serviceOptions,
  },
  run: runBackupVerify,
};

async function runBackupVerify(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const [backup] = args.positionals;
  const subset = readSubset(args);
  const below = backup === undefined ? ["verify"] : ["backups", backup, "verify"];
  const body = {
    depth: depths[args.text("depth") ?? "ciphertext"],
    ...(subset === undefined ? {} : { subset }),
    ...(await readDecryption(args, cli)),
  };
  const path = locationPath(service, locationName(args, cli), ...below);
  const result = await finishAction(service, await service.call("POST", path, body), args, cli);
  const { isHealthy, unopenedBackups = [] } = (result ?? {}) as VerifyResult;
  if (isHealthy === false) return exitCodes.integrity;
  return unopenedBackups.length > 0 ? exitCodes.partial : exitCodes.done;
}
