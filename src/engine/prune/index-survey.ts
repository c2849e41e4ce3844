import { packName } from "../format/object-names.ts";
import type { PackEntry } from "../format/index-format.ts";
import { loadIndex, type IndexObject } from "../index-objects.ts";
import type { EpochKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";

/** What is to become of the index objects of one epoch. */
export interface IndexSurvey {
  /** No backup needs it, and every pack it names that some backup needs is named by another one. */
  readonly useless: readonly string[];
  /** Stays, but also names packs that are gone or go. */
  readonly stale: readonly string[];
  /** Packs that stay and that only stale index objects name. */
  readonly rescued: readonly PackEntry[];
  /** Every pack that some index object names. */
  readonly named: readonly string[];
}

/**
 * Sorts the index objects of an epoch: `live` is what backups need, `isGone` says which packs are not there or will
 * not be.
 */
export async function surveyIndex(
  store: ObjectStore,
  repositoryId: string,
  epoch: EpochKeys,
  live: ReadonlySet<string>,
  isGone: (pack: string) => boolean,
): Promise<IndexSurvey> {
  const index = await loadIndex(store, repositoryId, epoch);
  const isWhole = (object: IndexObject): boolean =>
    !object.packIds.some((id) => isGone(packName(id)));
  const needed = (object: IndexObject): string[] =>
    object.packIds.filter((id) => live.has(packName(id)) && !isGone(packName(id)));
  const kept = new Set(index.objects.filter(({ name }) => live.has(name)));
  const rest = index.objects.filter((object) => !kept.has(object));
  const clean = new Set([...kept].filter(isWhole).flatMap(needed));
  const keepWhatAdds = (candidates: readonly IndexObject[], covered: Set<string>): void => {
    for (const object of candidates) {
      const added = needed(object).filter((id) => !covered.has(id));
      if (added.length > 0) kept.add(object);
      for (const id of added) covered.add(id);
    }
  };
  keepWhatAdds(rest.filter(isWhole), clean);
  keepWhatAdds(
    rest.filter((object) => !isWhole(object)),
    new Set([...kept].flatMap(needed)),
  );
  const damaged = index.damaged.map(({ name }) => name).filter((name) => !live.has(name));
  const stale = [...kept].filter((object) => !isWhole(object));
  const rescued = new Set(stale.flatMap(needed).filter((id) => !clean.has(id)));
  return {
    useless: [...damaged, ...rest.filter((object) => !kept.has(object)).map(({ name }) => name)],
    stale: stale.map(({ name }) => name),
    rescued: [...new Map(index.packs.map((pack) => [pack.packId, pack])).values()].filter((pack) =>
      rescued.has(pack.packId),
    ),
    named: index.packs.map((pack) => packName(pack.packId)),
  };
}
