import { AppError } from "../../base/errors.ts";
import { manifestName, parsePackName } from "../format/object-names.ts";
import type { PackEntry } from "../format/index-format.ts";
import type { ObjectReference } from "../format/refs.ts";
import { isRemovableName, type Tombstone } from "../format/tombstone.ts";
import type { EpochKeys, RepositoryKeys } from "../model.ts";
import type { ObjectEntry, ObjectStore } from "../object-store.ts";
import { surveyIndex } from "./index-survey.ts";
import { findSparsePacks } from "./plan-repack.ts";
import { defaultGraceMilliseconds, type PrunePlan, type PruneRequest } from "./prune-plan.ts";
import { surveyRepository, type Survey } from "./survey.ts";

/** A plan, and the packs that stay of index objects which name others that go. */
export interface PlannedPrune {
  readonly plan: PrunePlan;
  readonly rescued: readonly { readonly epoch: EpochKeys; readonly packs: readonly PackEntry[] }[];
}

/**
 * What removing these backups would do, without doing it. Throws, and names what is in the way, when it cannot be known
 * for certain which objects the other backups need.
 */
export async function planPrune(
  store: ObjectStore,
  keys: RepositoryKeys,
  request: PruneRequest,
): Promise<PrunePlan> {
  return (await planWithIndex(store, keys, request)).plan;
}

/** As `planPrune`, with what carrying it out needs besides. */
export async function planWithIndex(
  store: ObjectStore,
  keys: RepositoryKeys,
  request: PruneRequest,
): Promise<PlannedPrune> {
  requireSound(request);
  const survey = await surveyRepository(store, keys, request);
  const index = await surveyIndexes(store, keys, request, survey);
  const garbage = sortGarbage(
    survey,
    request,
    (name) => !name.startsWith("index/") || index.useless.has(name),
  );
  const hasty = graceOf(request) === 0 ? garbage.mark : [];
  const { opener: _opener, ...shown } = request;
  const plan: PrunePlan = {
    repositoryId: keys.repositoryId,
    request: shown,
    removeBackups: survey.removals,
    keptBackups: survey.remaining.length,
    leftManifests: survey.leftManifests,
    ...garbage,
    staleIndexes: index.stale,
    spentNotes: findSpentNotes(survey, request, index.named),
    unreadableNotes: survey.condemned.unreadable.map(({ name }) => name),
    repack: await findSparsePacks(store, keys, request, survey.remaining),
    bytesFreedNow: sumBytes(garbage.delete) + sumBytes(hasty),
    bytesFreedLater: sumBytes(garbage.waiting) + sumBytes(garbage.mark) - sumBytes(hasty),
  };
  return { plan, rescued: index.rescued };
}

interface SurveyedIndexes {
  readonly useless: ReadonlySet<string>;
  readonly stale: readonly string[];
  readonly named: ReadonlySet<string>;
  readonly rescued: PlannedPrune["rescued"];
}

async function surveyIndexes(
  store: ObjectStore,
  keys: RepositoryKeys,
  request: PruneRequest,
  survey: Survey,
): Promise<SurveyedIndexes> {
  const packs = sortGarbage(survey, request, (name) => parsePackName(name) !== undefined);
  // Without any grace, what is marked goes in the same run.
  const hasty = graceOf(request) === 0 ? packs.mark : [];
  const going = new Set([...packs.delete, ...hasty].map(({ name }) => name));
  const isGone = (pack: string): boolean => going.has(pack) || !survey.objects.has(pack);
  const useless = new Set<string>();
  const named = new Set<string>();
  const stale: string[] = [];
  const rescued: PlannedPrune["rescued"][number][] = [];
  for (const epoch of keys.epochs) {
    const index = await surveyIndex(store, keys.repositoryId, epoch, survey.live, isGone);
    for (const name of index.useless) useless.add(name);
    for (const name of index.named) named.add(name);
    if (index.rescued.length === 0) continue;
    stale.push(...index.stale);
    rescued.push({ epoch, packs: index.rescued });
  }
  return { useless, stale, named, rescued };
}

