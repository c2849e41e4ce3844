import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { readAll, showLocations } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const locationList: Command = {
  name: "location list",
  summary: "Lists the backup locations of a resource group",
  examples: [["All of them", "holdfast location list"]],
  options: serviceOptions,
  run: async (args, cli) => {
    const service = openService(args, cli);
    showLocations(await readAll(service, locationPath(service)), cli);
    return exitCodes.done;
  },
};
