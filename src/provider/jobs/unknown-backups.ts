import type { BackupRecord } from "../../engine/model.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { Backup, BackupLocation } from "../model.ts";
import { backupKey } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { backupOfRecord } from "../records/backup-records.ts";
import { listBackupsOf } from "../records/known-backups.ts";
import type { OpenedStore } from "../stores/store-access.ts";

/**
 * What the store holds, if it holds backups that the state has forgotten: one that was set back to a copy of itself
 * does. Undefined while the new backup follows the newest that is known, for then nobody needs to look.
 */
export async function findUnknownBackups(
  deps: ProviderDeps,
  { key, value }: Document<BackupLocation>,
  { spec, keys }: OpenedStore,
  made: BackupRecord,
): Promise<readonly BackupRecord[] | undefined> {
  const newest = newestOf(await listBackupsOf(deps.store, key), made.sequence - 1);
  if (newest === 0 || made.sequence <= newest + 1) return undefined;
  deps.logger.warn("The store holds backups that the state does not know, which was set back", {
    locationName: value.name,
    count: made.sequence - newest - 1,
  });
  return deps.engine.listBackups(spec, keys.signingPublicKey);
}

/** The greatest sequence, or one that is great enough: of many backups it is most often one of the last. */
function newestOf(backups: readonly Backup[], enough: number): number {
  let most = 0;
  for (let at = backups.length - 1; at >= 0 && most < enough; at -= 1)
    most = Math.max(most, backups[at]?.record?.sequence ?? 0);
  return most;
}

/** The store is right: what it holds is shown again, and what it holds no more is not. */
export async function reconcileWrites(
  deps: ProviderDeps,
  { key, value }: Document<BackupLocation>,
  records: readonly BackupRecord[],
  made: BackupRecord,
): Promise<readonly Write[]> {
  const known = await listAll<Backup>(deps.store, "backup", `${key}/backups/`);
  const knownKeys = new Set(known.map((one) => one.key));
  const held = new Map(records.map((record) => [backupKey(key, record.backupId), record]));
  const own = backupKey(key, made.backupId);
  return [
    ...known
      .filter((one) => one.value.record !== undefined && !held.has(one.key) && one.key !== own)
      .map((one): Write => ({ op: "delete", kind: "backup", key: one.key })),
    ...[...held]
      .filter(([name]) => !knownKeys.has(name) && name !== own)
      .map(([name, record]): Write => ({
        ...{ op: "put", kind: "backup", key: name },
        value: backupOfRecord(record, value),
      })),
  ];
}
