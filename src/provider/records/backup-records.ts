import type { BackupRecord } from "../../engine/model.ts";
import type { Backup, BackupLocation } from "../model.ts";

/** A backup as the store tells it, in our model. */
export function backupOfRecord(
  record: BackupRecord,
  location: BackupLocation,
  known?: Backup,
): Backup {
  return {
    id: record.backupId.toLowerCase(),
    locationName: location.name,
    subscriptionId: location.subscriptionId,
    resourceGroupName: location.resourceGroupName,
    region: location.settings.region,
    status: record.status,
    isAutomatic: record.isAutomatic,
    startedAt: record.createdAt,
    endedAt: record.endedAt,
    deployment: record.deployment,
    record,
    systemData: known?.systemData ?? {},
    ...(record.status === "Failed" ? { error: failureOf(record) } : {}),
  };
}

/** The end of the newest backup that holds something; `null` for none. */
export function newestBackupTime(records: readonly BackupRecord[]): string | null {
  const ends = records.filter(isUsable).map((record) => record.endedAt);
  return ends.reduce<string | null>(
    (newest, end) => (newest === null || end > newest ? end : newest),
    null,
  );
}

/** Whether something can be restored from it. */
export function isUsable(backup: { readonly status: string }): boolean {
  return backup.status === "Succeeded" || backup.status === "PartialSucceeded";
}

/** The error of the first role that must not fail, or else of any, stands for a backup that failed. */
export function failureOf(record: BackupRecord): {
  readonly code: string;
  readonly message: string;
} {
  const failed = record.roles.filter((one) => one.error !== undefined);
  const role = failed.find((one) => one.required) ?? failed[0];
  const nothing = {
    code: "NothingBackedUp",
    message: "No role could be backed up: see the roles for their errors",
  };
  if (role?.error === undefined) return nothing;
  return { code: role.error.code, message: `Role "${role.name}" failed: ${role.error.message}` };
}
