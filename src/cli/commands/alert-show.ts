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

export const alertShow: Command = {
  name: "alert show",
  summary: "Shows an alert: what is wrong, why, and what to do",
  positionals: { usage: "ALERT", min: 1, max: 1 },
  examples: [
    ["In full", "holdfast alert show 8f2b6c1e-4d70-4a3b-9c55-1e7d0f6a2b94 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(
      service,
      locationName(args, cli),
      "alerts",
      args.positionals[0] ?? "",
    );
    showDocument((await service.call("GET", path)).body, cli);
    return exitCodes.done;
  },
};
