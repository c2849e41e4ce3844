import { AppError, isAppError } from "../../base/errors.ts";
import { toIso } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { manifestName } from "../format/object-names.ts";
import type { ObjectReference } from "../format/refs.ts";
import { encodeSignedDocument } from "../format/signed-document.ts";
import { encodeTombstone, type RemovedBackup } from "../format/tombstone.ts";
import { buildIndexObjects } from "../index-objects.ts";
import type { LeaseOwner, WriterLease } from "../lease.ts";
import type { RepositoryKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { putChecked } from "../read-back.ts";
import { signerOf, type EngineHost } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";
import { invalidateTreeCache } from "./invalidate-caches.ts";
import { graceOf, planWithIndex, type PlannedPrune } from "./plan-prune.ts";
import { acquirePruneLease } from "./prune-lease.ts";
import { probeUnlessFull } from "./probe-store.ts";
import type { PrunePlan } from "./prune-plan.ts";

export interface PruneOptions extends EngineHost {
  readonly store: ObjectStore;
  readonly keys: RepositoryKeys;
  /** Which installation prunes, and its job's fence: as for backups. */
  readonly owner: LeaseOwner;
  /** Folder of the local cache of backups. */
  readonly cacheDirectory?: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (removed: number, total: number) => void;
  /**
   * Asked at the last moment before backups are marked: which of them may still go. What it throws ends the prune with
   * nothing marked.
   */
  readonly confirm?: ((backupIds: readonly string[]) => Promise<readonly string[]>) | undefined;
  /** Called at each of `pruneSteps`; tests stop the process there. */
  readonly failpoint?: (step: PruneStep) => void | Promise<void>;
}

export interface PruneResult {
  readonly removedBackups: readonly string[];
  readonly marked: number;
  readonly deleted: number;
  readonly bytesFreed: number;
  /** Marked and still within the grace. */
  readonly bytesWaiting: number;
  /** The store keeps them yet, as by an object lock: the next prune tries again. */
  readonly postponed: number;
  /** False when there was no room for new index objects: the old ones serve on. */
  readonly isIndexRenewed: boolean;
  /** Backups that were not to go any more when it came to it: then none was marked, and a new plan is needed. */
  readonly withdrawn: readonly string[];
}

/** Named moments of a prune at which a crash must harm nothing. */
export const pruneSteps = [
  "prune.leased",
  "prune.caches-invalidated",
  "prune.index-renewed",
  "prune.object-deleted",
  "prune.tombstone-stored",
  "prune.note-removed",
  "prune.manifests-removed",
  "prune.finished",
] as const;

export type PruneStep = (typeof pruneSteps)[number];

/**
 * Carries out a plan under the writer's lease. Everything is looked at again first: only what is in the plan and still
 * holds is done. Interrupted anywhere, the remaining backups are whole and the next prune goes on.
 */
export async function executePrune(plan: PrunePlan, options: PruneOptions): Promise<PruneResult> {
  try {
    options.signal.throwIfAborted();
    await warnOfLock(options);
    const lease = await acquirePruneLease(options.store, options.owner, options);
    try {
      await options.failpoint?.("prune.leased");
      return await new PruneRun(plan, options, lease).run();
    } finally {
      await lease.release();
    }
  } catch (error) {
    throw toStopReason(options.signal, error, "The prune was canceled: the next one goes on");
  }
}

/** Objects one tombstone names: it stays below half a megabyte. */
const objectsPerTombstone = 4096;
/** Deletions between two looks at the lease. */
const deletionsPerCheck = 64;

class PruneRun {
  readonly #plan: PrunePlan;
  readonly #options: PruneOptions;
  readonly #lease: WriterLease;
  #deleted = 0;
  #bytesFreed = 0;
  #postponed = 0;
  #total = 0;

  constructor(plan: PrunePlan, options: PruneOptions, lease: WriterLease) {
    this.#plan = plan;
    this.#options = options;
    this.#lease = lease;
  }

  async run(): Promise<PruneResult> {
    const { plan, rescued } = await this.#planAgain();
    const hasty = graceOf(plan.request) === 0 ? plan.mark : [];
    this.#total = plan.delete.length + hasty.length;
    this.#forgetCaches(plan);
    await this.#step("prune.caches-invalidated");
    await this.#remove(plan.leftManifests);
    let isIndexRenewed = await this.#renewIndex(rescued);
    // First what was marked long ago: it makes room for what has to be written.
    await this.#delete(plan.delete);
    const withdrawn = await this.#findWithdrawn(plan);
    if (withdrawn.length > 0) return this.#resultOf([], { isIndexRenewed, withdrawn });
    await this.#mark(plan);
    await this.#remove(plan.removeBackups.map(({ backupId }) => manifestName(backupId)));
    await this.#step("prune.manifests-removed");
    await this.#delete(hasty);
    if (!isIndexRenewed) isIndexRenewed = await this.#renewIndex(rescued);
    // A note says why what is still there is not to be relied on.
    if (this.#postponed === 0) await this.#removeNotes(plan.spentNotes);
    else this.#tellPostponed();
    await this.#step("prune.finished");
    const removed = plan.removeBackups.map(({ backupId }) => backupId);
    const { bytesFreedLater: bytesWaiting } = plan;
    const marked = plan.mark.length;
    return { ...this.#resultOf(removed, { isIndexRenewed, withdrawn }), marked, bytesWaiting };
  }

  #resultOf(
    removedBackups: readonly string[],
    rest: Pick<PruneResult, "isIndexRenewed" | "withdrawn">,
  ): PruneResult {
    return {
      removedBackups,
      marked: 0,
      deleted: this.#deleted,
      bytesFreed: this.#bytesFreed,
      bytesWaiting: 0,
      postponed: this.#postponed,
      ...rest,
    };
  }

  async #findWithdrawn({ removeBackups }: PrunePlan): Promise<readonly string[]> {
    const { confirm } = this.#options;
    const ids = removeBackups.map(({ backupId }) => backupId);
    if (confirm === undefined || ids.length === 0) return [];
    const confirmed = new Set(await confirm(ids));
    return ids.filter((id) => !confirmed.has(id));
  }

  /** What was planned and is still so: a backup may have ended in between. */
  async #planAgain(): Promise<PlannedPrune> {
    const { store, keys, clock } = this.#options;
    const request = { ...this.#plan.request, now: clock.now() };
    const { plan, rescued } = await planWithIndex(store, keys, request);
    requireSameRemovals(plan, this.#plan);
    const both = (list: "mark" | "delete"): readonly ObjectReference[] =>
      intersect(plan[list], this.#plan[list], ({ name }) => name);
    const bytesOf = (objects: readonly ObjectReference[]): number =>
      objects.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      rescued,
      plan: {
        ...plan,
        mark: both("mark"),
        delete: both("delete"),
        removeBackups: intersect(
          plan.removeBackups,
          this.#plan.removeBackups,
          ({ backupId, manifestHash }) => `${backupId} ${manifestHash ?? ""}`,
        ),
        leftManifests: intersect(plan.leftManifests, this.#plan.leftManifests, (name) => name),
        spentNotes: intersect(plan.spentNotes, this.#plan.spentNotes, (name) => name),
        bytesFreedLater:
          bytesOf(plan.waiting) + (graceOf(request) === 0 ? 0 : bytesOf(both("mark"))),
      },
    };
  }

  /** Caches go before anything is removed: one that outlived it would name what is gone. */
  #forgetCaches(plan: PrunePlan): void {
    const { cacheDirectory, keys } = this.#options;
    const epoch = keys.epochs.at(-1);
    if (cacheDirectory === undefined || epoch === undefined) return;
    const removed = new Set([...plan.request.remove, ...plan.leftManifests.map(idOfManifest)]);
    invalidateTreeCache(cacheDirectory, keys.repositoryId, epoch, removed);
  }

  /** Tombstones are published before the first removal of what they name; the backups are in the first. */
  async #mark(plan: PrunePlan): Promise<void> {
    let backups: readonly RemovedBackup[] = plan.removeBackups.map(
      ({ backupId, manifestHash }) => ({ backupId, manifestHash }),
    );
    for (
      let at = 0;
      at < plan.mark.length || backups.length > 0;
      at += objectsPerTombstone, backups = []
    ) {
      await this.#lease.assertHeld();
      await this.#storeTombstone(backups, plan.mark.slice(at, at + objectsPerTombstone));
      await this.#step("prune.tombstone-stored");
    }
  }

  async #storeTombstone(
    backups: readonly RemovedBackup[],
    objects: readonly ObjectReference[],
  ): Promise<void> {
    const { store, keys, clock, randomBytes, signal } = this.#options;
    const id = randomBytes(16).toString("hex");
    const name = `tombstones/${id}`;
    const body = encodeTombstone({
      id,
      repositoryId: keys.repositoryId,
      createdAt: toIso(clock.now()),
      fence: this.#lease.fence,
      backups,
      objects,
    });
    const bytes = encodeSignedDocument(name, body, signerOf(keys));
    try {
      await putChecked(store, name, bytes, signal);
    } catch (cause) {
      if (!isAppError(cause, "StoreFull")) throw cause;
      throw new AppError(
        "StoreFull",
        `Cannot prune: the store is full and the list of what is to go, ${bytes.length} bytes, does not fit: free that much there by hand, then prune again`,
        { cause, target: name },
      );
    }
  }

  /** Packs that stay, named without those that go; false when there is no room: the old ones serve on. */
  async #renewIndex(rescued: PlannedPrune["rescued"]): Promise<boolean> {
    const { store, keys, randomBytes, signal, logger } = this.#options;
    for (const { epoch, packs } of rescued) {
      for (const object of buildIndexObjects(packs, keys.repositoryId, epoch, randomBytes)) {
        await this.#lease.assertHeld();
        try {
          await putChecked(store, object.name, object.bytes, signal);
        } catch (error) {
          if (!isAppError(error, "StoreFull")) throw error;
          logger.warn("The store is too full for a new index object: the old ones serve on", {
            code: error.code,
          });
          return false;
        }
        await this.#step("prune.index-renewed");
      }
    }
    return true;
  }

  async #delete(objects: readonly ObjectReference[]): Promise<void> {
    for (const [number, { name, bytes }] of objects.entries()) {
      if (number % deletionsPerCheck === 0) await this.#lease.assertHeld();
      this.#options.signal.throwIfAborted();
      if (await this.#removeOrPostpone(name)) {
        this.#deleted += 1;
        this.#bytesFreed += bytes;
      }
      this.#options.onProgress?.(this.#deleted, this.#total);
      await this.#step("prune.object-deleted");
    }
  }

  /** What a note is about must not come back after a power cut that the note did not survive. */
  async #removeNotes(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#options.store.settle?.(true);
    await this.#remove(names);
  }

  async #remove(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#lease.assertHeld();
    for (const name of names) {
      await this.#removeOrPostpone(name);
      await this.#step("prune.note-removed");
    }
  }

  /** False when the store does not let go of it yet: its tombstone stays, and a later prune removes it. */
  async #removeOrPostpone(name: string): Promise<boolean> {
    try {
      await this.#options.store.remove(name);
      return true;
    } catch (error) {
      if (!isAppError(error, "StoreReadOnly")) throw error;
      this.#postponed += 1;
      return false;
    }
  }

  #tellPostponed(): void {
    this.#options.logger.warn(
      "The store keeps objects that are to go, as by an object lock: the next prune tries again",
      { count: this.#postponed },
    );
  }

  async #step(step: PruneStep): Promise<void> {
    await this.#options.failpoint?.(step);
  }
}

