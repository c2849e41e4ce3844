import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const backupShow: Command = {
  name: "backup show",
  summary: "Shows a backup, role by role",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    ["In full", "holdfast backup show 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const backup = args.positionals[0] ?? "";
    const path = locationPath(service, locationName(args, cli), "backups", backup);
    showDocument((await service.call("GET", path)).body, cli);
    return exitCodes.done;
  },
};
