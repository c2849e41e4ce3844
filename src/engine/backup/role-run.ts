import { isAppError } from "../../base/errors.ts";
import type { ChunkTable } from "../chunk-table.ts";
import { ByteWriter } from "../format/byte-writer.ts";
import { encodeTreeRecord, recordAt, recordTypes, type TreeRecord } from "../format/tree-format.ts";
import { PackedEntries } from "../packed-entries.ts";
import type { Source, SourceEntry, SourceWarning } from "../source.ts";
import { EntryOrder, placeOf } from "./entry-order.ts";
import { FileBatcher, type PendingFile } from "./file-batcher.ts";
import type { TreeCache, TreeCachePointer } from "./tree-cache.ts";
import { toRecord } from "./to-record.ts";
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
  readonly #order: EntryOrder;
  /** The entry before was the one of the cursor's record before: what equals the next record is it. */
  #isInStep = false;
  #keptFiles = 0;
  #keptBytes = 0;
  /** Files that were left out: hard links to them would point nowhere. */
  readonly #leftOut = new Set<string>();

  constructor(options: RoleRunOptions) {
    this.#options = options;
    this.#order = new EntryOrder(options.role);
    const before = openBefore(options);
    this.#cursor = before?.cursor;
    this.#writer = new TreeWriter(options.role, options.pool, options.cache, before);
    this.#batcher = new FileBatcher(options.pool, options.onBytes);
  }

  /** Runs to the finished tree; on failure nothing of the role is referenced. */
  async run(): Promise<FinishedTree> {
    try {
      for await (const batch of this.#options.source.entries(this.#options.signal)) {
        if (batch instanceof PackedEntries) await this.#takePacked(batch);
        else await this.#takeAll(batch);
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

  async #takeAll(entries: Iterable<SourceEntry>): Promise<void> {
    for (const entry of entries) {
      const waits = this.#take(entry);
      if (waits !== undefined) await waits;
    }
  }

  /** Most entries of most backups equal their records: those are compared as bytes, and nothing is made for them. */
  async #takePacked(batch: PackedEntries): Promise<void> {
    let kept = -1;
    for (let at = 0; at < batch.bytes.length; at = batch.after(at)) {
      const waits = this.#isInStep && this.#keep(batch, at);
      if (waits !== false) {
        kept = at;
        if (waits !== undefined) await waits;
        continue;
      }
      if (kept >= 0) this.#catchUp(batch, kept);
      kept = -1;
      await this.#take(batch.entry(at));
    }
    if (kept >= 0) this.#catchUp(batch, kept);
  }

  #take(entry: SourceEntry): Promise<void> | undefined {
    const place = placeOf(entry.path);
    this.#order.take(entry, place);
    const cursor = this.#seek(place);
    this.#isInStep = cursor !== undefined;
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

  /** Takes over the cursor's record for the packed entry at `at`; false when it has to be looked at more closely. */
  #keep(batch: PackedEntries, at: number): false | undefined | Promise<void> {
    const cursor = this.#cursor;
    const { before, table } = this.#options;
    if (cursor === undefined || before === undefined || !cursor.equals(batch, at)) return false;
    const isFile = batch.bytes[at + recordAt.type] === fileType;
    if (isFile) {
      if (!cursor.isSettled(before.startedAtNs) || !cursor.markChunks(table)) return false;
    } else if (batch.bytes[at + recordAt.type] !== directoryType) return false;
    if (isFile) {
      this.#keptFiles += 1;
      this.#keptBytes += batch.size(at);
    } else this.counts.directories += 1;
    return this.#takeOver(cursor);
  }

  /** Counts what was kept since the last call, up to the entry at `last`. */
  #catchUp(batch: PackedEntries, last: number): void {
    this.#order.skipTo(batch.path(last), batch.bytes[last + recordAt.type] === directoryType);
    this.counts.files += this.#keptFiles;
    this.counts.plainBytes += this.#keptBytes;
    this.#options.onBytes(this.#keptBytes, this.#keptFiles);
    this.#keptFiles = 0;
    this.#keptBytes = 0;
  }

  #reuse(cursor: TreeCursor, entry: SourceEntry): Promise<void> | undefined {
    this.counts.files += 1;
    this.counts.plainBytes += entry.size;
    this.#options.onBytes(entry.size, 1);
    return this.#takeOver(cursor);
  }

  /** The cursor's record as it is, after those that wait for their files. */
  #takeOver(cursor: TreeCursor): Promise<void> | undefined {
    const { offset, length } = cursor;
    const isKept = this.#slots.length === 0 && this.#writer.keep(offset, length);
    const record = isKept ? undefined : cursor.record;
    cursor.advance();
    if (record === undefined) return undefined;
    if (this.#slots.length === 0)
      return this.#writer.same(record, offset) as Promise<void> | undefined;
    this.#slots.push({ entry: undefined, cached: record, offset, pending: undefined });
    return undefined;
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

const fileType = recordTypes.indexOf("file");
const directoryType = recordTypes.indexOf("directory");

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
