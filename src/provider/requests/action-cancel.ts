import { armError } from "../../arm/errors.ts";
import { isTerminal } from "../../arm/operation-record.ts";
import { isVisible, operationNotFound } from "../../arm/poll.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { findOperation } from "./operations.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";

/**
 * POST cancel of an operation: a request to its worker. The status stays as it is until the work has stopped,
 * and an end that comes first wins. Asking twice, or for one that was canceled, is the same as asking once.
 */
export async function cancelOperation(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const id = parameterOf(request, "operationId").toLowerCase();
  const operation = await findOperation(deps, id);
  const { route, params, context } = request;
  if (operation === undefined || !isVisible(operation, route.path, params, context))
    throw operationNotFound();
  if (operation.state === "Canceled") return { kind: "empty" };
  if (isTerminal(operation.state)) {
    throw armError(
      "OperationAlreadyEnded",
      `The operation has ended as "${operation.state}" and cannot be canceled: look at its result`,
      { target: operation.resourceId },
    );
  }
  await deps.store.requestCancel(id);
  deps.onEnqueued?.();
  deps.logger.info("Operation asked to stop", {
    operationId: id,
    correlationId: context.correlationId,
  });
  return { kind: "empty" };
}
