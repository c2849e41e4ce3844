import { locationOption, serviceOptions } from "../arm/service.ts";
import { showBelowLocation } from "../arm/show-below-location.ts";
import type { Command } from "../command.ts";

export const alertShow: Command = {
  name: "alert show",
  summary: "Shows an alert: what is wrong, why, and what to do",
  positionals: { usage: "ALERT", min: 1, max: 1 },
  examples: [
    ["In full", "holdfast alert show 8f2b6c1e-4d70-4a3b-9c55-1e7d0f6a2b94 --location north"],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: (args, cli) => showBelowLocation(args, cli, "alerts"),
};
