import type { Arguments, Cli } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { locationName, locationPath, openService } from "./service.ts";
import { showDocument } from "./show-resource.ts";

/** Asks for the thing of a location that the first word names (with `action`: does that to it), and shows the answer. */
export async function showBelowLocation(
  args: Arguments,
  cli: Cli,
  kind: "alerts" | "backups",
  action?: "close" | "pin" | "unpin",
  body?: object,
): Promise<ExitCode> {
  const service = openService(args, cli);
  const segments = [locationName(args, cli), kind, args.positionals[0] ?? ""];
  const answer =
    action === undefined
      ? await service.call("GET", locationPath(service, ...segments))
      : await service.call("POST", locationPath(service, ...segments, action), body);
  showDocument(answer.body, cli);
  return exitCodes.done;
}