/**
 * A store may keep what is fresh, as by a bucket's default retention, and let go of what is old: whether it does shows
 * with each object that is to go.
 */
async function warnOfLock({ store, logger }: PruneOptions): Promise<void> {
  const probe = await probeUnlessFull(store);
  if (probe === undefined || probe.canRemove) return;
  logger.warn(
    "The store does not let go of an object it has just taken, as under a default retention: what it still keeps goes with a later prune",
    { code: "StoreReadOnly" },
  );
}

/** What a backup needs goes with it: one that is not the one that was shown keeps everything. */
function requireSameRemovals(fresh: PrunePlan, planned: PrunePlan): void {
  if (planned.mark.length === 0) return;
  const shown = new Map(
    planned.removeBackups.map(({ backupId, manifestHash }) => [backupId, manifestHash]),
  );
  for (const { backupId, manifestHash } of fresh.removeBackups)
    if (shown.get(backupId) !== manifestHash)
      throw new AppError(
        "PruneRefused",
        `Cannot prune: backup "${backupId}" is not what the plan was made for, or cannot be read now; plan again`,
        { target: manifestName(backupId) },
      );
}

function intersect<T>(
  fresh: readonly T[],
  planned: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const names = new Set(planned.map(keyOf));
  return fresh.filter((item) => names.has(keyOf(item)));
}

function idOfManifest(name: string): string {
  return name.slice("backups/".length);
}
