import { setImmediate } from "node:timers/promises";
import { AppError, isAppError, type ErrorCode } from "../../base/errors.ts";
import { plainBytesOf, type PackEntry } from "../format/index-format.ts";
import type { TreeRoot } from "../format/manifest.ts";
import { packName } from "../format/object-names.ts";
import type { Suite } from "../format/suite.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { Opener, UnopenedBackups } from "../model.ts";
import { openBackup, openRoots, type OpenedBackup } from "../open-backup.ts";
import type { RepositoryConfig } from "../repository.ts";
import { PackLoader, spareSlots, type PackSlot } from "../restore/pack-loader.ts";
import { RestorePool } from "../restore/restore-pool.ts";
import { readRecordRuns } from "../tree-records.ts";
import { sortByKey, type OwnBackup } from "./sort-by-key.ts";
import type { VerifyOptions } from "./verify-options.ts";
import { isInSubset } from "./verify-subset.ts";

/** Where the results of a content verification go. */
export interface ContentReport {
  add(code: ErrorCode, object: string, message: string): void;
  /** A pack was read whole: what its bytes hash to. Told before anything is said of its content. */
  hashed(object: string, bytes: number, hash: string): void;
  /** The key is of another epoch than these. */
  unopened(group: UnopenedBackups): void;
}

/** Decrypts and re-hashes every chunk of every pack the backups need, each pack once, hashing the packs on the way. */
export async function verifyContent(
  options: VerifyOptions,
  config: RepositoryConfig,
  backups: readonly ListedBackup[],
  report: ContentReport,
): Promise<void> {
  const opener = options.opener;
  if (opener === undefined)
    throw new AppError(
      "InvalidArgument",
      "Verifying content needs the private key: name the .pfx file and its password",
    );
  const pool = new RestorePool(options.workers);
  try {
    const { opened, unopened } = await sortByKey(options.store, config, backups, opener);
    for (const group of unopened) report.unopened(group);
    const check = new ContentCheck(options, opener, config, pool, report);
    for (const backup of opened) await check.add(backup);
  } finally {
    await pool.close();
  }
}

/** What was checked so far, of all backups together. */
class ContentCheck {
  readonly #options: VerifyOptions;
  readonly #opener: Opener;
  readonly #config: RepositoryConfig;
  readonly #pool: RestorePool;
  readonly #report: ContentReport;
  readonly #packs = new Set<string>();
  readonly #trees = new Set<string>();
  /** Lists of objects all of which were looked at. */
  readonly #refs = new Set<string>();

  constructor(
    options: VerifyOptions,
    opener: Opener,
    config: RepositoryConfig,
    pool: RestorePool,
    report: ContentReport,
  ) {
    this.#options = options;
    this.#opener = opener;
    this.#config = config;
    this.#pool = pool;
    this.#report = report;
  }

