import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { findLocation } from "../action-target.ts";
import { retryOnConflict } from "../documents.ts";
import { findRepetition } from "../records/idempotency.ts";
import {
  callerOf,
  announceOperation,
  jobKinds,
  operationWrites,
  startOperation,
} from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import { storeNotConfigured } from "../stores/store-access.ts";

/** POST testStore: tries out the store in force. Holds nothing up: it runs beside a backup too. */
export function testStore(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return retryOnConflict(() => attemptTest(deps, request));
}

async function attemptTest(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = (await findLocation(deps, scope)).value;
  const repetition = await findRepetition(deps, request);
  if (repetition.earlier !== undefined) return { kind: "accepted", operation: repetition.earlier };
  if (location.settings.store.kind === "none") throw storeNotConfigured(location.name);
  const id = deps.newId();
  const operation = startOperation(deps, callerOf(request), { id, location, resourceId: scope.id });
  const payload = { locationKey: scope.key, incarnation: location.incarnation };
  await deps.store.commit([
    ...operationWrites(deps, operation, jobKinds.testStore, payload),
    ...repetition.remember(id),
  ]);
  announceOperation(deps, operation);
  return { kind: "accepted", operation };
}
