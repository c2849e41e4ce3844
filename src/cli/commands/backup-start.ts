import { finishAction } from "../arm/finish-action.ts";
import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import type { Backup } from "../../generated/api-2026-12-01.ts";

export const backupStart: Command = {
  name: "backup start",
  summary: "Asks the service for a backup now",
  examples: [
    ["And see it end", "holdfast backup start --location north --wait"],
    ["At most an hour", "holdfast backup start --location north --wait --timeout 1h"],
  ],
  options: {
    rescan: { summary: "Read every file, though it looks unchanged" },
    ...locationOption,
    ...waitOptions,
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, locationName(args, cli), "createBackup");
    const body = args.flag("rescan") ? { rescan: true } : undefined;
    const result = await finishAction(service, await service.call("POST", path, body), args, cli);
    const status = (result as Backup | undefined)?.properties?.status;
    return status === "PartialSucceeded" ? exitCodes.partial : exitCodes.done;
  },
};
