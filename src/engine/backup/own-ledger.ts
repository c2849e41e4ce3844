import { ledgerHeadOf } from "../format/manifest.ts";
import type { BackupRecord, LedgerHead } from "../model.ts";
import type { BackupOptions } from "./options.ts";

/** The store shows less than we remember: said at once, and by verify; a new backup is still better than none. */
export function reportLedger(options: BackupOptions, trusted: readonly BackupRecord[]): void {
  const head = options.ledgerHead;
  if (head === undefined) return;
  const found = trusted.find((record) => record.backupId === head.backupId);
  if (found?.manifestHash === head.manifestHash) return;
  options.logger.error(
    "The store does not show the newest backup this service made: it was deleted or rolled back",
    { backupId: head.backupId, code: "RollbackDetected" },
  );
}

/** What the next manifest follows: the newest of what the store shows and what is remembered. */
export function newestOf(
  record: BackupRecord | undefined,
  head: LedgerHead | undefined,
): LedgerHead | undefined {
  const shown = record === undefined ? undefined : ledgerHeadOf(record);
  if (shown === undefined || head === undefined) return shown ?? head;
  return head.sequence > shown.sequence ? head : shown;
}
