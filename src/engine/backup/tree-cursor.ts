import { neededBytes, recordLength } from "../format/tree-format.ts";
import type { SourceEntry } from "../source.ts";
import type { TreeCacheReader } from "./tree-cache.ts";

/** Offsets of a record's fields, counted from its length field; `specs/repository-format.md` has the table. */
const at = {
  type: 4,
  flags: 5,
  depth: 6,
  mode: 8,
  nameLength: 10,
  uid: 12,
  gid: 16,
  size: 20,
  mtime: 28,
  ctime: 36,
  inode: 44,
  name: 52,
} as const;
const fileType = 1;

/** Walks a cached tree record by record without making objects, beside the walk of the source. */
export class TreeCursor {
  readonly #reader: TreeCacheReader;
  #piece: Buffer = Buffer.alloc(0);
  #position = 0;
  #length = 0;
  readonly #directories: string[] = [];
  /** Bytes of the stream before the current record. */
  offset = 0;
  /** Path of the current record with NUL between segments (so that strings compare as walks do); undefined at the end. */
  path: string | undefined;

  constructor(reader: TreeCacheReader) {
    this.#reader = reader;
    this.advance();
  }

  /** The current record's bytes, length field included. A view that stays valid. */
  get record(): Buffer {
    return this.#piece.subarray(this.#position, this.#position + this.#length);
  }

  /** References of a file's chunks. */
  get chunks(): Buffer {
    const start = at.name + this.record.readUInt16LE(at.nameLength) + 4;
    return this.record.subarray(start);
  }

  get size(): number {
    return Number(this.record.readBigUInt64LE(at.size));
  }

  advance(): void {
    this.#position += this.#length;
    this.offset += this.#length;
    this.#length = recordLength(this.#piece, this.#position);
    while (this.#length === 0) {
      if (!this.#readOn()) {
        this.path = undefined;
        return;
      }
      this.#length = recordLength(this.#piece, 0);
    }
    this.path = this.#readPath();
  }

  /** Joins what is left with as many pieces as the next record needs, once; false at the end of the tree. */
  #readOn(): boolean {
    const rest = this.#piece.subarray(this.#position);
    const needed = neededBytes(rest);
    const pieces = rest.length === 0 ? [] : [rest];
    for (let bytes = rest.length; bytes < needed;) {
      const next = this.#reader.next();
      if (next === undefined) return false;
      pieces.push(next);
      bytes += next.length;
    }
    this.#piece = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    this.#position = 0;
    return true;
  }

  /** True when the entry is the file of the current record and nothing says its content changed since `startedAtNs`. */
  isUnchanged(entry: SourceEntry, startedAtNs: bigint): boolean {
    const record = this.record;
    const ctimeNs = record.readBigInt64LE(at.ctime);
    return (
      record[at.type] === fileType &&
      ctimeNs === entry.ctimeNs &&
      record.readBigInt64LE(at.mtime) === entry.mtimeNs &&
      record.readBigUInt64LE(at.size) === BigInt(entry.size) &&
      record.readBigUInt64LE(at.inode) === entry.inode &&
      record.readUInt16LE(at.mode) === entry.mode &&
      record.readUInt32LE(at.uid) === entry.uid &&
      record.readUInt32LE(at.gid) === entry.gid &&
      // A file that changed within the clock's grain of the last run's start may have changed again unseen.
      ctimeNs < startedAtNs - racyNanoseconds
    );
  }

  close(): void {
    this.#reader.close();
  }

  #readPath(): string {
    const record = this.record;
    const depth = record.readUInt16LE(at.depth);
    const name = record.toString("latin1", at.name, at.name + record.readUInt16LE(at.nameLength));
    const parent = depth <= 1 ? "" : `${this.#directories[depth - 1] ?? ""}\0`;
    const path = depth === 0 ? "" : `${parent}${name}`;
    if (record[at.type] === 0) this.#directories[depth] = path;
    return path;
  }
}

const racyNanoseconds = 2_000_000_000n;
