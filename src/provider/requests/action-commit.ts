import type { OperationRecord } from "../../arm/operation-record.ts";
import type { ArmResult } from "../../arm/resource-type.ts";
import type { Document } from "../../state/state-store.ts";
import { replace } from "../documents.ts";
import type { Repeatability } from "../records/idempotency.ts";
import type { BackupLocation, RunningWork } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import {
  type OperationCaller,
  announceOperation,
  jobKinds,
  operationWrites,
  startOperation,
} from "../records/operation-start.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import type { ChosenOpener } from "../stores/openers.ts";
import type { FailpointName } from "../ports.ts";
import { askToMakeWay } from "../jobs/make-way.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { holdFor } from "../records/running-work.ts";

/** A judged restore, verify, prune or copy, ready to begin. */
export interface ActionStart {
  readonly kind: Exclude<RunningWork["kind"], "backup">;
  readonly location: Document<BackupLocation>;
  /** Another location that must stay as it is meanwhile. */
  readonly alsoHolds?: Document<BackupLocation>;
  readonly resourceId: string;
  readonly payload: JobPayload;
  /** Kept in memory for the job; undefined where no content is opened. */
  readonly chosen: ChosenOpener | undefined;
  /** Undefined where sending it again does no harm. */
  readonly repetition: Repeatability | undefined;
  readonly isAutomatic?: boolean;
}

/** Commits the hold of the location or both, the operation and the job; the key goes into memory and nowhere else. */
export async function commitAction(
  deps: ProviderDeps,
  vault: OpenerVault | undefined,
  caller: OperationCaller,
  start: ActionStart,
): Promise<Extract<ArmResult, { kind: "accepted" }>> {
  const { kind, location, alsoHolds, resourceId, payload, chosen, repetition } = start;
  const id = deps.newId();
  const operation: OperationRecord = startOperation(deps, caller, {
    id,
    location: location.value,
    resourceId,
  });
  await deps.failpoint?.(`${kind}.before-commit` satisfies FailpointName);
  // Kept first: a worker may claim the job the moment it is committed.
  if (chosen?.source === "memory") vault?.keep(id, chosen.opener);
  try {
    const automatic = start.isAutomatic === true ? { isAutomatic: true } : {};
    const running: RunningWork = { kind, operationId: id, ...automatic };
    const hold = holdFor(location.value, running);
    await deps.store.commit([
      replace(location, hold.location),
      ...(alsoHolds === undefined ? [] : [replace(alsoHolds, { ...alsoHolds.value, running })]),
      ...operationWrites(deps, operation, jobKinds[kind], { ...payload, ...hold.wait }),
      ...(repetition?.remember(id) ?? []),
    ]);
  } catch (error) {
    vault?.forget(id);
    throw error;
  }
  await deps.failpoint?.(`${kind}.after-commit` satisfies FailpointName);
  await askToMakeWay(deps, location.value);
  announceOperation(deps, operation);
  return { kind: "accepted", operation };
}
