import { finishRemoval } from "../arm/finish-removal.ts";
import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Command } from "../command.ts";

export const backupDelete: Command = {
  name: "backup delete",
  summary: "Removes a backup from the store; not one with a pin, the newest or the last good one",
  positionals: { usage: "BACKUP", min: 1, max: 1 },
  examples: [
    [
      "One backup",
      "holdfast backup delete 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north --wait",
    ],
  ],
  options: { ...locationOption, ...waitOptions, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const backup = args.positionals[0] ?? "";
    const path = locationPath(service, locationName(args, cli), "backups", backup);
    const answer = await service.call("DELETE", path);
    // A run that left nothing in the store is forgotten at once.
    const words = { done: `Removed ${backup}`, absent: `Nothing is left of ${backup}` };
    return finishRemoval(service, answer, words, args, cli);
  },
};
