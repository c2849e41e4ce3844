import { isAppError, type AppError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { namesOf, readCondemned, type CondemnedObjects } from "../condemned-objects.ts";
import type { PackEntry } from "../format/index-format.ts";
import { dataKeyName, epochName, packName } from "../format/object-names.ts";
import { listPacks, loadIndex, type IndexObject, type LoadedIndex } from "../index-objects.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { EpochKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";
import { quietly } from "../read-ahead.ts";
import type { BackupOptions } from "./options.ts";
import { avoidBelowOf, chooseSparsePacks } from "./sparse-packs.ts";
import type { TreeCache } from "./tree-cache.ts";

/** What earlier runs left that a backup may rely on. */
export interface KnownRepository {
  /**
   * Packs an index names, that are there with their keys, and that nobody has set aside: those of the newest backup
   * first, without those it needs little of.
   */
  readonly packs: readonly PackEntry[];
  /** None was left out, and none would be if nothing changed. */
  readonly isDense: boolean;
  /** Whole index objects, those to rely on first at the beginning. */
  readonly indexObjects: readonly IndexObject[];
  /** Ids of packs that are there and no index names. */
  readonly orphans: readonly string[];
  /** Names of what a tombstone or a quarantine note has set aside. */
  readonly setAside: ReadonlySet<string>;
  /** Sizes of the data keys and of the epoch, which are there. */
  readonly documents: ReadonlyMap<string, number>;
  /** The refs of the newest backup, where they were read whole; else undefined. */
  readonly soundRefs: string | undefined;
}

/** The newest backup and what is remembered of it here. */
export interface NewestBackup {
  readonly listed: ListedBackup | undefined;
  readonly cache: TreeCache | undefined;
}

/** What is listed of a repository before a backup, under way. A failure is seen by who awaits it. */
export interface Listings {
  readonly index: Promise<LoadedIndex>;
  readonly present: Promise<ReadonlyMap<string, number>>;
  /** Names and sizes. */
  readonly dataKeys: Promise<ReadonlyMap<string, number>>;
  /** Size of the epoch's own object; undefined when it is absent. */
  readonly epochBytes: Promise<number | undefined>;
  readonly condemned: Promise<CondemnedObjects>;
}

/** Starts all listings beside each other: each answer of a far store is late. */
export function startListings({ store, keys }: BackupOptions, epoch: EpochKeys): Listings {
  const { repositoryId, signingPublicKey } = keys;
  return {
    index: quietly(loadIndex(store, repositoryId, epoch)),
    present: quietly(listPacks(store)),
    dataKeys: quietly(listDataKeys(store)),
    epochBytes: quietly(store.stat(epochName(epoch.id)).then((found) => found?.bytes)),
    condemned: quietly(readCondemned(store, repositoryId, signingPublicKey)),
  };
}

/**
 * Reads the index of an epoch. What prune has marked or repair has set aside counts as absent: its content is stored
 * again rather than relied on.
 */
export async function readKnownRepository(
  options: BackupOptions,
  epoch: EpochKeys,
  newest: NewestBackup,
  listings: Listings,
): Promise<KnownRepository> {
  const reading = quietly(readNeededPacks(options, epoch, newest.listed));
  const [index, present, dataKeys, epochBytes, condemned] = await Promise.all([
    listings.index,
    listings.present,
    listings.dataKeys,
    listings.epochBytes,
    listings.condemned,
  ]);
  const setAside = namesOf(condemned);
  warnOfDamage(options.logger, [...index.damaged, ...condemned.unreadable]);
  const objects = index.objects.filter((object) => !setAside.has(object.name));
  const indexed = new Set(objects.flatMap((object) => object.packIds));
  const known = [...new Map(index.packs.map((pack) => [pack.packId, pack])).values()].filter(
    ({ packId, dataKeyId }) =>
      indexed.has(packId) &&
      !setAside.has(packName(packId)) &&
      !setAside.has(dataKeyName(dataKeyId)),
  );
  const usable = known.filter(
    (pack) => present.get(pack.packId) === pack.bytes && dataKeys.has(dataKeyName(pack.dataKeyId)),
  );
  warnOfLoss(options.logger, known.length - usable.length);
  const { packs, isDense } = choosePacks(options, newest, usable, (await reading) ?? new Set());
  return {
    packs,
    isDense,
    indexObjects: orderIndexObjects(objects, new Set(packs.map((pack) => pack.packId))),
    orphans: [...present.keys()].filter((id) => !indexed.has(id) && !setAside.has(packName(id))),
    setAside,
    documents: sizesOf(dataKeys, epoch, epochBytes),
    soundRefs: (await reading) === undefined ? undefined : newest.listed?.manifest.refs,
  };
}

function warnOfLoss(logger: Logger, count: number): void {
  if (count === 0) return;
  logger.warn(
    "Packs named by the index, or their keys, are missing from the store: their content is stored again",
    { count },
  );
}

function sizesOf(
  dataKeys: ReadonlyMap<string, number>,
  { id }: EpochKeys,
  bytes: number | undefined,
): ReadonlyMap<string, number> {
  return bytes === undefined ? dataKeys : new Map([...dataKeys, [epochName(id), bytes]]);
}

async function listDataKeys(store: ObjectStore): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { name, bytes } of store.list("keys/")) sizes.set(name, bytes);
  return sizes;
}

function warnOfDamage(
  logger: Logger,
  damaged: readonly { readonly name: string; readonly error: AppError }[],
): void {
  for (const { name, error } of damaged)
    logger.warn("An object beside the content is damaged: the backup does without it", {
      object: name,
      code: error.code,
    });
}

/** The newest backup's packs first: content that was moved out of a pack must not be found there again. */
function choosePacks(
  options: BackupOptions,
  { listed, cache }: NewestBackup,
  usable: readonly PackEntry[],
  needed: ReadonlySet<string>,
): Pick<KnownRepository, "packs" | "isDense"> {
  const first = usable.filter(({ packId }) => needed.has(packName(packId)));
  const others = usable.filter(({ packId }) => !needed.has(packName(packId)));
  // What the newest backup wrote itself it needs all of.
  const isOwn = first.every(({ dataKeyId }) => dataKeyId === listed?.manifest.dataKeyId);
  if (isOwn) return { packs: [...first, ...others], isDense: true };
  const { packIds: sparse, isDense } = chooseSparsePacks({
    packs: first,
    cache,
    newest: listed?.record,
    roles: options.roles.map(({ name }) => name),
    avoidBelow: avoidBelowOf(options),
  });
  if (sparse.size > 0)
    options.logger.info("Packs of which little is needed are left: that little is stored again", {
      count: sparse.size,
    });
  return { packs: [...first.filter(({ packId }) => !sparse.has(packId)), ...others], isDense };
}

/** Names of the objects the newest backup needs; undefined where they cannot be read, or are of another epoch. */
async function readNeededPacks(
  { store }: BackupOptions,
  epoch: EpochKeys,
  newest: ListedBackup | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (newest?.manifest.epochId !== epoch.id) return undefined;
  try {
    return new Set((await readRefs(store, newest.manifest)).map(({ name }) => name));
  } catch (error) {
    // They only say what to rely on first: whatever is wrong with them is for verify to name.
    if (isAppError(error)) return undefined;
    throw error;
  }
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
