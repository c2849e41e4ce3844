import { isAppError } from "../../base/errors.ts";
import { manifestName, packName } from "../format/object-names.ts";
import { loadIndex } from "../index-objects.ts";
import { readBackup } from "../list-backups.ts";
import type { RepositoryKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";

/** Whole index objects that together name every pack of these backups; none when some pack is named by none. */
export async function findReplacements(
  store: ObjectStore,
  keys: RepositoryKeys,
  lost: string,
  backups: readonly string[],
): Promise<readonly string[]> {
  const open = new Set<string>();
  for (const backupId of backups)
    for (const pack of await readPacks(store, keys, backupId)) open.add(pack);
  const chosen: string[] = [];
  for (const epoch of keys.epochs) {
    const { objects } = await loadIndex(store, keys.repositoryId, epoch);
    for (const { name, packIds } of objects) {
      const before = open.size;
      for (const id of packIds) open.delete(packName(id));
      if (open.size < before && name !== lost) chosen.push(name);
    }
  }
  return open.size === 0 ? chosen : [];
}

/** What cannot be read is a finding of its own, and nothing here can replace it. */
async function readPacks(
  store: ObjectStore,
  keys: RepositoryKeys,
  backupId: string,
): Promise<readonly string[]> {
  try {
    const name = manifestName(backupId);
    const { manifest } = await readBackup(store, name, keys.repositoryId, keys.signingPublicKey);
    const refs = await readRefs(store, manifest);
    return refs.map((object) => object.name).filter((object) => object.startsWith("data/"));
  } catch (error) {
    if (!isAppError(error, "CorruptObject") && !isAppError(error, "MissingObject")) throw error;
    return [];
  }
}
