import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { finishChange } from "../arm/finish-change.ts";
import { readLocationSettings, locationSettingOptions } from "../arm/location-settings.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import type { ExitCode } from "../exit-code.ts";

export const locationCreate: Command = {
  name: "location create",
  summary: "Creates a backup location, or replaces its settings; secrets that are left out stay",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [
    [
      "A folder of the machine that the service runs on",
      "holdfast location create north --region local --path /srv/backup --cert keys/holdfast.cer --wait",
    ],
    [
      "A share; the password comes from a file",
      "HOLDFAST_PASSWORD_FILE=share.password holdfast location create north --region local --store 'smb://EXAMPLE;backup@files.example/backups/north' --cert keys/holdfast.cer --wait",
    ],
    [
      "With a backup every eight hours",
      "holdfast location create north --region local --path /srv/backup --cert keys/holdfast.cer --every 8",
    ],
  ],
  options: { ...locationSettingOptions, ...waitOptions, ...serviceOptions },
  run: runLocationCreate,
};

async function runLocationCreate(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const region = args.text("region");
  if (region === undefined) throw usageError('Option "--region" is missing: name the region');
  const body = { location: region, properties: await readLocationSettings(args, cli) };
  const path = locationPath(service, args.positionals[0] ?? "");
  const answer = await service.call("PUT", path, body);
  return finishChange(service, answer, path, args, cli);
}