/** How long what is marked stays. */
export function graceOf(request: Pick<PruneRequest, "graceMilliseconds">): number {
  return request.graceMilliseconds ?? defaultGraceMilliseconds;
}

function requireSound(request: PruneRequest): void {
  const { now, floor = 1, repackBelow = 0.5 } = request;
  const grace = graceOf(request);
  const isSound =
    Number.isFinite(now) &&
    Number.isSafeInteger(floor) &&
    floor >= 1 &&
    Number.isFinite(grace) &&
    grace >= 0 &&
    repackBelow >= 0 &&
    repackBelow <= 1;
  if (isSound) return;
  throw new AppError(
    "InvalidArgument",
    "Cannot prune: the grace must be 0 or more milliseconds, the floor a whole number from 1, and the share to repack from 0 to 1",
  );
}

type Garbage = Pick<PrunePlan, "mark" | "delete" | "waiting" | "young">;

/** What no remaining backup needs, among the objects that are considered. */
function sortGarbage(
  survey: Survey,
  request: PruneRequest,
  isConsidered: (name: string) => boolean,
): Garbage {
  const grace = graceOf(request);
  const markedAt = newestMarks(survey.condemned.tombstones);
  const sorted = { mark: [], delete: [], waiting: [], young: [] } satisfies Record<
    keyof Garbage,
    ObjectReference[]
  > as Record<keyof Garbage, ObjectReference[]>;
  for (const entry of survey.objects.values()) {
    const { name, bytes } = entry;
    if (!isRemovableName(name) || survey.live.has(name) || !isConsidered(name)) continue;
    sorted[placeOf(entry, survey, markedAt.get(name), request.now, grace)].push({ name, bytes });
  }
  for (const list of Object.values(sorted)) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted;
}

function placeOf(
  { name, modifiedAt }: ObjectEntry,
  survey: Survey,
  markedAt: number | undefined,
  now: number,
  grace: number,
): keyof Garbage {
  // Needed until now: its time begins now, whatever was written about it before.
  if (survey.released.has(name)) return "mark";
  if (markedAt !== undefined) return markedAt + grace <= now ? "delete" : "waiting";
  return modifiedAt + grace <= now ? "mark" : "young";
}

function newestMarks(tombstones: readonly Tombstone[]): ReadonlyMap<string, number> {
  const marks = new Map<string, number>();
  for (const { createdAt, objects } of tombstones)
    for (const { name } of objects)
      marks.set(name, Math.max(marks.get(name) ?? 0, Date.parse(createdAt)));
  return marks;
}

/**
 * A tombstone is kept while one of its objects is there, an index object names one of its packs, or it explains a gap
 * of the ledger; a quarantine note while one of its objects is there or a backup names it.
 */
function findSpentNotes(
  survey: Survey,
  request: PruneRequest,
  named: ReadonlySet<string>,
): readonly string[] {
  const previous = new Set(
    survey.remaining.map(({ manifest }) => manifest.previous?.backupId ?? ""),
  );
  const isThere = ({ name }: { name: string }): boolean => survey.objects.has(name);
  const tombstones = survey.condemned.tombstones.filter(
    ({ objects, backups }) =>
      !objects.some((object) => isThere(object) || named.has(object.name)) &&
      !backups.some(
        ({ backupId }) =>
          previous.has(backupId) ||
          request.ledgerHead?.backupId === backupId ||
          survey.objects.has(manifestName(backupId)),
      ),
  );
  const quarantines = survey.condemned.quarantines.filter(
    ({ objects }) => !objects.some((object) => isThere(object) || survey.live.has(object.name)),
  );
  return [
    ...tombstones.map(({ id }) => `tombstones/${id}`),
    ...quarantines.map(({ id }) => `quarantine/${id}`),
  ];
}

function sumBytes(objects: readonly ObjectReference[]): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}
