import { finishAction } from "../arm/finish-action.ts";
import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const locationCopy: Command = {
  name: "location copy",
  summary: "Copies backups unopened into the store of another location and checks the copy",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [
    ["All backups", "holdfast location copy north --to north-second --wait"],
    ["One backup", "holdfast location copy north --to north-second --backup ID --wait"],
  ],
  options: {
    to: {
      summary: "A location with a store of its own and without encryption (required)",
      value: "NAME",
    },
    backup: { summary: "Only this backup; default: all", value: "ID", multiple: true },
    thorough: { summary: "Read every stored byte of the copy again, not only what was written" },
    ...waitOptions,
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const backupIds = args.texts("backup");
    const body = {
      targetLocationName: args.requireText("to"),
      ...(backupIds.length === 0 ? {} : { backupIds }),
      depth: args.flag("thorough") ? "Ciphertext" : "Structure",
    };
    const path = locationPath(service, args.positionals[0] ?? "", "copy");
    const result = await finishAction(service, await service.call("POST", path, body), args, cli);
    return isDamaged(result) ? exitCodes.integrity : exitCodes.done;
  },
};

function isDamaged(result: unknown): boolean {
  const { verification } = (result ?? {}) as {
    readonly verification?: { readonly isHealthy?: boolean };
  };
  return verification?.isHealthy === false;
}
