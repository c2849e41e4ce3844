import { countOf } from "../../base/count-of.ts";
import { quoteBlanks } from "../../base/quote-blanks.ts";
import type { OperationLog, OperationLogLine } from "../../generated/api-2026-12-01.ts";
import {
  locationName,
  locationOption,
  openService,
  operationPath,
  serviceOptions,
  type Service,
} from "../arm/service.ts";
import { isEnded, type OperationState } from "../arm/wait-for-operation.ts";
import type { Cli, Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const operationLog: Command = {
  name: "operation log",
  summary: "Shows what the service wrote down while an operation ran",
  positionals: { usage: "OPERATION", min: 1, max: 1 },
  examples: [
    ["So far", "holdfast operation log 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north"],
    [
      "To its end",
      "holdfast operation log 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north --follow",
    ],
  ],
  options: {
    ...locationOption,
    follow: { summary: "Go on until the operation has ended" },
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const [operation = ""] = args.positionals;
    const path = operationPath(service, locationName(args, cli), operation, "operationStatuses");
    if (args.flag("follow")) await follow(service, path, cli);
    else showAll(await readLog(service, path), cli);
    return exitCodes.done;
  },
};

const pauseMilliseconds = 1000;

/** The state is asked for first: lines of before the end are then in the log that follows. */
async function follow(service: Service, path: string, cli: Cli): Promise<void> {
  for (let shown = 0; ;) {
    const { body } = await service.call("GET", path);
    const hasEnded = isEnded(body as OperationState);
    // Another instance brings its last lines within a second.
    if (hasEnded) await cli.clock.sleep(pauseMilliseconds, cli.signal);
    shown = show(await readLog(service, path), shown, cli);
    if (hasEnded) return;
    await cli.clock.sleep(pauseMilliseconds, cli.signal);
  }
}

function showAll(log: OperationLog, cli: Cli): void {
  if (cli.output.isJson) cli.output.printJson(log);
  else show(log, 0, cli);
}

async function readLog(service: Service, path: string): Promise<OperationLog> {
  return (await service.call("GET", `${path}/log`)).body as OperationLog;
}

/** Prints the lines after one that was shown; the number of the last. */
function show({ value: lines = [] }: OperationLog, shown: number, cli: Cli): number {
  let last = shown;
  for (const line of lines) {
    const { sequence = 0 } = line;
    if (sequence <= shown) continue;
    if (sequence > last + 1)
      cli.output.say(`${countOf(sequence - last - 1, "line")} in between were not kept`);
    if (cli.output.isJson) cli.output.printJson({ message_type: "log_line", ...line });
    else cli.output.print(describe(line));
    last = sequence;
  }
  return last;
}

const words = { Error: "ERROR", Warning: "WARN ", Information: "     " } as const;

function describe({ timestamp = "", level, message = "", details = {} }: OperationLogLine): string {
  const pairs = Object.entries(details).map(([name, value]) => `${name}=${quoteBlanks(value)}`);
  const mark = words[(level ?? "Information") as keyof typeof words];
  return [timestamp, mark, message, ...pairs].join(" ").trimEnd();
}
