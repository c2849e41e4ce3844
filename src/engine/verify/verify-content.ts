import { AppError, isAppError, type ErrorCode } from "../../base/errors.ts";
import type { PackEntry } from "../format/index-format.ts";
import { chunkIdBytes, chunkReferenceBytes } from "../format/limits.ts";
import { packName } from "../format/object-names.ts";
import type { ListedBackup } from "../list-backups.ts";
import { openBackup, type OpenedBackup } from "../open-backup.ts";
import type { UnopenedBackups } from "../model.ts";
import type { RepositoryConfig } from "../repository.ts";
import { PackLoader, spareSlots, type PackSlot } from "../restore/pack-loader.ts";
import { RestorePool } from "../restore/restore-pool.ts";
import { readRecords } from "../tree-records.ts";
import { sortByKey } from "./sort-by-key.ts";
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
  const { opened, unopened } = await sortByKey(options.store, config, backups, opener);
  for (const group of unopened) report.unopened(group);
  const seen = new Set<string>();
  const checkedTrees = new Set<string>();
  for (const { record, manifest } of opened) {
    const name = `backups/${record.backupId}`;
    try {
      const backup = await openBackup(
        options.store,
        record.backupId,
        opener,
        config.signingPublicKey,
      );
      // Beside each other: the threads have the packs, this one has the trees.
      const packs = checkPacks(options, backup, seen, report);
      const trees = checkTrees(options, backup, manifest.refs, checkedTrees);
      await Promise.allSettled([packs, trees]);
      await packs;
      await trees;
    } catch (error) {
      if (!isAppError(error)) throw error;
      report.add(error.code, error.target ?? name, error.message);
    }
  }
}

async function checkPacks(
  options: VerifyOptions,
  backup: OpenedBackup,
  seen: Set<string>,
  report: ContentReport,
): Promise<void> {
  const packs = backup.locator.packs.filter(
    ({ packId }) => !seen.has(packId) && isInSubset(packName(packId), options.subset),
  );
  for (const pack of packs) seen.add(pack.packId);
  if (packs.length === 0) return;
  const setup = {
    dataKeys: [...backup.dataKeys],
    chunkIdKey: backup.epoch.chunkIdKey,
    setsOwner: false,
    umask: 0,
  };
  const workers = options.workers ?? 2;
  const pool = new RestorePool(setup, workers);
  const loader = new PackLoader(options.store, workers + spareSlots, options.signal);
  const progress = createProgress(options, packs);
  const running = new Set<Promise<void>>();
  try {
    for (const pack of packs) {
      await pool.ready();
      const whole = { offset: 0, length: pack.bytes };
      const slot = await loader.reserve(packName(pack.packId), whole);
      options.signal.throwIfAborted();
      const job: Promise<void> = checkPack(pool, slot, pack, report)
        .then(() => progress(pack))
        .finally(() => running.delete(job));
      running.add(job);
    }
    await Promise.all(running);
  } finally {
    await pool.close();
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
      hashedBytes: pack.bytes,
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
  for (const root of backup.roots) {
    const key = `${refs} ${root.chunks.toString("base64")}`;
    if (checked.has(key)) continue;
    checked.add(key);
    for await (const [, { chunks }] of readRecords(options.store, backup, root)) {
      options.signal.throwIfAborted();
      for (let at = 0; at < chunks.length; at += chunkReferenceBytes) {
        const place = backup.locator.find(chunks, at);
        const length = chunks.readUInt32LE(at + chunkIdBytes);
        if (place !== undefined && backup.locator.lengthOf(place) === length) continue;
        throw new AppError(
          "MissingObject",
          `A file of role "${root.role}" needs a chunk that no pack of the backup holds`,
        );
      }
    }
  }
}
