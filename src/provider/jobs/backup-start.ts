import type { OperationRecord } from "../../arm/operation-record.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { create, replace } from "../documents.ts";
import type { BackupPayload } from "./jobs-backup.ts";
import type { Backup, BackupLocation, SystemData } from "../model.ts";
import { backupKey, locationId } from "../model.ts";
import {
  announceOperation,
  jobKinds,
  type OperationCaller,
  operationWrites,
  startOperation,
} from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { holdFor } from "../records/running-work.ts";
import { encryptionNotConfigured, storeNotConfigured } from "../stores/store-access.ts";
import { askToMakeWay } from "./make-way.ts";

/** A backup that is to be made, asked for or scheduled: both go this way. */
export interface BackupStart {
  /** As it was read: whoever was quicker makes the commit fail. */
  readonly location: Document<BackupLocation>;
  readonly caller: OperationCaller;
  readonly isAutomatic: boolean;
  readonly rescan: boolean;
  readonly systemData: SystemData;
  /** What changes of the location in the same commit. */
  readonly change?: Partial<BackupLocation>;
  /** Writes that belong to it, given the id. */
  readonly writes: (id: string) => readonly Write[];
}

/** Commits the new backup, its operation (of the same id) and its job at once. The location must be idle, or tidied by the service itself. */
export async function startBackup(
  deps: ProviderDeps,
  start: BackupStart,
): Promise<{ readonly operation: OperationRecord; readonly backup: Backup }> {
  const { location, caller, rescan, change = {} } = start;
  checkConfigured(location.value);
  const id = deps.newId();
  const backup = newBackup(deps, start, id);
  const resourceId = `${locationId(location.value)}/backups/${id}`;
  const operation = startOperation(deps, caller, { id, location: location.value, resourceId });
  const hold = holdFor({ ...location.value, ...change }, { kind: "backup", operationId: id });
  const payload: BackupPayload = {
    locationKey: location.key,
    incarnation: location.value.incarnation,
    rescan,
    ...hold.wait,
  };
  await deps.failpoint?.("create-backup.before-commit");
  await deps.store.commit([
    replace(location, hold.location),
    create("backup", backupKey(location.key, id), backup),
    ...operationWrites(deps, operation, jobKinds.backup, payload),
    ...start.writes(id),
  ]);
  await deps.failpoint?.("create-backup.after-commit");
  await askToMakeWay(deps, location.value);
  announceOperation(deps, operation);
  return { operation, backup };
}

/** Throws when the location has no store or nobody to encrypt to. */
export function checkConfigured({ settings, name }: BackupLocation): void {
  if (settings.store.kind === "none") throw storeNotConfigured(name);
  if (settings.encryption.kind === "none") throw encryptionNotConfigured(name);
}

function newBackup(
  deps: ProviderDeps,
  { location: { value: location }, isAutomatic, systemData }: BackupStart,
  id: string,
): Backup {
  return {
    id,
    locationName: location.name,
    subscriptionId: location.subscriptionId,
    resourceGroupName: location.resourceGroupName,
    region: location.settings.region,
    status: "Creating",
    isAutomatic,
    startedAt: nowIso(deps),
    deployment: deps.deployment,
    systemData,
  };
}