  /** Checks what of a backup no backup before it had; reports what is wrong with it. */
  async add(own: OwnBackup): Promise<void> {
    const { record, manifest } = own;
    const { store } = this.#options;
    try {
      if (this.#isChecked(own)) return;
      const key = this.#config.signingPublicKey;
      const backup = await openBackup(store, record.backupId, this.#opener, key, own.epoch);
      // Beside each other: the threads have the packs, this one has the trees.
      const packs = checkPacks(this.#options, this.#pool, backup, this.#packs, this.#report);
      const trees = checkTrees(this.#options, backup, manifest.refs, this.#trees);
      await Promise.allSettled([packs, trees]);
      await packs;
      await trees;
      this.#refs.add(manifest.refs);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#report.add(error.code, error.target ?? `backups/${record.backupId}`, error.message);
    }
  }

  /** A backup of what had not changed names the objects and the trees of the one before: its index is not read again. */
  #isChecked({ manifest, epoch }: OwnBackup): boolean {
    if (epoch === undefined || !this.#refs.has(manifest.refs)) return false;
    return openRoots(manifest, epoch).every((root) =>
      this.#trees.has(treeKey(manifest.refs, root)),
    );
  }
}

async function checkPacks(
  options: VerifyOptions,
  pool: RestorePool,
  backup: OpenedBackup,
  seen: Set<string>,
  report: ContentReport,
): Promise<void> {
  const packs = backup.packs
    .filter(({ packId }) => !seen.has(packId) && isInSubset(packName(packId), options.subset))
    .map((pack) => ({ pack, plainBytes: plainBytesOf(pack) }))
    // What takes longest comes first: in the end no thread is alone for long.
    .sort((a, b) => b.plainBytes - a.plainBytes)
    .map(({ pack }) => pack);
  for (const pack of packs) seen.add(pack.packId);
  if (packs.length === 0) return;
  const { suite, dataKeys, epoch } = backup;
  const { chunkIdKey } = epoch;
  pool.use({ dataKeys: [...dataKeys], chunkIdKey, setsOwner: false, umask: 0 });
  const loader = new PackLoader(options.store, pool.count + spareSlots, options.signal);
  const progress = createProgress(options, packs);
  const running = new Set<Promise<void>>();
  try {
    for (const pack of packs) {
      await pool.ready();
      const whole = { offset: 0, length: pack.bytes };
      const slot = await loader.reserve(packName(pack.packId), whole);
      options.signal.throwIfAborted();
      const job: Promise<void> = checkPack(pool, slot, suite, pack, report)
        .then(() => progress(pack))
        .finally(() => running.delete(job));
      running.add(job);
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
  }
}

function createProgress(
  options: VerifyOptions,
  packs: readonly PackEntry[],
): (pack: PackEntry) => void {
  const bytesTotal = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  let done = 0;
  return (pack) => {
    done += pack.bytes;
    const counts = { filesDone: 0, bytesDone: done, bytesTotal, storedBytes: done };
    options.onProgress?.({ phase: "verifying", ...counts });
  };
}

async function checkPack(
  pool: RestorePool,
  slot: PackSlot,
  suite: Suite,
  pack: PackEntry,
  report: ContentReport,
): Promise<void> {
  const name = packName(pack.packId);
  let memory: ArrayBuffer | undefined;
  try {
    const source = await slot.load();
    const blocks = pack.blocks.map((block, number) => ({ ...block, number }));
    const outcome = await pool.run({
      name,
      dataKeyId: pack.dataKeyId,
      blocks,
      pieces: new Float64Array(0),
      files: [],
      hashed: { bytes: pack.bytes, suite },
      ...source,
    });
    ({ memory } = outcome);
    report.hashed(name, pack.bytes, outcome.hash ?? "");
    const [first] = outcome.faults;
    if (first === undefined) return;
    const more =
      outcome.faults.length > 1
        ? `; ${outcome.faults.length} of its ${blocks.length} blocks are damaged`
        : "";
    report.add("CorruptObject", name, `${first.message}${more}`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    report.add(error.code, name, error.message);
  } finally {
    slot.release(memory);
  }
}

/**
 * The trees must be whole, and every chunk they name must be in a pack; the packs' blocks were checked above. A tree
 * that a backup of the same objects had as well is checked once.
 */
async function checkTrees(
  options: VerifyOptions,
  backup: OpenedBackup,
  refs: string,
  checked: Set<string>,
): Promise<void> {
  // The threads get their first packs before this one is busy.
  await setImmediate();
  for (const root of backup.roots) {
    const key = treeKey(refs, root);
    if (checked.has(key)) continue;
    checked.add(key);
    for await (const records of readRecordRuns(options.store, backup, root)) {
      options.signal.throwIfAborted();
      for (const [, { chunks }] of records)
        if (!backup.locator.holds(chunks))
          throw new AppError(
            "MissingObject",
            `A file of role "${root.role}" needs a chunk that no pack of the backup holds`,
          );
      // The threads wait for packs meanwhile.
      await setImmediate();
    }
  }
}

function treeKey(refs: string, root: TreeRoot): string {
  return `${refs} ${root.chunks.toString("base64")}`;
}
