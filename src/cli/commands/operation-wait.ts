import {
  locationName,
  locationOption,
  openService,
  operationPath,
  serviceOptions,
} from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import { readTimeout, waitForResult, waitOptions } from "../arm/wait-for-operation.ts";
import type { Arguments, Cli, Command, OptionSpecs } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";

const { wait: _wait, ...timeoutOption } = waitOptions;

export const operationWait: Command = {
  name: "operation wait",
  summary: "Waits for an operation of the service to end and shows its result",
  positionals: { usage: "OPERATION", min: 1, max: 1 },
  examples: [
    [
      "At most half an hour",
      "holdfast operation wait 2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412 --location north --timeout 30m",
    ],
  ],
  options: { ...locationOption, ...(timeoutOption as OptionSpecs), ...serviceOptions },
  run: runOperationWait,
};

async function runOperationWait(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const id = args.positionals[0] ?? "";
  const location = locationName(args, cli);
  const operation = {
    statusUrl: operationPath(service, location, id, "operationStatuses"),
    resultUrl: operationPath(service, location, id, "operationResults"),
  };
  showDocument(await waitForResult(service, operation, readTimeout(args), cli), cli);
  return exitCodes.done;
}
