import { locationPath, openService, serviceOptions, subscriptionPath } from "../arm/service.ts";
import { readAll, showAlerts } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const alertList: Command = {
  name: "alert list",
  summary: "Lists alerts: of a location, or of all; those that are open unless told otherwise",
  examples: [
    ["What needs care now", "holdfast alert list"],
    ["Also what was closed in the last seven days", "holdfast alert list --location north --all"],
  ],
  options: {
    location: { summary: "Only of this backup location", value: "NAME" },
    all: { summary: "Also closed ones" },
    severity: {
      summary: "Only of this severity",
      value: "SEVERITY",
      choices: ["critical", "warning"],
    },
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const location = args.text("location");
    const severity = args.text("severity");
    const conditions = [
      ...(args.flag("all") ? [] : ["state eq 'Active'"]),
      ...(severity === undefined ? [] : [`severity eq '${severity}'`]),
    ];
    const path =
      location === undefined
        ? subscriptionPath(service, "alerts")
        : locationPath(service, location, "alerts");
    const filter =
      conditions.length === 0 ? "" : `?$filter=${encodeURIComponent(conditions.join(" and "))}`;
    showAlerts(await readAll(service, path + filter), cli);
    return exitCodes.done;
  },
};
