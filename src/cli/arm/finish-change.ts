import type { Arguments, Cli } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import type { Answer, Service } from "./service.ts";
import { showDocument } from "./show-resource.ts";
import {
  operationId,
  readTimeout,
  startedOperation,
  waitCommand,
  waitForOperation,
} from "./wait-for-operation.ts";

/** Shows what a change led to; with `--wait` what it is in the end, read anew. */
export async function finishChange(
  service: Service,
  answer: Answer,
  path: string,
  args: Arguments,
  cli: Cli,
): Promise<ExitCode> {
  const operation = startedOperation(answer);
  if (operation === undefined || !args.flag("wait")) {
    if (operation !== undefined) {
      cli.output.say(
        `Accepted as operation ${operationId(operation)}; see how it ends with ${waitCommand(operation)}`,
      );
    }
    showDocument(answer.body ?? (await service.call("GET", path)).body, cli);
    return exitCodes.done;
  }
  await waitForOperation(service, operation, readTimeout(args), cli);
  showDocument((await service.call("GET", path)).body, cli);
  return exitCodes.done;
}
