import { finishAction } from "../arm/finish-action.ts";
import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const locationPrune: Command = {
  name: "location prune",
  summary: "Removes from the store of a location what no backup needs, or lists it",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [
    ["Only look", "holdfast location prune north --dry-run --wait"],
    ["Old backups too", "holdfast location prune north --apply-retention --wait"],
  ],
  options: {
    "dry-run": { summary: "Change nothing, list what would go" },
    "apply-retention": { summary: "Also remove backups older than the location's retention" },
    ...waitOptions,
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, args.positionals[0] ?? "", "pruneExternalStore");
    const body = {
      operationType: args.flag("dry-run") ? "DryRun" : "Default",
      applyRetention: args.flag("apply-retention"),
    };
    await finishAction(service, await service.call("POST", path, body), args, cli);
    return exitCodes.done;
  },
};
