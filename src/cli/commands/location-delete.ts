import { finishRemoval } from "../arm/finish-removal.ts";
import { locationPath, openService, serviceOptions } from "../arm/service.ts";
import { waitOptions } from "../arm/wait-for-operation.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import type { ExitCode } from "../exit-code.ts";

export const locationDelete: Command = {
  name: "location delete",
  summary: "Forgets a backup location; what lies in its store is left alone",
  positionals: { usage: "NAME", min: 1, max: 1 },
  examples: [["Forget one", "holdfast location delete north --wait"]],
  options: { ...waitOptions, ...serviceOptions },
  run: runLocationDelete,
};

async function runLocationDelete(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const name = args.positionals[0] ?? "";
  const answer = await service.call("DELETE", locationPath(service, name));
  const words = { done: `Forgot ${name}`, absent: `There was no location ${name}` };
  return finishRemoval(service, answer, words, args, cli);
}
