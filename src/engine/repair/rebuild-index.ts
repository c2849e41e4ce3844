import { isAppError } from "../../base/errors.ts";
import { namesOf, readCondemned } from "../condemned-objects.ts";
import { packName } from "../format/object-names.ts";
import type { Suite } from "../format/suite.ts";
import type { PackEntry } from "../format/index-format.ts";
import { buildIndexObjects, listPacks, loadIndex, readPackFooter } from "../index-objects.ts";
import type { EpochKeys, RepositoryKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { putChecked } from "../read-back.ts";
import type { EngineHost } from "../repository.ts";

export interface RebuiltIndex {
  /** Names of the index objects that were added. */
  readonly added: readonly string[];
  /** Packs that no whole index object named. */
  readonly packs: number;
  /** Packs that are damaged themselves and could not be read. */
  readonly unreadable: readonly { readonly name: string; readonly code: string }[];
}

/**
 * Adds index objects for packs that no whole index object names, from the packs' own footers. Nothing is changed or
 * removed; packs that prune or repair have set aside are left out.
 */
export async function rebuildIndex(
  store: ObjectStore,
  keys: RepositoryKeys,
  suite: Suite,
  host: EngineHost,
  signal?: AbortSignal,
): Promise<RebuiltIndex> {
  const added: string[] = [];
  const unreadable: { name: string; code: string }[] = [];
  let count = 0;
  for (const epoch of keys.epochs) {
    const packs: PackEntry[] = [];
    for (const packId of await findUnindexedPacks(store, keys, epoch)) {
      signal?.throwIfAborted();
      try {
        const pack = await readPackFooter(store, packId, keys.repositoryId, suite, epoch);
        if (pack !== undefined) packs.push(pack);
      } catch (error) {
        if (!isAppError(error) || !damageCodes.has(error.code)) throw error;
        unreadable.push({ name: packName(packId), code: error.code });
      }
    }
    count += packs.length;
    for (const object of buildIndexObjects(packs, keys.repositoryId, epoch, host.randomBytes)) {
      await putChecked(store, object.name, object.bytes, signal);
      added.push(object.name);
    }
  }
  return { added, packs: count, unreadable };
}

/** A pack cut off inside its header answers `InvalidArgument`: the range asked for is not there. */
const damageCodes: ReadonlySet<string> = new Set([
  "CorruptObject",
  "CannotOpen",
  "UnsupportedFormat",
  "InvalidArgument",
  "LimitExceeded",
  "ObjectNotFound",
]);

/** Ids of packs of any epoch that no index object of this one names. */
async function findUnindexedPacks(
  store: ObjectStore,
  keys: RepositoryKeys,
  epoch: EpochKeys,
): Promise<string[]> {
  const index = await loadIndex(store, keys.repositoryId, epoch);
  const condemned = await readCondemned(store, keys.repositoryId, keys.signingPublicKey);
  const away = namesOf(condemned);
  const named = new Set(index.objects.flatMap(({ packIds }) => packIds));
  const present = await listPacks(store);
  return [...present.keys()].filter((id) => !named.has(id) && !away.has(packName(id)));
}
