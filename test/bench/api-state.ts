import { randomUUID } from "node:crypto";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import type { Backup, BackupLocation } from "../../src/provider/model.ts";
import { freshRecord, type WatchRecord } from "../../src/provider/watch/watch-record.ts";
import type { Document, StateStore, Write } from "../../src/state/state-store.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";

/**
 * Fills a stopped service's state with copies of the backup and the operation it has: as if there had been one an hour,
 * and the watchdog had seen them all.
 */
export async function fillState(
  file: string,
  counts: { readonly backups: number; readonly operations: number },
): Promise<void> {
  const store = await openSqliteStore({ file, clock: systemClock });
  try {
    const [backup] = await store.list<Backup>("backup", { limit: 1 });
    const [operation] = await store.list<OperationRecord>("operation", { limit: 1 });
    const [location] = await store.list<BackupLocation>("location", { limit: 1 });
    if (backup?.value.record === undefined || operation === undefined || location === undefined)
      throw new Error("The state is empty");
    const { record } = backup.value;
    await copy(store, backup, counts.backups, (value, id, number) => ({
      key: backup.key.replace(/[^/]+$/, id),
      value: { ...value, id, record: backupBefore(record, id, counts.backups - number) },
    }));
    await copy(store, operation, counts.operations, (value, id) => ({
      key: id,
      value: { ...value, id },
    }));
    const { incarnation } = location.value;
    const operationRevision = await store.revisionOf("operation");
    const seen: WatchRecord = { ...freshRecord(incarnation), operationRevision };
    await store.commit([{ op: "put", kind: "watch", key: location.key, value: seen }]);
  } finally {
    await store.close();
  }
}

/** So many places before it in the ledger, and hours. */
function backupBefore(record: BackupRecord, backupId: string, places: number): BackupRecord {
  const createdAt = new Date(Date.parse(record.createdAt) - places * 3_600_000).toISOString();
  return { ...record, backupId, sequence: record.sequence - places, createdAt };
}

async function copy<T>(
  store: StateStore,
  { kind, value }: Document<T>,
  count: number,
  make: (value: T, id: string, number: number) => { readonly key: string; readonly value: T },
): Promise<void> {
  for (let done = 0; done < count;) {
    const size = Math.min(500, count - done);
    const writes = Array.from({ length: size }, (_, index): Write => {
      return { op: "put", kind, ...make(value, randomUUID(), done + index) };
    });
    await store.commit(writes);
    done += size;
  }
}
