import {
  locationName,
  locationOption,
  openService,
  operationPath,
  serviceOptions,
} from "../arm/service.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const operationCancel: Command = {
  name: "operation cancel",
  summary: "Asks an operation of the service to stop; its status tells when it has",
  positionals: { usage: "OPERATION", min: 1, max: 1 },
  examples: [
    [
      "Stop a backup",
      "holdfast operation cancel 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north",
    ],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const location = locationName(args, cli);
    const id = args.positionals[0] ?? "";
    await service.call(
      "POST",
      `${operationPath(service, location, id, "operationStatuses")}/cancel`,
    );
    cli.output.say("Asked to stop; see when it has with holdfast operation wait");
    return exitCodes.done;
  },
};
