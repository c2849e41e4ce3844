import { AppError, isAppError } from "../../base/errors.ts";
import type { ChunkTable } from "../chunk-table.ts";
import { ByteWriter } from "../format/byte-writer.ts";
import { encodeTreeRecord, type TreeRecord } from "../format/tree-format.ts";
import type { Source, SourceEntry, SourceWarning } from "../source.ts";
import { FileBatcher, type PendingFile } from "./file-batcher.ts";
import type { TreeCache, TreeCachePointer } from "./tree-cache.ts";
import { TreeCursor } from "./tree-cursor.ts";
import { TreeWriter, type CachedTree, type FinishedTree } from "./tree-writer.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Counts of one role's copy. */
export interface RoleCounts {
  files: number;
  directories: number;
  otherEntries: number;
  plainBytes: number;
  newBytes: number;
}

export interface RoleRunOptions {
  readonly role: string;
  readonly source: Source;
  readonly pool: WorkerPool;
  readonly table: ChunkTable;
  readonly cache: TreeCache | undefined;
  /** The cached tree to compare with; undefined reads every file. */
  readonly before: TreeCachePointer | undefined;
  readonly warn: (warning: SourceWarning) => void;
  readonly onBytes: (plainBytes: number, files: number) => void;
  readonly signal: AbortSignal;
}

/** Slots waiting for the files before them; the walk pauses above this. */
const maxWaitingSlots = 16_384;

/** Copies one role's entries into the repository, in order, reading only what changed. */
export class RoleRun {
  readonly counts: RoleCounts = {
    files: 0,
    directories: 0,
    otherEntries: 0,
    plainBytes: 0,
    newBytes: 0,
  };
  readonly #options: RoleRunOptions;
  readonly #writer: TreeWriter;
  readonly #batcher: FileBatcher;
  readonly #cursor: TreeCursor | undefined;
  readonly #record = new ByteWriter(4096);
  #slots: Slot[] = [];
  /** The place before. */
  #last: string | undefined;
  /** The directories the next entry may lie in, outermost first. */
  readonly #parents: string[] = [""];
  /** Files that were left out: hard links to them would point nowhere. */
  readonly #leftOut = new Set<string>();

  constructor(options: RoleRunOptions) {
    this.#options = options;
    const before = openBefore(options);
    this.#cursor = before?.cursor;
    this.#writer = new TreeWriter(options.role, options.pool, options.cache, before);
    this.#batcher = new FileBatcher(options.pool, options.onBytes);
  }

  /** Runs to the finished tree; on failure nothing of the role is referenced. */
  async run(): Promise<FinishedTree> {
    try {
      for await (const batch of this.#options.source.entries(this.#options.signal)) {
        for (const entry of batch) {
          const waits = this.#take(entry);
          if (waits !== undefined) await waits;
        }
        this.#options.signal.throwIfAborted();
        await this.#drain(this.#slots.length > maxWaitingSlots);
      }
      await this.#batcher.flush();
      await this.#drain(true);
      const tree = await this.#writer.finish();
      // A tree taken over from the backup before was not sent through a worker.
      this.#options.table.markReferences(tree.root.chunks);
      this.counts.newBytes += tree.newBytes;
      return tree;
    } catch (error) {
      this.#writer.discard();
      throw error;
    } finally {
      this.#cursor?.close();
    }
  }

  #take(entry: SourceEntry): Promise<void> | undefined {
    // NUL between segments: so that paths compare as walks do.
    const place = entry.path.replaceAll("/", "\0");
    this.#requireOrder(entry, place);
    const cursor = this.#seek(place);
    if (cursor !== undefined && this.#isReusable(cursor, entry)) return this.#reuse(cursor, entry);
    const slot: Slot = {
      entry,
      cached: cursor?.record,
      offset: cursor?.offset ?? 0,
      pending: undefined,
    };
    cursor?.advance();
    this.#slots.push(slot);
    if (entry.type === "file" && entry.size > 0) return this.#readFile(slot, entry);
    if (entry.type === "stream") return this.#readStream(slot, entry);
    return undefined;
  }

