import type { ErrorCode } from "../../base/errors.ts";
import { isRemoved } from "../condemned-objects.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { LedgerHead, VerifyFinding } from "../model.ts";

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
  const findings: LedgerFinding[] = [];
  for (const { manifest, record } of trusted) {
    const previous = manifest.previous;
    const shown = previous === null ? undefined : byId.get(previous.backupId);
    if (previous !== null && shown !== undefined && shown.manifestHash !== previous.manifestHash) {
      findings.push(
        finding(
          "RollbackDetected",
          record.backupId,
          `Backup "${record.backupId}" follows another version of backup "${previous.backupId}": one of the two was replaced`,
        ),
      );
    }
    if (
      previous !== null &&
      shown === undefined &&
      !isRemoved(removed, previous.backupId, previous.manifestHash)
    ) {
      findings.push(
        finding(
          "MissingObject",
          previous.backupId,
          `Backup "${previous.backupId}", which backup "${record.backupId}" follows, is not in the store`,
        ),
      );
    }
  }
  if (
    head !== undefined &&
    byId.get(head.backupId)?.manifestHash !== head.manifestHash &&
    !isRemoved(removed, head.backupId, head.manifestHash)
  ) {
    findings.push(
      finding(
        "RollbackDetected",
        head.backupId,
        `Backup "${head.backupId}", the newest this service made, is not in the store as it was written: the store was rolled back or the backup deleted`,
      ),
    );
  }
  return findings;
}

function finding(code: ErrorCode, backupId: string, message: string): LedgerFinding {
  return { code, object: `backups/${backupId}`, message, backups: [backupId] };
}
