import { recordAt, recordLength, recordTypes } from "../format/tree-format.ts";
import type { PackedEntries } from "../packed-entries.ts";
import type { ChunkTable } from "../chunk-table.ts";
import type { SourceEntry } from "../source.ts";
import type { TreeCacheReader } from "./tree-cache.ts";

const fileType = recordTypes.indexOf("file");
const directoryType = recordTypes.indexOf("directory");

/** Walks a cached tree record by record without making objects, beside the walk of the source. */
export class TreeCursor {
  readonly #reader: TreeCacheReader;
  #piece: Buffer = Buffer.alloc(0);
  #position = 0;
  #length = 0;
  readonly #directories: string[] = [];
  /** Bytes of the stream before the current record. */
  offset = 0;
  #path: string | undefined;

  constructor(reader: TreeCacheReader) {
    this.#reader = reader;
    this.advance();
  }

  /** Path of the current record with NUL between segments (so that strings compare as walks do); undefined at the end. */
  get path(): string | undefined {
    if (this.#length > 0) this.#path ??= this.#readPath();
    return this.#path;
  }

  /** The current record's bytes, length field included. A view that stays valid. */
  get record(): Buffer {
    return this.#piece.subarray(this.#position, this.#position + this.#length);
  }

  /** What the current record lies in. It stays valid. */
  get piece(): Buffer {
    return this.#piece;
  }

  /** Where in its piece the current record starts. */
  get position(): number {
    return this.#position;
  }

  /** References of a file's chunks. */
  get chunks(): Buffer {
    const start = recordAt.name + this.record.readUInt16LE(recordAt.nameLength) + 4;
    return this.record.subarray(start);
  }

  get size(): number {
    return Number(this.record.readBigUInt64LE(recordAt.size));
  }

  /** Bytes of the current record; 0 at the end. */
  get length(): number {
    return this.#length;
  }

  advance(): void {
    this.#path = undefined;
    this.#position += this.#length;
    this.offset += this.#length;
    this.#length = recordLength(this.#piece, this.#position);
    while (this.#length === 0) {
      if (!this.#readOn()) return;
      this.#length = recordLength(this.#piece, 0);
    }
    // Those below it need its path.
    if (this.#piece[this.#position + recordAt.type] === directoryType) {
      this.#path = this.#readPath();
      this.#directories[this.#piece.readUInt16LE(this.#position + recordAt.depth)] = this.#path;
    }
  }

  /**
   * True when the current record and the packed entry at `from` say the same of everything but content: type, depth,
   * name, owner, mode, size, times and inode.
   */
  equals({ bytes }: PackedEntries, from: number): boolean {
    const at = this.#position;
    const end = recordAt.name + bytes.readUInt16LE(from + recordAt.nameLength);
    return (
      end <= this.#length &&
      this.#piece[at + recordAt.type] === bytes[from + recordAt.type] &&
      this.#piece.compare(
        bytes,
        from + recordAt.depth,
        from + end,
        at + recordAt.depth,
        at + end,
      ) === 0
    );
  }

  /** True when the packs of all chunks of the current record, a file's, could be marked as used. */
  markChunks(table: ChunkTable): boolean {
    const piece = this.#piece;
    const at = this.#position;
    const name = piece.readUInt16LE(at + recordAt.nameLength);
    return table.markReferences(piece, at + recordAt.name + name + 4, at + this.#length);
  }

  /** False for a file that changed within the clock's grain of the last run's start: it may have changed again unseen. */
  isSettled(startedAtNs: bigint): boolean {
    return (
      this.#piece.readBigInt64LE(this.#position + recordAt.ctime) < startedAtNs - racyNanoseconds
    );
  }

  /** False at the end of the tree. */
  #readOn(): boolean {
    const joined = this.#reader.join(this.#piece.subarray(this.#position));
    if (joined === undefined) return false;
    this.#piece = joined;
    this.#position = 0;
    return true;
  }

  /** True when the entry is the file of the current record and nothing says its content changed since `startedAtNs`. */
  isUnchanged(entry: SourceEntry, startedAtNs: bigint): boolean {
    const record = this.record;
    const ctimeNs = record.readBigInt64LE(recordAt.ctime);
    return (
      record[recordAt.type] === fileType &&
      ctimeNs === entry.ctimeNs &&
      record.readBigInt64LE(recordAt.mtime) === entry.mtimeNs &&
      record.readBigUInt64LE(recordAt.size) === BigInt(entry.size) &&
      record.readBigUInt64LE(recordAt.inode) === entry.inode &&
      record.readUInt16LE(recordAt.mode) === entry.mode &&
      record.readUInt32LE(recordAt.uid) === entry.uid &&
      record.readUInt32LE(recordAt.gid) === entry.gid &&
      this.isSettled(startedAtNs)
    );
  }

  close(): void {
    this.#reader.close();
  }

  #readPath(): string {
    const record = this.record;
    const depth = record.readUInt16LE(recordAt.depth);
    const name = record.toString(
      "latin1",
      recordAt.name,
      recordAt.name + record.readUInt16LE(recordAt.nameLength),
    );
    const parent = depth <= 1 ? "" : `${this.#directories[depth - 1] ?? ""}\0`;
    return depth === 0 ? "" : `${parent}${name}`;
  }
}

const racyNanoseconds = 2_000_000_000n;
