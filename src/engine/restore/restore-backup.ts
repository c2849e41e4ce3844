import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "../../base/log.ts";
import { chunkReferenceBytes } from "../format/limits.ts";
import type { TreeRoot } from "../format/manifest.ts";
import type { TreeRecord } from "../format/tree-format.ts";
import type { Opener, Progress, RestoreSummary } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { openBackup, type OpenedBackup } from "../open-backup.ts";
import type { EngineHost } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";
import { createOldCollector } from "../young-garbage.ts";
import { readRecordRuns } from "../tree-records.ts";
import {
  RestorePlan,
  isFinishedByWorker,
  type PlannedFile,
  type PlannedJob,
} from "./restore-plan.ts";
import { DamageReport, isDamage } from "./damage-report.ts";
import { PackLoader, spareSlots, type PackSlot } from "./pack-loader.ts";
import { RestorePool, type JobOutcome } from "./restore-pool.ts";
import { selectRoles } from "./select-roles.ts";
import { WriteLane } from "./write-lane.ts";
import { TargetTree, foldsCase, isFreshFolder, openTarget, toTargetError } from "./target-tree.ts";

export interface RestoreOptions extends EngineHost {
  readonly store: ObjectStore;
  readonly backupId: string;
  readonly opener: Opener;
  /** The signing key to trust; absent believes the store's own config (say so to the user). */
  readonly expectedPublicKey?: string | undefined;
  /** Absolute folder; each role goes into a folder of its name. */
  readonly targetPath: string;
  readonly overwrite: boolean;
  /** Names; empty means all. */
  readonly roles: readonly string[];
  /** Set owners; only a privileged process may. */
  readonly setsOwner: boolean;
  readonly workers?: number;
  /** Pieces planned before they are written: bounds the memory of a restore. Tests make it small. */
  readonly windowPieces?: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly failpoint?: (step: RestoreStep) => void | Promise<void>;
}

/** Named moments of a restore at which a crash must leave the store as it was and a clear target. */
export const restoreSteps = [
  "restore.opened",
  "restore.planned",
  "restore.files-written",
  "restore.finished",
] as const;
export type RestoreStep = (typeof restoreSteps)[number];

/** Pieces planned before they are written, half of them while the other half is: bounds the memory of a restore. */
const defaultWindowPieces = 100_000;
/** Pieces that are worth a start when the workers have nothing to do. */
const firstPieces = 2048;
/** Records planned between looks at what the workers say. */
const recordsPerTurn = 256;

