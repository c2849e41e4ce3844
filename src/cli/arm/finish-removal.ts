import type { Arguments, Cli } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import type { Answer, Service } from "./service.ts";
import {
  operationId,
  readTimeout,
  startedOperation,
  waitForOperation,
} from "./wait-for-operation.ts";

/** Says what became of a DELETE; with `--wait` when it has. */
export async function finishRemoval(
  service: Service,
  answer: Answer,
  words: { readonly done: string; readonly absent: string },
  args: Arguments,
  cli: Cli,
): Promise<ExitCode> {
  const operation = startedOperation(answer);
  if (operation !== undefined && args.flag("wait")) {
    await waitForOperation(service, operation, readTimeout(args), cli);
  } else if (operation !== undefined) {
    cli.output.say(`Accepted as operation ${operationId(operation)}`);
    return exitCodes.done;
  }
  cli.output.say(answer.status === 204 ? words.absent : words.done);
  return exitCodes.done;
}
