import { locationOption, serviceOptions } from "../arm/service.ts";
import { showBelowLocation } from "../arm/show-below-location.ts";
import type { Command } from "../command.ts";

export const alertClose: Command = {
  name: "alert close",
  summary: "Closes an alert by hand; what lasts is told again after a day",
  positionals: { usage: "ALERT", min: 1, max: 1 },
  examples: [
    [
      "I have seen it",
      "holdfast alert close 8f2b6c1e-4d70-4a3b-9c55-1e7d0f6a2b94 --location north",
    ],
  ],
  options: { ...locationOption, ...serviceOptions },
  run: (args, cli) => showBelowLocation(args, cli, "alerts", "close"),
};