/**
 * Restores a backup's roles below a folder. A file that cannot be restored whole is not left behind; the others
 * are, and the error at the end names what is damaged.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreSummary> {
  try {
    return await runRestore(options);
  } catch (error) {
    throw toStopReason(options.signal, toTargetError(error), "The restore was canceled");
  }
}

async function runRestore(options: RestoreOptions): Promise<RestoreSummary> {
  const pool = new RestorePool(options.workers);
  try {
    return await runWith(pool, options);
  } finally {
    await pool.close();
  }
}

async function runWith(pool: RestorePool, options: RestoreOptions): Promise<RestoreSummary> {
  const startedAt = options.clock.now();
  const backup = await openBackup(
    options.store,
    options.backupId,
    options.opener,
    options.expectedPublicKey,
  );
  const roots = selectRoles(backup, options.roles);
  openTarget(options.targetPath, options.overwrite);
  await options.failpoint?.("restore.opened");
  const run = new RestoreRun(options, backup, pool);
  const roles: RestoreSummary["roles"][number][] = [];
  for (const root of roots) roles.push(await run.restoreRole(root));
  await options.failpoint?.("restore.finished");
  run.damage.throwIfAny();
  const sum = (value: (role: RestoreSummary["roles"][number]) => number): number =>
    roles.reduce((total, role) => total + value(role), 0);
  return {
    backupId: options.backupId,
    roles,
    files: sum((role) => role.files),
    bytes: sum((role) => role.bytes),
    warnings: run.damage.warnings,
    durationMilliseconds: options.clock.now() - startedAt,
  };
}

class RestoreRun {
  readonly damage = new DamageReport();
  readonly #options: RestoreOptions;
  readonly #backup: OpenedBackup;
  readonly #pool: RestorePool;
  readonly #loader: PackLoader;
  readonly #windowPieces: number;
  /** Of the plans that were written. */
  readonly #collectOld = createOldCollector();
  #files = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: RestoreOptions, backup: OpenedBackup, pool: RestorePool) {
    this.#options = options;
    this.#backup = backup;
    this.#windowPieces = options.windowPieces ?? defaultWindowPieces;
    this.#pool = pool;
    pool.use({
      dataKeys: [...backup.dataKeys],
      chunkIdKey: backup.epoch.chunkIdKey,
      setsOwner: options.setsOwner,
      umask: process.umask(),
    });
    this.#loader = new PackLoader(options.store, pool.count + spareSlots, options.signal);
  }

  async restoreRole(root: TreeRoot): Promise<RestoreSummary["roles"][number]> {
    const folder = join(this.#options.targetPath, root.role);
    openTarget(folder, true);
    const before = this.damage.warnings.length;
    const warn = (path: string, code: string, message: string): void =>
      void this.damage.warnings.push({ path, code, message });
    const tree = new TargetTree(Buffer.from(folder, "utf8").toString("latin1"), {
      overwrite: this.#options.overwrite,
      setsOwner: this.#options.setsOwner,
      isFresh: isFreshFolder(folder),
      foldsCase: foldsCase(folder),
      warn,
    });
    const counts = { files: 0, bytes: 0 };
    const writes = new WriteLane((plan, onHandedOut) => this.#write(tree, plan, onHandedOut));
    try {
      const plan = await this.#plan(root, tree, writes, counts);
      await this.#options.failpoint?.("restore.planned");
      await writes.start(plan);
      await writes.done();
    } catch (error) {
      // The plans that are being written clear up behind themselves.
      await writes.done().catch(() => undefined);
      throw error;
    }
    await this.#options.failpoint?.("restore.files-written");
    tree.finish();
    return { name: root.role, ...counts, warnings: this.damage.warnings.length - before };
  }

  /** Reads the tree and plans its files, handing over what the workers have time for; gives back the rest. */
  async #plan(
    root: TreeRoot,
    tree: TargetTree,
    writes: WriteLane,
    counts: { files: number; bytes: number },
  ): Promise<RestorePlan> {
    let plan = new RestorePlan(this.#backup.locator);
    let records = 0;
    try {
      for await (const run of readRecordRuns(this.#options.store, this.#backup, root))
        for (const [path, record] of run) {
          this.#options.signal.throwIfAborted();
          const isThere =
            record.chunks.length > this.#windowPieces * chunkReferenceBytes
              ? await this.#restoreLarge(tree, writes, path, record)
              : this.#add(tree, plan, path, record);
          if (isThere) {
            counts.files += 1;
            counts.bytes += record.size;
          }
          records += 1;
          if (records % recordsPerTurn === 0) await setImmediate();
          if (writes.isIdle ? plan.pieces >= firstPieces : plan.weight >= this.#windowPieces) {
            await writes.start(plan);
            plan = new RestorePlan(this.#backup.locator);
            this.#collectOld();
          }
        }
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.damage.addTree(root.role, error);
    }
    return plan;
  }

  /** True when the record is a file that will be there. */
  #add(tree: TargetTree, plan: RestorePlan, path: string, record: TreeRecord): boolean {
    if (record.type === "directory") {
      tree.addDirectory(path, record);
      return false;
    }
    if (record.type !== "file" && record.type !== "stream") {
      tree.addLink(path, record);
      return false;
    }
    tree.addFile(path, record);
    if (record.size === 0) return true;
    try {
      plan.addFile(tree.pathOf(path), record.sparse, tree.metadataOf(record), record.chunks);
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.damage.addMissing(path, error.message);
      return false;
    }
  }

  /** A file of more pieces than one window, window by window. */
  async #restoreLarge(
    tree: TargetTree,
    writes: WriteLane,
    path: string,
    record: TreeRecord,
  ): Promise<boolean> {
    await writes.done();
    tree.addFile(path, record);
    const { sparse, chunks } = record;
    const file: PlannedFile = {
      path: tree.pathOf(path),
      sparse,
      metadata: tree.metadataOf(record),
      part: "inner",
      jobs: new Set(),
      failed: false,
    };
    const windowBytes = this.#windowPieces * chunkReferenceBytes;
    try {
      for (let [at, offset] = [0, 0]; at < chunks.length && !file.failed; at += windowBytes) {
        const plan = new RestorePlan(this.#backup.locator);
        offset = plan.addPart(file, chunks.subarray(at, at + windowBytes), offset);
        if (at + windowBytes >= chunks.length) file.part = "last";
        await this.#write(tree, plan);
      }
    } catch (error) {
      tree.removeFile(file.path);
      if (!isDamage(error)) throw error;
      this.damage.addMissing(path, error.message);
      return false;
    }
    return true;
  }

  async #write(tree: TargetTree, plan: RestorePlan, onHandedOut?: () => void): Promise<void> {
    const running = new Set<Promise<void>>();
    const finished = new Set<PlannedFile>();
    for (const planned of plan.jobs()) {
      await this.#pool.ready();
      const slot = await this.#loader.reserve(planned.job.name, planned.range);
      if (this.#mustStop()) break;
      const job: Promise<void> = this.#runJob(planned, slot, finished)
        .catch((error: unknown) => void (this.#failure ??= { error }))
        .finally(() => running.delete(job));
      running.add(job);
    }
    onHandedOut?.();
    await Promise.all(running);
    if (this.#mustStop()) {
      // Half a file must not be mistaken for a restored one.
      for (const file of plan.files) if (!finished.has(file)) tree.removeFile(file.path);
      this.#options.signal.throwIfAborted();
      throw this.#failure?.error;
    }
    for (const file of plan.files) {
      if (file.failed) tree.removeFile(file.path);
      else if (file.part !== "inner" && !finished.has(file))
        tree.finishFile(file.path, file.metadata, file.sparse);
    }
  }

  /** What fails one plan of a restore ends the others. */
  #mustStop(): boolean {
    return this.#failure !== undefined || this.#options.signal.aborted;
  }

  async #runJob(planned: PlannedJob, slot: PackSlot, finished: Set<PlannedFile>): Promise<void> {
    let outcome: JobOutcome | undefined;
    try {
      outcome = await this.#pool.run({ ...planned.job, ...(await slot.load()) });
    } catch (error) {
      if (!isDamage(error)) throw error;
      outcome = {
        bytes: 0,
        faults: [
          { block: 0, message: error.message, files: planned.files.map((_, index) => index) },
        ],
      };
    } finally {
      slot.release(outcome?.memory);
    }
    for (const fault of outcome.faults) this.damage.addFiles(planned, fault.files, fault.message);
    planned.files.forEach((file, index) => {
      if (isFinishedByWorker(planned, index)) finished.add(file);
    });
    this.#bytes += outcome.bytes;
    this.#files += planned.files.length;
    this.#options.onProgress?.({
      phase: "restoring",
      filesDone: this.#files,
      bytesDone: this.#bytes,
      bytesTotal: this.#backup.record.plainBytes,
      storedBytes: 0,
    });
  }
}
