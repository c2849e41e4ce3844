import { namesOf, readCondemned } from "../condemned-objects.ts";
import type { PackEntry } from "../format/index-format.ts";
import { dataKeyName, packName, parsePackName } from "../format/object-names.ts";
import { listPacks, loadIndex, type IndexObject } from "../index-objects.ts";
import type { EpochKeys } from "../model.ts";
import type { BackupOptions } from "./options.ts";

/** What earlier runs left that a backup may rely on. */
export interface KnownRepository {
  /** Packs an index names, that are there with their keys, and that nobody has set aside. */
  readonly packs: readonly PackEntry[];
  /** Whole index objects, those to rely on first at the beginning. */
  readonly indexObjects: readonly IndexObject[];
  /** Ids of packs that are there and no index names. */
  readonly orphans: readonly string[];
  /** Names of what a tombstone or a quarantine note has set aside. */
  readonly setAside: ReadonlySet<string>;
}

/**
 * Reads the index of an epoch. What prune has marked or repair has set aside counts as absent: its content is stored
 * again rather than relied on.
 */
export async function readKnownRepository(
  options: BackupOptions,
  epoch: EpochKeys,
): Promise<KnownRepository> {
  const { store, keys, logger } = options;
  const index = await loadIndex(store, keys.repositoryId, epoch);
  const present = await listPacks(store);
  const dataKeys = new Set<string>();
  for await (const { name } of store.list("keys/")) dataKeys.add(name);
  const condemned = await readCondemned(store, keys.repositoryId, keys.signingPublicKey);
  const setAside = namesOf(condemned);
  for (const { name, error } of [...index.damaged, ...condemned.unreadable])
    logger.warn("An object beside the content is damaged: the backup does without it", {
      object: name,
      code: error.code,
    });
  const objects = index.objects.filter((object) => !setAside.has(object.name));
  const indexed = new Set(objects.flatMap((object) => object.packIds));
  const known = [...new Map(index.packs.map((pack) => [pack.packId, pack])).values()].filter(
    ({ packId, dataKeyId }) =>
      indexed.has(packId) &&
      !setAside.has(packName(packId)) &&
      !setAside.has(dataKeyName(dataKeyId)),
  );
  const packs = known.filter(
    (pack) => present.get(pack.packId) === pack.bytes && dataKeys.has(dataKeyName(pack.dataKeyId)),
  );
  if (packs.length < known.length)
    logger.warn(
      "Packs named by the index, or their keys, are missing from the store: their content is stored again",
      { count: known.length - packs.length },
    );
  const gone = new Set([...setAside].map((name) => parsePackName(name)));
  return {
    packs,
    indexObjects: orderIndexObjects(objects, new Set(packs.map((pack) => pack.packId))),
    orphans: [...present.keys()].filter((id) => !indexed.has(id) && !gone.has(id)),
    setAside,
  };
}

/** Those without dead packs first, then the larger ones: a prune writes such to replace the others. */
function orderIndexObjects(
  objects: readonly IndexObject[],
  usable: ReadonlySet<string>,
): readonly IndexObject[] {
  const isWhole = ({ packIds }: IndexObject): boolean => packIds.every((id) => usable.has(id));
  const rank = (object: IndexObject): number =>
    object.packIds.length + (isWhole(object) ? 0x1_0000_0000 : 0);
  return objects.toSorted((a, b) => rank(b) - rank(a) || (a.name < b.name ? -1 : 1));
}
