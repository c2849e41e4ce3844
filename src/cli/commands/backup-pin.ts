import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";

export const backupPin: Command = {
  name: "backup pin",
  summary: "Keeps a backup whatever retention says, until its pin is taken off",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    [
      "Before an update",
      'holdfast backup pin 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north --reason "before the update"',
    ],
  ],
  options: {
    ...locationOption,
    reason: { summary: "Why, for whoever asks", value: "TEXT" },
    ...serviceOptions,
  },
  run: (args, cli) => {
    const reason = args.text("reason");
    return changePin(args, cli, "pin", reason === undefined ? {} : { reason });
  },
};

export const backupUnpin: Command = {
  name: "backup unpin",
  summary: "Takes the pin off a backup: retention decides again",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    ["After it", "holdfast backup unpin 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: (args, cli) => changePin(args, cli, "unpin", undefined),
};

async function changePin(
  args: Arguments,
  cli: Cli,
  action: "pin" | "unpin",
  body: object | undefined,
): Promise<ExitCode> {
  const service = openService(args, cli);
  const backup = args.positionals[0] ?? "";
  const path = locationPath(service, locationName(args, cli), "backups", backup, action);
  showDocument((await service.call("POST", path, body)).body, cli);
  return exitCodes.done;
}
