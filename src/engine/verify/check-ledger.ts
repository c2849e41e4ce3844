import type { ErrorCode } from "../../base/errors.ts";
import { isRemoved } from "../condemned-objects.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { BackupRecord, LedgerHead, VerifyFinding } from "../model.ts";

export interface LedgerFinding extends VerifyFinding {
  readonly code: ErrorCode;
}

/**
 * Checks that each manifest names the one before it, and that nothing newer than what is shown is remembered. What a
 * signed tombstone says was removed is no gap.
 */
export function checkLedger(
  backups: readonly ListedBackup[],
  head: LedgerHead | undefined,
  removed: ReadonlyMap<string, ReadonlySet<string | null>>,
): LedgerFinding[] {
  const trusted = backups.filter((backup) => backup.record.signature === "trusted");
  const byId = new Map(trusted.map((backup) => [backup.record.backupId, backup.record]));
  const findings = trusted.flatMap((backup) => checkPrevious(backup, byId, removed));
  const isThere =
    head === undefined ||
    byId.get(head.backupId)?.manifestHash === head.manifestHash ||
    isRemoved(removed, head.backupId, head.manifestHash);
  if (isThere) return findings;
  const message = `Backup "${head.backupId}", the newest this service made, is not in the store as it was written: the store was rolled back or the backup deleted`;
  return [...findings, finding("RollbackDetected", head.backupId, message)];
}

function checkPrevious(
  { manifest, record }: ListedBackup,
  byId: ReadonlyMap<string, BackupRecord>,
  removed: ReadonlyMap<string, ReadonlySet<string | null>>,
): LedgerFinding[] {
  const { previous } = manifest;
  if (previous === null) return [];
  const { backupId, manifestHash } = previous;
  const shown = byId.get(backupId);
  if (shown === undefined) {
    if (isRemoved(removed, backupId, manifestHash)) return [];
    const message = `Backup "${backupId}", which backup "${record.backupId}" follows, is not in the store`;
    return [finding("MissingObject", backupId, message)];
  }
  if (shown.manifestHash === manifestHash) return [];
  const message = `Backup "${record.backupId}" follows another version of backup "${backupId}": one of the two was replaced`;
  return [finding("RollbackDetected", record.backupId, message)];
}

function finding(code: ErrorCode, backupId: string, message: string): LedgerFinding {
  return { code, object: `backups/${backupId}`, message, backups: [backupId] };
}
