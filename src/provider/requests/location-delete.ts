import { checkPreconditions } from "../../arm/preconditions.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { Document } from "../../state/state-store.ts";
import { endOperation, getLocation, getOperation, replace, retryOnConflict } from "../documents.ts";
import { busy } from "../faults.ts";
import { errorOf } from "../jobs/job-parts.ts";
import type { BackupLocation } from "../model.ts";
import { locationEtag } from "../model.ts";
import {
  announceOperation,
  callerOf,
  jobKinds,
  operationWrites,
  startOperation,
  systemDataOf,
} from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import type { RequestScope } from "../request-scope.ts";
import { scopeOf } from "../request-scope.ts";

/** DELETE: accepted in any state; what runs is canceled. A missing location is 204, a repeated delete the same operation. */
export function deleteLocation(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  return retryOnConflict(async () => {
    const found = await getLocation(deps.store, scope.key);
    if (found === undefined) return { kind: "empty" };
    const conditions = {
      method: "DELETE",
      ifMatch: request.ifMatch,
      ifNoneMatch: undefined,
    } as const;
    checkPreconditions(conditions, locationEtag(found.value));
    const { provisioningState } = found.value;
    return provisioningState === "Deleting"
      ? deleteAgain(deps, scope, found.value)
      : beginDelete(deps, request, scope, found);
  });
}

async function deleteAgain(
  deps: ProviderDeps,
  scope: RequestScope,
  location: BackupLocation,
): Promise<ArmResult> {
  const { activeOperationId } = location;
  const operation = activeOperationId && (await getOperation(deps.store, activeOperationId));
  if (!operation) throw busy(scope.id, "deleted");
  return { kind: "accepted", operation: operation.value };
}

async function beginDelete(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  found: Document<BackupLocation>,
): Promise<ArmResult> {
  const id = deps.newId();
  const { pending: _pending, activeOperationId: overtaken, ...kept } = found.value;
  const location: BackupLocation = {
    ...kept,
    provisioningState: "Deleting",
    activeOperationId: id,
    revision: kept.revision + 1,
    systemData: systemDataOf(request, kept.systemData, nowIso(deps)),
  };
  const operation = startOperation(deps, callerOf(request), { id, location, resourceId: scope.id });
  const canceled = overtaken === undefined ? undefined : await getOperation(deps.store, overtaken);
  const payload = { locationKey: scope.key, incarnation: location.incarnation };
  await deps.failpoint?.("delete.before-commit");
  await deps.store.commit([
    replace(found, location),
    ...endOperation(canceled, {
      state: "Canceled",
      endTime: nowIso(deps),
      error: errorOf(canceled, undefined),
    }),
    ...operationWrites(deps, operation, jobKinds.delete, payload),
  ]);
  await deps.failpoint?.("delete.after-commit");
  if (overtaken !== undefined) await deps.store.requestCancel(overtaken);
  announceOperation(deps, operation);
  return { kind: "accepted", operation };
}
