import type { Arguments, Cli } from "../command.ts";
import type { Answer, Service } from "./service.ts";
import { showDocument } from "./show-resource.ts";
import {
  operationId,
  readTimeout,
  startedOperation,
  waitCommand,
  waitForResult,
} from "./wait-for-operation.ts";

/**
 * Shows which operation an action started; with `--wait` its result, which is returned. Undefined while the
 * operation goes on.
 */
export async function finishAction(
  service: Service,
  answer: Answer,
  args: Arguments,
  cli: Cli,
): Promise<unknown> {
  const operation = startedOperation(answer);
  if (operation === undefined) {
    showDocument(answer.body, cli);
    return answer.body;
  }
  const id = operationId(operation);
  if (!args.flag("wait")) {
    cli.output.say(`Accepted; see how it ends with ${waitCommand(operation)}`);
    showDocument({ operationId: id, statusUrl: operation.statusUrl }, cli);
    return undefined;
  }
  cli.output.say(`Accepted as operation ${id}`);
  const result = await waitForResult(service, operation, readTimeout(args), cli);
  showDocument(result, cli);
  return result;
}
