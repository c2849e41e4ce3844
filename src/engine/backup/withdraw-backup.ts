import { toIso } from "../../base/clock.ts";
import { isAppError } from "../../base/errors.ts";
import { encodeSignedDocument } from "../format/signed-document.ts";
import { encodeTombstone } from "../format/tombstone.ts";
import { manifestName } from "../format/object-names.ts";
import type { WriterLease } from "../lease.ts";
import type { BackupRecord } from "../model.ts";
import { putChecked } from "../read-back.ts";
import { signerOf } from "../repository.ts";
import type { BackupOptions } from "./options.ts";

/**
 * Ends with the look at the lease that began after the manifest was published (`assertNewest`). Who takes it from now on sees the backup; who took it
 * before may have pruned what it needs while this process stood still: then it is taken out of the ledger again, by a
 * tombstone as prune does. Throws `LeaseLost`.
 */
export async function keepOrWithdraw(
  options: BackupOptions,
  looking: Promise<void>,
  lease: WriterLease,
  record: BackupRecord,
): Promise<void> {
  try {
    await looking;
  } catch (error) {
    if (isAppError(error, "LeaseLost")) await withdrawSoon(options, lease, record);
    throw error;
  }
}

/** Takes a backup out of the ledger and out of the store: its name is free then. Throws where the store keeps it. */
export async function withdrawBackup(
  options: BackupOptions,
  lease: WriterLease,
  record: BackupRecord,
): Promise<void> {
  await bury(options, lease, record);
  await options.store.remove(manifestName(record.backupId));
}

async function withdrawSoon(
  options: BackupOptions,
  lease: WriterLease,
  record: BackupRecord,
): Promise<void> {
  await bury(options, lease, record);
  try {
    await options.store.remove(manifestName(record.backupId));
  } catch (error) {
    // The tombstone says it: the next prune removes it.
    options.logger.warn("A withdrawn backup could not be removed yet", {
      backupId: record.backupId,
      code: isAppError(error) ? error.code : "Internal",
    });
  }
}

async function bury(
  { store, keys, clock, randomBytes }: BackupOptions,
  { fence }: WriterLease,
  { backupId, manifestHash }: BackupRecord,
): Promise<void> {
  const id = randomBytes(16).toString("hex");
  const name = `tombstones/${id}`;
  const body = encodeTombstone({
    ...{ id, repositoryId: keys.repositoryId, createdAt: toIso(clock.now()), fence },
    backups: [{ backupId, manifestHash }],
    objects: [],
  });
  await putChecked(store, name, encodeSignedDocument(name, body, signerOf(keys)));
}
