import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { readAll, showBackups } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const backupList: Command = {
  name: "backup list",
  summary: "Lists the backups of a location",
  examples: [["All of them", "holdfast backup list --location north"]],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, locationName(args, cli), "backups");
    showBackups(await readAll(service, path), cli);
    return exitCodes.done;
  },
};
