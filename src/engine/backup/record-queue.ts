import { ByteWriter } from "../format/byte-writer.ts";
import { encodeTreeRecord, type TreeRecord } from "../format/tree-format.ts";
import type { SourceEntry, SourceWarning } from "../source.ts";
import type { EntryRun } from "./entry-run.ts";
import type { FileBatcher, PendingFile } from "./file-batcher.ts";
import { toRecord } from "./to-record.ts";
import type { TreeWriter } from "./tree-writer.ts";

/** Counts of one role's copy. */
export interface RoleCounts {
  files: number;
  directories: number;
  otherEntries: number;
  plainBytes: number;
  newBytes: number;
}

export type Slot = EntrySlot | CachedSlot | { readonly run: EntryRun };

export interface EntrySlot {
  readonly entry: SourceEntry;
  readonly cached: Buffer | undefined;
  /** Where `cached` lies in the cached tree. */
  readonly offset: number;
  pending: PendingFile | undefined;
}

/** Records that are copied from the cache: those that follow each other there. */
interface CachedSlot {
  readonly entry: undefined;
  /** What the records lie in. */
  readonly piece: Buffer;
  readonly from: number;
  to: number;
  /** Where the first one lies in the cached tree. */
  readonly offset: number;
  count: number;
  readonly pending: undefined;
}

/** What a record of the cache that waits costs, measured in entries that wait: its bytes, and no object. */
const cachedCost = 1 / 8;

/** What waits for its content, or for what comes before it, on its way into the tree. */
export class RecordQueue {
  readonly counts: RoleCounts = {
    files: 0,
    directories: 0,
    otherEntries: 0,
    plainBytes: 0,
    newBytes: 0,
  };
  /** Entries that wait. */
  length = 0;
  /** What those that wait cost in memory, measured in entries. */
  cost = 0;
  readonly #writer: TreeWriter;
  readonly #batcher: FileBatcher;
  readonly #warn: (warning: SourceWarning) => void;
  readonly #record = new ByteWriter(4096);
  #slots: Slot[] = [];
  /** Files that were left out: hard links to them would point nowhere. */
  readonly #leftOut = new Set<string>();

  constructor(writer: TreeWriter, batcher: FileBatcher, warn: (warning: SourceWarning) => void) {
    this.#writer = writer;
    this.#batcher = batcher;
    this.#warn = warn;
  }

  push(slot: Slot): void {
    this.#slots.push(slot);
    this.length += sizeOf(slot);
    this.cost += costOf(slot);
  }

  /** The record `[from, to)` of a piece of the cached tree, in which it lies at `offset`, goes into the tree as it is. */
  pushCached(piece: Buffer, from: number, to: number, offset: number): void {
    const last = this.#slots.at(-1);
    if (last === undefined || !("piece" in last) || last.piece !== piece || last.to !== from) {
      this.push({ entry: undefined, piece, from, to, offset, count: 1, pending: undefined });
      return;
    }
    last.to = to;
    last.count += 1;
    this.length += 1;
    this.cost += cachedCost;
  }

  /** Writes the records whose content is known, and waits for others until what still waits costs at most so much. */
  async drain(most: number): Promise<void> {
    let done = 0;
    for (const slot of this.#slots) {
      if (!isReady(slot)) {
        if (this.cost <= most) break;
        await this.#batcher.flush();
        await ("run" in slot ? slot.run.done : slot.pending?.done);
      }
      if ("run" in slot) await this.#writeRun(slot.run);
      else await this.#write(slot);
      this.length -= sizeOf(slot);
      this.cost -= costOf(slot);
      done += 1;
    }
    this.#slots = this.#slots.slice(done);
  }

  async #writeRun({ result }: EntryRun): Promise<void> {
    if (result === undefined) return;
    const { records, unreadable, files, directories, otherEntries, bytes, newBytes } = result;
    for (const { path, ...error } of unreadable) this.#warnUnreadable(path, error);
    this.counts.files += files;
    this.counts.directories += directories;
    this.counts.otherEntries += otherEntries;
    this.counts.plainBytes += bytes;
    this.counts.newBytes += newBytes;
    await this.#writer.write(Buffer.from(records.buffer, records.byteOffset, records.byteLength));
  }

  async #write(slot: EntrySlot | CachedSlot): Promise<void> {
    if (slot.entry === undefined) {
      await this.#writer.same(slot.piece.subarray(slot.from, slot.to), slot.offset);
      return;
    }
    const record = toRecord(slot.entry, slot.pending);
    if (record === undefined) {
      this.#warnUnreadable(slot.entry.path, slot.pending?.error);
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
    this.#warn({
      path: entry.path,
      code: "LinkTargetLost",
      message: "The name that stood for its content could not be read: the next backup tries again",
    });
  }

  #warnUnreadable(path: string, error: PendingFile["error"]): void {
    this.#leftOut.add(path);
    this.#warn({
      path,
      code: error?.code === "ENOENT" ? "Vanished" : (error?.code ?? "EIO"),
      message: error?.message ?? "Cannot read",
    });
  }
}

function isReady(slot: Slot): boolean {
  if ("run" in slot) return slot.run.result !== undefined;
  return slot.pending === undefined || slot.pending.isDone;
}

/** Entries the slot stands for. */
function sizeOf(slot: Slot): number {
  if ("run" in slot) return slot.run.count;
  return slot.entry === undefined ? slot.count : 1;
}

function costOf(slot: Slot): number {
  return "piece" in slot ? slot.count * cachedCost : sizeOf(slot);
}
