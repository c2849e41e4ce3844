import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import { isGoodBackup } from "../../engine/retention.ts";
import type { Document } from "../../state/state-store.ts";
import { commitAction } from "./action-commit.ts";
import { checkIdle } from "../action-target.ts";
import { checkConfigured } from "../jobs/backup-start.ts";
import { getBackup, getLocation, listAll, replace, retryOnConflict } from "../documents.ts";
import type { PrunePayload } from "../jobs/jobs-prune.ts";
import { listPins } from "../records/location-retention.ts";
import type { Backup, BackupLocation } from "../model.ts";
import { backupKey } from "../model.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { backupIdOf, type RequestScope, scopeOf } from "../request-scope.ts";

/**
 * DELETE of a backup, done by a prune that is told its id. What the store could not do without is refused, and
 * there is no way to force it. A backup that is not there is 204, also where its location is none; a run that left
 * nothing is only forgotten.
 */
export function deleteBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return retryOnConflict(() => attemptDelete(deps, request));
}

async function attemptDelete(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = await getLocation(deps.store, scope.key);
  if (location === undefined) return { kind: "empty" };
  const backup = await getBackup(deps.store, backupKey(scope.key, backupIdOf(request)));
  if (backup === undefined) return { kind: "empty" };
  checkIdle(location.value, scope);
  if (backup.value.record === undefined) {
    const { kind, key, etag } = backup;
    const forget = { op: "delete", kind, key, if: { etag } } as const;
    await deps.store.commit([replace(location, location.value), forget]);
    return { kind: "empty" };
  }
  checkConfigured(location.value);
  const { id } = backup.value;
  await checkRemovable(deps, scope, location, backup.value);
  const payload: PrunePayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    isDryRun: false,
    appliesRetention: false,
    remove: [id],
  };
  const resourceId = `${scope.id}/backups/${id}`;
  const start = { kind: "prune", location, resourceId, payload, chosen: undefined } as const;
  return commitAction(deps, undefined, callerOf(request), { ...start, repetition: undefined });
}

async function checkRemovable(
  deps: ProviderDeps,
  scope: RequestScope,
  location: Document<BackupLocation>,
  { id, record }: Backup,
): Promise<void> {
  const target = `${scope.id}/backups/${id}`;
  if ((await listPins(deps, scope.key, location.value)).has(id)) {
    const message = `Backup "${id}" is pinned: take its pin off first`;
    throw new AppError("BackupPinned", message, { target });
  }
  const all = await listAll<Backup>(deps.store, "backup", `${scope.key}/backups/`);
  const others = all.flatMap(({ value }) => (value.id === id ? [] : (value.record ?? [])));
  if (record === undefined || record.signature !== "trusted") return;
  if (isGoodBackup(record) && !others.some(isGoodBackup)) {
    const message = `Backup "${id}" is the last good one of this location: make another first`;
    throw new AppError("LastGoodBackup", message, { target });
  }
  const isNewest = others.every(
    (other) => other.signature !== "trusted" || other.sequence < record.sequence,
  );
  if (!isNewest) return;
  const message = `Backup "${id}" is the newest, and the next one's ledger names it: make another first`;
  throw new AppError("NewestBackup", message, { target });
}
