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
    if (isAppError(error, "LeaseLost")) await withdraw(options, lease, record);
    throw error;
  }
}

async function withdraw(
  { store, keys, clock, randomBytes, logger }: BackupOptions,
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
  try {
    await store.remove(manifestName(backupId));
  } catch (error) {
    // The tombstone says it: the next prune removes it.
    logger.warn("A withdrawn backup could not be removed yet", {
      backupId,
      code: isAppError(error) ? error.code : "Internal",
    });
  }
}
