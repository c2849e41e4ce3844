import { AppError, isAppError } from "../../base/errors.ts";
import { readCondemned, removedBackups, type CondemnedObjects } from "../condemned-objects.ts";
import { manifestName, parseManifestName } from "../format/object-names.ts";
import { listBackups, type ListedBackup, type UnreadableBackup } from "../list-backups.ts";
import type { LedgerHead, RepositoryKeys } from "../model.ts";
import type { ObjectEntry, ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";
import { readConfig } from "../repository.ts";
import { isGoodBackup } from "../retention.ts";
import { checkLedger } from "../verify/check-ledger.ts";
import { probeUnlessFull } from "./probe-store.ts";
import { requireNotBehind, requireSameClock } from "./clock-check.ts";
import type { PlannedRemoval, PruneRequest } from "./prune-plan.ts";

/** Everything a prune must know, or it does not begin. */
export interface Survey {
  readonly objects: ReadonlyMap<string, ObjectEntry>;
  readonly remaining: readonly ListedBackup[];
  readonly removals: readonly PlannedRemoval[];
  /** Manifests present that a tombstone has taken out of the ledger. */
  readonly leftManifests: readonly string[];
  /** What the remaining backups need. */
  readonly live: ReadonlySet<string>;
  /** What the removed backups needed, as far as they can say. */
  readonly released: ReadonlySet<string>;
  readonly condemned: CondemnedObjects;
}

/**
 * Looks at every manifest and refs object. Throws rather than guess: on a manifest or refs object that cannot be read,
 * a gap in the ledger nobody has explained, clocks that disagree, or a wish that goes below the floor.
 */
export async function surveyRepository(
  store: ObjectStore,
  keys: RepositoryKeys,
  request: PruneRequest,
): Promise<Survey> {
  const config = await readConfig(store, keys.signingPublicKey);
  const objects = new Map<string, ObjectEntry>();
  for await (const entry of store.list("")) objects.set(entry.name, entry);
  const condemned = await readCondemned(store, config.repositoryId, config.signingPublicKey);
  const listed = await listBackups(store, config.signingPublicKey);
  await checkClocks(store, request.now, objects, listed.backups);
  const gone = removedBackups(condemned.tombstones);
  const wanted = new Set(request.remove.filter((id) => !gone.has(id)));
  requireKnown(wanted, listed.backups, listed.unreadable, request.ledgerHead);
  requireReadable(listed.backups, listed.unreadable, wanted);
  requireWholeLedger(listed.backups, request.ledgerHead, gone, wanted);
  const remaining = listed.backups.filter(({ record }) => !wanted.has(record.backupId));
  requireFloor(listed.backups, remaining, request.floor ?? 1);
  const shown = new Set([
    ...listed.backups.map(({ record }) => manifestName(record.backupId)),
    ...listed.unreadable.map(({ name }) => name),
  ]);
  return {
    objects,
    remaining,
    removals: [...wanted].map((id) => describeRemoval(id, listed.backups)),
    leftManifests: [...objects.keys()].filter((name) => {
      const id = parseManifestName(name);
      return id !== undefined && gone.has(id) && !shown.has(name);
    }),
    live: withReplacements(await readLive(store, remaining), condemned),
    released: await readReleased(store, listed.backups, wanted),
    condemned,
  };
}

async function checkClocks(
  store: ObjectStore,
  now: number,
  objects: ReadonlyMap<string, ObjectEntry>,
  backups: readonly ListedBackup[],
): Promise<void> {
  const clockSkewMilliseconds = (await probeUnlessFull(store))?.clockSkewMilliseconds;
  if (clockSkewMilliseconds !== undefined) requireSameClock(now, now + clockSkewMilliseconds);
  for (const { name, modifiedAt } of objects.values())
    requireNotBehind(now, modifiedAt, `object "${name}"`);
  for (const { record } of backups) {
    if (record.signature !== "trusted") continue;
    for (const date of [record.createdAt, record.endedAt].map((text) => Date.parse(text)))
      if (!Number.isNaN(date)) requireNotBehind(now, date, `backup "${record.backupId}"`);
  }
}

/** A backup that is not shown may be named when the ledger says that there was one: its loss is then accepted. */
function requireKnown(
  wanted: ReadonlySet<string>,
  backups: readonly ListedBackup[],
  unreadable: readonly UnreadableBackup[],
  head: LedgerHead | undefined,
): void {
  const known = new Set<string | undefined>([
    head?.backupId,
    ...backups.flatMap(({ record, manifest }) => [record.backupId, manifest.previous?.backupId]),
    ...unreadable.map(({ name }) => parseManifestName(name)),
  ]);
  for (const id of wanted)
    if (!known.has(id))
      throw new AppError(
        "BackupNotFound",
        `Cannot prune backup "${id}": the store does not hold it; list the backups to see those it holds`,
        { target: id },
      );
}

function requireReadable(
  backups: readonly ListedBackup[],
  unreadable: readonly UnreadableBackup[],
  wanted: ReadonlySet<string>,
): void {
  for (const { name, error } of unreadable) {
    if (wanted.has(parseManifestName(name) ?? "")) continue;
    throw new AppError(
      isAppError(error) ? error.code : "CorruptObject",
      `Cannot prune: object "${name}" cannot be read, so nobody can tell what it needs: bring it back, or name that backup as one to remove`,
      { cause: error, target: name },
    );
  }
  for (const { record } of backups) {
    if (record.signature === "trusted" || wanted.has(record.backupId)) continue;
    throw new AppError(
      "SignatureInvalid",
      `Cannot prune: backup "${record.backupId}" is not signed by this repository's key, so what it needs cannot be believed: bring it back as it was, or name it as one to remove`,
      { target: manifestName(record.backupId) },
    );
  }
}

/** A manifest that vanished unexplained may come back: what it needs must not go. */
function requireWholeLedger(
  backups: readonly ListedBackup[],
  head: LedgerHead | undefined,
  gone: ReadonlyMap<string, ReadonlySet<string | null>>,
  wanted: ReadonlySet<string>,
): void {
  const explained = new Map(gone);
  const shown = new Set(
    backups.flatMap(({ record }) => (record.signature === "trusted" ? [record.backupId] : [])),
  );
  for (const id of wanted) if (!shown.has(id)) explained.set(id, new Set([null]));
  const [first] = checkLedger(backups, head, explained);
  if (first === undefined) return;
  throw new AppError(
    first.code,
    `Cannot prune: ${first.message}; bring it back, or name the missing backup as one to remove`,
    { target: first.object },
  );
}

function requireFloor(
  backups: readonly ListedBackup[],
  remaining: readonly ListedBackup[],
  floor: number,
): void {
  const newest = backups.findLast(({ record }) => record.signature === "trusted");
  if (newest !== undefined && !remaining.includes(newest))
    throw new AppError(
      "PruneRefused",
      `Cannot prune backup "${newest.record.backupId}": it is the newest, and the next one's ledger names it; make another backup first`,
      { target: newest.record.backupId },
    );
  const count = (listed: readonly ListedBackup[]): number =>
    listed.filter(({ record }) => isGoodBackup(record)).length;
  const [before, after] = [count(backups), count(remaining)];
  if (after === before || after >= floor) return;
  throw new AppError(
    "PruneRefused",
    `Cannot prune: ${after} good backups would be left, and at least ${floor} must be; name fewer`,
  );
}

function describeRemoval(backupId: string, backups: readonly ListedBackup[]): PlannedRemoval {
  const found = backups.find(({ record }) => record.backupId === backupId)?.record;
  if (found?.signature !== "trusted")
    return { backupId, createdAt: null, status: null, manifestHash: null };
  const { createdAt, status, manifestHash } = found;
  return { backupId, createdAt, status, manifestHash };
}

async function readLive(
  store: ObjectStore,
  remaining: readonly ListedBackup[],
): Promise<ReadonlySet<string>> {
  const live = new Set<string>();
  for (const { manifest, record } of remaining) {
    // Unchanged backups share one refs object.
    if (live.has(manifest.refs)) continue;
    live.add(manifest.refs);
    try {
      for (const { name } of await readRefs(store, manifest)) live.add(name);
    } catch (cause) {
      if (!isAppError(cause)) throw cause;
      throw new AppError(
        cause.code,
        `Cannot prune: what backup "${record.backupId}" needs cannot be read: ${cause.message}`,
        { cause, target: manifest.refs },
      );
    }
  }
  return live;
}

/** Where repair has replaced an index object that a backup names, the backup needs the others instead. */
function withReplacements(
  live: ReadonlySet<string>,
  { quarantines }: CondemnedObjects,
): ReadonlySet<string> {
  const replacements = quarantines.flatMap(({ objects }) =>
    objects.flatMap(({ name, replacedBy }) => (live.has(name) ? replacedBy : [])),
  );
  return new Set([...live, ...replacements]);
}

/** What cannot be read here only has to wait until it is old. */
async function readReleased(
  store: ObjectStore,
  backups: readonly ListedBackup[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const released = new Set<string>();
  for (const { manifest, record } of backups) {
    if (!wanted.has(record.backupId) || record.signature !== "trusted") continue;
    if (released.has(manifest.refs)) continue;
    released.add(manifest.refs);
    try {
      for (const { name } of await readRefs(store, manifest)) released.add(name);
    } catch (error) {
      if (!isAppError(error, "CorruptObject") && !isAppError(error, "MissingObject")) throw error;
    }
  }
  return released;
}
