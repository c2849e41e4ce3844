import { locationOption, serviceOptions } from "../arm/service.ts";
import { showBelowLocation } from "../arm/show-below-location.ts";
import type { Command } from "../command.ts";

export const backupShow: Command = {
  name: "backup show",
  summary: "Shows a backup, role by role",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    ["In full", "holdfast backup show 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: (args, cli) => showBelowLocation(args, cli, "backups"),
};
