import { isAppError } from "../../base/errors.ts";
import type { ChunkTable } from "../chunk-table.ts";
import { recordAt, recordTypes } from "../format/tree-format.ts";
import { PackedEntries } from "../packed-entries.ts";
import type { Source, SourceEntry, SourceWarning } from "../source.ts";
import { EntryOrder, placeOf } from "./entry-order.ts";
import { findRun, startRun } from "./entry-run.ts";
import { RecordQueue, type EntrySlot, type RoleCounts } from "./record-queue.ts";
import { FileBatcher, type PendingFile } from "./file-batcher.ts";
import type { TreeCache, TreeCachePointer } from "./tree-cache.ts";
import { TreeCursor } from "./tree-cursor.ts";
import { TreeWriter, type CachedTree, type FinishedTree } from "./tree-writer.ts";
import type { WorkerPool } from "./worker-pool.ts";

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

/** Entries waiting for the files before them; above this the walk pauses until half of them are done. */
const maxWaitingEntries = 16_384;

/** Copies one role's entries into the repository, in order, reading only what changed. */
export class RoleRun {
  readonly counts: RoleCounts;
  readonly #options: RoleRunOptions;
  readonly #writer: TreeWriter;
  readonly #batcher: FileBatcher;
  readonly #cursor: TreeCursor | undefined;
  readonly #queue: RecordQueue;
  readonly #order: EntryOrder;
  /** The entry before was the one of the cursor's record before: what equals the next record is it. */
  #isInStep = false;
  #keptFiles = 0;
  #keptBytes = 0;

  constructor(options: RoleRunOptions) {
    this.#options = options;
    this.#order = new EntryOrder(options.role);
    const before = openBefore(options);
    this.#cursor = before?.cursor;
    this.#writer = new TreeWriter(options.role, options.pool, options.cache, before);
    this.#batcher = new FileBatcher(options.pool, options.onBytes);
    this.#queue = new RecordQueue(this.#writer, this.#batcher, options.warn);
    this.counts = this.#queue.counts;
  }

  /** Runs to the finished tree; on failure nothing of the role is referenced. */
  async run(): Promise<FinishedTree> {
    try {
      for await (const batch of this.#options.source.entries(this.#options.signal)) {
        if (batch instanceof PackedEntries) await this.#takePacked(batch);
        else await this.#takeAll(batch);
        this.#options.signal.throwIfAborted();
        await this.#queue.drain(
          this.#queue.cost > maxWaitingEntries ? maxWaitingEntries / 2 : maxWaitingEntries,
        );
      }
      await this.#batcher.flush();
      await this.#queue.drain(0);
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

  /**
   * Most entries of most backups equal their records: those are compared as bytes, and nothing is made for them. Nor for
   * those that nothing is known of.
   */
  async #takePacked(batch: PackedEntries): Promise<void> {
    let kept = -1;
    for (let at = 0; at < batch.bytes.length;) {
      const waits = this.#isInStep && this.#keep(batch, at);
      if (waits !== false) {
        kept = at;
        if (waits !== undefined) await waits;
        at = batch.after(at);
        continue;
      }
      if (kept >= 0) this.#catchUp(batch, kept);
      kept = -1;
      const next = this.#isKnown() ? at : await this.#takeRun(batch, at);
      if (next > at) {
        at = next;
        continue;
      }
      await this.#take(batch.entry(at));
      at = batch.after(at);
    }
    if (kept >= 0) this.#catchUp(batch, kept);
  }

  /** Whether the tree before may hold something of what comes. */
  #isKnown(): boolean {
    return this.#cursor?.path !== undefined;
  }

  /** Hands as many entries as go together to a worker; returns where the others start. */
  async #takeRun(batch: PackedEntries, from: number): Promise<number> {
    const range = findRun(batch, from, (at) => this.#order.takePacked(batch, at));
    if (range.count === 0) return from;
    const { pool, onBytes } = this.#options;
    await pool.ready();
    const run = startRun(pool, batch, range, ({ bytes, files }) => onBytes(bytes, files));
    this.#queue.push({ run });
    return range.to;
  }

  #take(entry: SourceEntry): Promise<void> | undefined {
    const place = placeOf(entry.path);
    this.#order.take(entry, place);
    const cursor = this.#seek(place);
    this.#isInStep = cursor !== undefined;
    if (cursor !== undefined && this.#isReusable(cursor, entry)) return this.#reuse(cursor, entry);
    const slot: EntrySlot = {
      entry,
      cached: cursor?.record,
      offset: cursor?.offset ?? 0,
      pending: undefined,
    };
    cursor?.advance();
    this.#queue.push(slot);
    if (entry.type === "file" && entry.size > 0) return this.#readFile(slot, entry);
    if (entry.type === "stream") return this.#readStream(slot, entry);
    return undefined;
  }

  async #readFile(slot: EntrySlot, entry: SourceEntry): Promise<void> {
    slot.pending = await this.#batcher.add(entry);
  }

  async #readStream(slot: EntrySlot, entry: SourceEntry): Promise<void> {
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
    const { offset, length, piece, position } = cursor;
    let writing: Promise<void> | undefined;
    if (this.#queue.length > 0) this.#queue.pushCached(piece, position, position + length, offset);
    else if (!this.#writer.keep(offset, length))
      writing = this.#writer.same(cursor.record, offset) as Promise<void> | undefined;
    cursor.advance();
    return writing;
  }
}

const fileType = recordTypes.indexOf("file");
const directoryType = recordTypes.indexOf("directory");

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
