import { finishChange } from "../arm/finish-change.ts";
import { locationSettingOptions, readLocationSettings } from "../arm/location-settings.ts";
import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command, OptionSpecs } from "../command.ts";
import type { ExitCode } from "../exit-code.ts";

const { region: _region, ...changeableSettings } = locationSettingOptions;

export const locationUpdate: Command = {
  name: "location update",
  summary: "Changes the given settings of a backup location and keeps the others",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [
    ["Back up twice a day", "holdfast location update north --every 12"],
    [
      "A new key of a bucket, piped in",
      "vault read s3-key | HOLDFAST_S3_ACCESS_KEY_ID=ID holdfast location update north --store s3:https://s3.example/backups --secret-stdin",
    ],
    ["New certificate from the next backup on", "holdfast location update north --cert new.cer"],
  ],
  options: { ...(changeableSettings as OptionSpecs), ...waitOptions, ...serviceOptions },
  run: runLocationUpdate,
};

async function runLocationUpdate(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const properties = await readLocationSettings(args, cli);
  if (Object.keys(properties).length === 0) throw usageError("Nothing to change: see --help");
  const path = locationPath(service, args.positionals[0] ?? "");
  const answer = await service.call("PATCH", path, { properties });
  return finishChange(service, answer, path, args, cli);
}