  async #readFile(slot: Slot, entry: SourceEntry): Promise<void> {
    slot.pending = await this.#batcher.add(entry);
  }

  async #readStream(slot: Slot, entry: SourceEntry): Promise<void> {
    const pending = this.#batcher.addStream();
    slot.pending = pending;
    await copyStream(this.#options, entry, pending);
  }

  /** What would not come back from a restore must not go into a backup. */
  #requireOrder({ path, type }: SourceEntry, place: string): void {
    if (this.#last !== undefined && place <= this.#last)
      throw new AppError(
        "SourceFailed",
        `The source of role "${this.#options.role}" gave ${JSON.stringify(path.slice(-80))} twice or out of order: nothing of it is backed up`,
      );
    if (path === "" && type !== "directory")
      throw new AppError("SourceFailed", "The root of a source must be a directory");
    this.#last = place;
    this.#requireParent(path, type);
  }

  /** A record says its depth only: its directory must be among those before it. */
  #requireParent(path: string, type: SourceEntry["type"]): void {
    if (path !== "") {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
      while (this.#parents.length > 1 && this.#parents.at(-1) !== parent) this.#parents.pop();
      if (this.#parents.at(-1) !== parent)
        throw new AppError(
          "SourceFailed",
          `The source of role "${this.#options.role}" gave ${JSON.stringify(path.slice(-80))} without its directory: nothing of it is backed up`,
        );
    }
    if (type === "directory" && path !== "") this.#parents.push(path);
  }

  /** The cached record of this path, if there is one; records of paths that are gone are passed over. */
  #seek(wanted: string): TreeCursor | undefined {
    const cursor = this.#cursor;
    if (cursor === undefined) return undefined;
    while (cursor.path !== undefined && cursor.path < wanted) cursor.advance();
    return cursor.path === wanted ? cursor : undefined;
  }

  #isReusable(cursor: TreeCursor, entry: SourceEntry): boolean {
    const before = this.#options.before;
    if (
      before === undefined ||
      entry.type !== "file" ||
      !cursor.isUnchanged(entry, before.startedAtNs)
    )
      return false;
    // Chunks that are no longer there make the file a changed one: it is stored again.
    return this.#options.table.markReferences(cursor.chunks);
  }

  #reuse(cursor: TreeCursor, entry: SourceEntry): Promise<void> | undefined {
    const { record, offset } = cursor;
    cursor.advance();
    this.counts.files += 1;
    this.counts.plainBytes += entry.size;
    this.#options.onBytes(entry.size, 1);
    if (this.#slots.length > 0) {
      this.#slots.push({ entry: undefined, cached: record, offset, pending: undefined });
      return undefined;
    }
    return this.#writer.same(record, offset) as Promise<void> | undefined;
  }

  /** Writes the records whose content is known; with `all`, waits for the others. */
  async #drain(all: boolean): Promise<void> {
    let done = 0;
    for (const slot of this.#slots) {
      if (slot.pending !== undefined && !slot.pending.isDone) {
        if (!all) break;
        await this.#batcher.flush();
        await slot.pending.done;
      }
      await this.#write(slot);
      done += 1;
    }
    this.#slots = this.#slots.slice(done);
  }

  async #write(slot: Slot): Promise<void> {
    if (slot.entry === undefined) {
      if (slot.cached !== undefined) await this.#writer.same(slot.cached, slot.offset);
      return;
    }
    const record = toRecord(slot.entry, slot.pending);
    if (record === undefined) {
      this.#warnUnreadable(slot.entry, slot.pending);
      return;
    }
    if (slot.entry.type === "hardlink" && this.#leftOut.has(record.linkTarget)) {
      this.#warnLostLink(slot.entry);
      return;
    }
    this.#count(record);
    this.#record.clear();
    encodeTreeRecord(record, this.#record);
    const bytes = this.#record.view();
    if (slot.cached?.equals(bytes)) await this.#writer.same(slot.cached, slot.offset);
    else await this.#writer.write(bytes);
    this.counts.newBytes += slot.pending?.newBytes ?? 0;
  }

  #count(record: TreeRecord): void {
    if (record.type === "directory") this.counts.directories += 1;
    else if (record.type === "file" || record.type === "stream") this.counts.files += 1;
    else this.counts.otherEntries += 1;
    this.counts.plainBytes += record.size;
  }

  #warnLostLink(entry: SourceEntry): void {
    this.#options.warn({
      path: entry.path,
      code: "LinkTargetLost",
      message: "The name that stood for its content could not be read: the next backup tries again",
    });
  }

  #warnUnreadable(entry: SourceEntry, pending: PendingFile | undefined): void {
    this.#leftOut.add(entry.path);
    const error = pending?.error;
    this.#options.warn({
      path: entry.path,
      code: error?.code === "ENOENT" ? "Vanished" : (error?.code ?? "EIO"),
      message: error?.message ?? "Cannot read",
    });
  }
}

interface Slot {
  /** Undefined for a record that is copied from the cache. */
  readonly entry: SourceEntry | undefined;
  readonly cached: Buffer | undefined;
  /** Where `cached` lies in the cached tree. */
  readonly offset: number;
  pending: PendingFile | undefined;
}

function openBefore(
  options: RoleRunOptions,
): ({ readonly cursor: TreeCursor } & CachedTree) | undefined {
  const { cache, before, table } = options;
  if (cache === undefined || before === undefined) return undefined;
  try {
    const isStored = table.knowsReferences(before.chunks);
    return { cursor: new TreeCursor(cache.open(before)), pointer: before, isStored };
  } catch (error) {
    if (isAppError(error) || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const noChunks: Buffer = Buffer.alloc(0);

/** The record to store; undefined when the content could not be read. */
function toRecord(entry: SourceEntry, pending: PendingFile | undefined): TreeRecord | undefined {
  if (pending?.error !== undefined) return undefined;
  const depth = entry.path === "" ? 0 : entry.path.split("/").length;
  return {
    type: entry.type,
    depth,
    name: entry.path.slice(entry.path.lastIndexOf("/") + 1),
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    size: pending?.bytes ?? 0,
    mtimeNs: entry.mtimeNs,
    ctimeNs: entry.ctimeNs,
    inode: entry.inode,
    sparse: entry.sparse ?? false,
    paged: entry.paged ?? false,
    unstable: pending?.changed ?? false,
    chunks: pending === undefined ? noChunks : pending.takeChunks(),
    linkTarget: entry.linkTarget ?? "",
    device: entry.device ?? 0n,
  };
}

async function copyStream(
  options: RoleRunOptions,
  entry: SourceEntry,
  pending: PendingFile,
): Promise<void> {
  const stream = options.pool.openStream();
  for await (const bytes of options.source.open(entry, options.signal)) {
    options.signal.throwIfAborted();
    if (bytes.length === 0) continue;
    pending.add(await stream.write(bytes, false));
    options.onBytes(bytes.length, 0);
  }
  pending.add(await stream.write(new Uint8Array(0), true));
  pending.finish();
  options.onBytes(0, 1);
}
