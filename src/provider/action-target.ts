import type { Document } from "../state/state-store.ts";
import { getBackup, getLocation } from "./documents.ts";
import { backupNotFound, busy, parentNotFound } from "./faults.ts";
import type { Backup, BackupLocation } from "./model.ts";
import { backupKey, isSettled } from "./model.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import type { RequestScope } from "./request-scope.ts";
import { conflictOfRunning } from "./records/running-work.ts";

/** The location an action works on (404 before 409). */
export async function findLocation(
  deps: ProviderDeps,
  scope: RequestScope,
): Promise<Document<BackupLocation>> {
  const location = await getLocation(deps.store, scope.key);
  if (location === undefined) throw parentNotFound(scope.id);
  return location;
}

/** Refuses while the location changes or another action holds it. */
export function checkIdle(location: BackupLocation, scope: RequestScope): void {
  if (!isSettled(location.provisioningState)) {
    const words = { Creating: "created", Deleting: "deleted" } as Readonly<Record<string, string>>;
    throw busy(scope.id, words[location.provisioningState] ?? "changed");
  }
  if (location.running !== undefined) throw conflictOfRunning(location.running, scope.id);
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
