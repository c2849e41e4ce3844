import {
  locationName,
  locationOption,
  openService,
  operationPath,
  serviceOptions,
} from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const operationShow: Command = {
  name: "operation show",
  summary: "Shows how far an operation of the service is",
  positionals: { usage: "OPERATION", min: 1, max: 1 },
  examples: [
    ["Once", "holdfast operation show 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const operation = args.positionals[0] ?? "";
    const location = locationName(args, cli);
    const path = operationPath(service, location, operation, "operationStatuses");
    showDocument((await service.call("GET", path)).body, cli);
    return exitCodes.done;
  },
};
