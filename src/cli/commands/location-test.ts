import { finishAction } from "../arm/finish-action.ts";
import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import type { StoreCheck } from "../../generated/api-2026-12-01.ts";

export const locationTest: Command = {
  name: "location test",
  summary: "Asks the service to try out the store of a backup location, step by step",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [["Every step and what to do", "holdfast location test north --wait"]],
  options: { ...waitOptions, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, args.positionals[0] ?? "", "testStore");
    const result = await finishAction(service, await service.call("POST", path), args, cli);
    const { isUsable } = (result ?? {}) as StoreCheck;
    return isUsable === false ? exitCodes.destination : exitCodes.done;
  },
};
