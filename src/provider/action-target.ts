import type { Soon } from "../base/soon.ts";
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

/** What an action does in two steps. `Judged` is what the first one found out for the second. */
export interface ActionSteps<Judged> {
  /** Throws for what is wrong in the request whatever the state; what may be right later is none of its business. */
  readonly judge: (action: Action) => Soon<Judged>;
  /** Judges what the state allows, once the location is idle, and begins. */
  readonly begin: (action: Action, judged: Judged) => Promise<ArmResult>;
  /** The answer to a request that was sent again. */
  readonly answerAgain?: (operation: OperationRecord, scope: RequestScope) => Promise<ArmResult>;
}

/**
 * The head of every action that holds its location: 404 before all else, then the operation of a request that was sent
 * again, then what is wrong in the request itself, and only then 409 while something is under way: who waits for that
 * must not learn afterwards that it was in vain. Begins anew when somebody else was quicker.
 */
export function judgeAction<Judged>(
  deps: ProviderDeps,
  request: ArmRequest,
  { judge, begin, answerAgain = again }: ActionSteps<Judged>,
): Promise<ArmResult> {
  return retryOnConflict(async () => {
    const scope = scopeOf(request);
    const location = await findLocation(deps, scope);
    const backup =
      "backup" in request.params ? await findBackup(deps, scope, backupIdOf(request)) : undefined;
    const repetition = await findRepetition(deps, request);
    if (repetition.earlier !== undefined) return answerAgain(repetition.earlier, scope);
    const action = { scope, location, backup, repetition };
    const judged = await judge(action);
    checkIdle(location.value, scope);
    return begin(action, judged);
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
