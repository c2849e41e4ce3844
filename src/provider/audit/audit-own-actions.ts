import type { AuditFacts } from "../../arm/audit.ts";
import { toArmError } from "../../arm/errors.ts";
import type { ArmResult } from "../../arm/resource-type.ts";
import { toAppError } from "../../base/errors.ts";
import type { OperationCaller } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/**
 * Does what the service begins by itself, and writes it down as if somebody had asked for it: before it is done, for
 * otherwise it must not be, and what came of it.
 */
export async function auditOwnAction(
  deps: Pick<ProviderDeps, "audit">,
  { route, apiVersion, correlationId }: OperationCaller,
  locationId: string,
  work: () => Promise<Extract<ArmResult, { kind: "accepted" }>>,
): Promise<void> {
  const [method = "", path = ""] = route.split(" ");
  const facts: Omit<AuditFacts, "event"> = {
    requestId: correlationId,
    correlationId,
    principalId: "holdfast-scheduler",
    principalName: "Holdfast scheduler",
    principalKind: "service",
    method,
    resource: `${locationId}${path.slice(path.lastIndexOf("/"))}`,
    route: path,
    apiVersion,
  };
  await deps.audit?.append({ ...facts, event: "Started" });
  try {
    const { operation } = await work();
    const { id: operationId } = operation;
    await deps.audit?.append({ ...facts, event: "Ended", status: 202, operationId });
  } catch (error) {
    const { code: errorCode } = toAppError(error);
    const { status } = toArmError(error);
    await deps.audit?.append({ ...facts, event: "Ended", status, errorCode });
    throw error;
  }
}
