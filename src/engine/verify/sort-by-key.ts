import { isAppError, type AppError } from "../../base/errors.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { EpochKeys, Opener, UnopenedBackups } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { openEpoch, type RepositoryConfig } from "../repository.ts";

export interface OwnBackup extends ListedBackup {
  /** Undefined when it is damaged. */
  readonly epoch: EpochKeys | undefined;
}

/**
 * Parts the signed backups by whether their epoch is this key's. Damage is not judged here: what is no mismatch counts
 * as the key's. Throws `DecryptionKeyMismatch` when there are backups and the key is of none of them.
 */
export async function sortByKey(
  store: ObjectStore,
  config: RepositoryConfig,
  backups: readonly ListedBackup[],
  opener: Opener,
): Promise<{ opened: readonly OwnBackup[]; unopened: readonly UnopenedBackups[] }> {
  const opened: OwnBackup[] = [];
  const unopened: UnopenedBackups[] = [];
  let mismatch: AppError | undefined;
  for (const group of groupByEpoch(backups)) {
    const { epochId, recipients } = group[0].record;
    const own = (epoch: EpochKeys | undefined): number =>
      opened.push(...group.map((backup) => ({ ...backup, epoch })));
    try {
      own(await openEpoch(store, config, epochId, opener));
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (error.code === "DecryptionKeyMismatch") {
        mismatch = error;
        unopened.push({ epochId, recipients, backups: group.map(idOf) });
      } else own(undefined);
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
