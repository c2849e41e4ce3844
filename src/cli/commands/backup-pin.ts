import { locationOption, serviceOptions } from "../arm/service.ts";
import { showBelowLocation } from "../arm/show-below-location.ts";
import type { Command } from "../command.ts";

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
    return showBelowLocation(args, cli, "backups", "pin", reason === undefined ? {} : { reason });
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
  run: (args, cli) => showBelowLocation(args, cli, "backups", "unpin"),
};
