import type { Document } from "../state/state-store.ts";
import { getBackup, getLocation, retryOnConflict } from "./documents.ts";
import { backupNotFound, busy, parentNotFound, resourceNotFound } from "./faults.ts";
import type { Backup, BackupLocation } from "./model.ts";
import { backupKey, isSettled } from "./model.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import { backupIdOf, scopeOf, type RequestScope } from "./request-scope.ts";
import { findRepetition, type Repeatability } from "./records/idempotency.ts";
import type { OperationRecord } from "../arm/operation-record.ts";
import type { ArmRequest, ArmResult } from "../arm/resource-type.ts";
import { conflictOfRunning, isCleanUp } from "./records/running-work.ts";

/** What an action is about, once nothing speaks against it but what is its own. */
export interface Action {
  readonly scope: RequestScope;
  readonly location: Document<BackupLocation>;
  /** Present where the path names one. */
  readonly backup: Document<Backup> | undefined;
  readonly repetition: Repeatability;
}

/**
 * The head of every action that holds its location: 404 before all else, then the operation of a request that was sent
 * again, then 409 while something is under way. Begins anew when somebody else was quicker.
 */
export function judgeAction(
  deps: ProviderDeps,
  request: ArmRequest,
  act: (action: Action) => Promise<ArmResult>,
  answerAgain: (operation: OperationRecord, scope: RequestScope) => Promise<ArmResult> = again,
): Promise<ArmResult> {
  return retryOnConflict(async () => {
    const scope = scopeOf(request);
    const location = await findLocation(deps, scope);
    const backup =
      "backup" in request.params ? await findBackup(deps, scope, backupIdOf(request)) : undefined;
    const repetition = await findRepetition(deps, request);
    if (repetition.earlier !== undefined) return answerAgain(repetition.earlier, scope);
    checkIdle(location.value, scope);
    return act({ scope, location, backup, repetition });
  });
}

function again(operation: OperationRecord): Promise<ArmResult> {
  return Promise.resolve({ kind: "accepted", operation });
}

/** The location a request is about something below of (404 before 409). */
export async function findLocation(
  deps: ProviderDeps,
  scope: RequestScope,
): Promise<Document<BackupLocation>> {
  const location = await getLocation(deps.store, scope.key);
  if (location === undefined)
    throw scope.isRead ? resourceNotFound(scope.id) : parentNotFound(scope.id);
  return location;
}

/** Refuses while the location changes or another action holds it. A clean-up of the service's own makes way. */
export function checkIdle(location: BackupLocation, scope: RequestScope): void {
  if (!isSettled(location.provisioningState)) {
    const words = { Creating: "created", Deleting: "deleted" } as Readonly<Record<string, string>>;
    throw busy(scope.id, words[location.provisioningState] ?? "changed");
  }
  const { running } = location;
  if (running !== undefined && !isCleanUp(location)) throw conflictOfRunning(running, scope.id);
}

/** The backup of a location by its GUID. */
export async function findBackup(
  deps: ProviderDeps,
  scope: RequestScope,
  backupId: string,
): Promise<Document<Backup>> {
  const backup = await getBackup(deps.store, backupKey(scope.key, backupId));
  if (backup === undefined) throw backupNotFound(`${scope.id}/backups/${backupId}`);
  return backup;
}
