import { isAppError, type AppError } from "../../base/errors.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { Opener, UnopenedBackups } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { openEpoch, type RepositoryConfig } from "../repository.ts";

/**
 * Parts the signed backups by whether their epoch is this key's. Damage is not judged here: what is no mismatch counts
 * as the key's. Throws `DecryptionKeyMismatch` when there are backups and the key is of none of them.
 */
export async function sortByKey(
  store: ObjectStore,
  config: RepositoryConfig,
  backups: readonly ListedBackup[],
  opener: Opener,
): Promise<{ opened: readonly ListedBackup[]; unopened: readonly UnopenedBackups[] }> {
  const opened: ListedBackup[] = [];
  const unopened: UnopenedBackups[] = [];
  let mismatch: AppError | undefined;
  for (const group of groupByEpoch(backups)) {
    const { epochId, recipients } = group[0].record;
    try {
      await openEpoch(store, config, epochId, opener);
      opened.push(...group);
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (error.code === "DecryptionKeyMismatch") {
        mismatch = error;
        unopened.push({ epochId, recipients, backups: group.map(idOf) });
      } else opened.push(...group);
    }
  }
  if (opened.length === 0 && mismatch !== undefined) throw mismatch;
  return { opened, unopened };
}

type Group = [ListedBackup, ...ListedBackup[]];

/** In the order of each epoch's oldest backup. */
function groupByEpoch(backups: readonly ListedBackup[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const backup of backups) {
    const { signature, epochId } = backup.record;
    if (signature !== "trusted") continue;
    const group = groups.get(epochId);
    if (group === undefined) groups.set(epochId, [backup]);
    else group.push(backup);
  }
  return groups.values();
}

function idOf({ record }: ListedBackup): string {
  return record.backupId;
}
