import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const locationShow: Command = {
  name: "location show",
  summary: "Shows a backup location",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [["Its settings and state", "holdfast location show north"]],
  options: serviceOptions,
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, args.positionals[0] ?? "");
    showDocument((await service.call("GET", path)).body, cli);
    return exitCodes.done;
  },
};
