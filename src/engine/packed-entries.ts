import { pagedFlag, recordAt, recordTypes, sparseFlag } from "./format/tree-format.ts";
import type { EntryType, SourceEntry } from "./source.ts";

/**
 * A batch of entries as one run of bytes: it changes threads without being copied, and an entry that did not change
 * since the last backup is recognised without an object being made for it. Up to the name an entry looks like its tree
 * record; behind it stand lengths of the parent's path and of the link target, a device number, and both texts (latin1).
 */
export class PackedEntries implements Iterable<SourceEntry> {
  readonly bytes: Buffer;
  /** Ends in a slash. */
  readonly localRoot: string;

  constructor(bytes: Uint8Array, localRoot: string) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.localRoot = localRoot;
  }

  get length(): number {
    let count = 0;
    for (let at = 0; at < this.bytes.length; at = this.after(at)) count += 1;
    return count;
  }

  *[Symbol.iterator](): Generator<SourceEntry, void, undefined> {
    for (let at = 0; at < this.bytes.length; at = this.after(at)) yield this.entry(at);
  }

  /** Where the entry behind the one at `at` starts. */
  after(at: number): number {
    return at + this.bytes.readUInt32LE(at);
  }

  type(at: number): EntryType {
    return recordTypes[this.bytes[at + recordAt.type] as number] as EntryType;
  }

  /** Whether both lie in one folder. */
  areSiblings(one: number, other: number): boolean {
    const a = this.#parentOf(one);
    const b = this.#parentOf(other);
    return this.bytes.compare(this.bytes, a.from, a.to, b.from, b.to) === 0;
  }

  /** Below 0 when the first one's name sorts before the other's. */
  compareNames(one: number, other: number): number {
    const a = one + recordAt.name;
    const b = other + recordAt.name;
    const { bytes } = this;
    return bytes.compare(
      bytes,
      b,
      b + bytes.readUInt16LE(other + recordAt.nameLength),
      a,
      a + bytes.readUInt16LE(one + recordAt.nameLength),
    );
  }

  /** Where the file at `at` lies on this machine: absolute, raw bytes as latin1. */
  localPath(at: number): string {
    return this.localRoot + this.path(at);
  }

  linkTarget(at: number): Buffer {
    const { bytes } = this;
    const tail = at + recordAt.name + bytes.readUInt16LE(at + recordAt.nameLength);
    const target = tail + tailBytes + bytes.readUInt32LE(tail);
    return bytes.subarray(target, target + bytes.readUInt32LE(tail + 4));
  }

  /** Without the folder. */
  name(at: number): Buffer {
    const from = at + recordAt.name;
    return this.bytes.subarray(from, from + this.bytes.readUInt16LE(at + recordAt.nameLength));
  }

  path(at: number): string {
    const name = at + recordAt.name;
    const nameEnd = name + this.bytes.readUInt16LE(at + recordAt.nameLength);
    const parent = nameEnd + tailBytes;
    const parentEnd = parent + this.bytes.readUInt32LE(nameEnd);
    return (
      this.bytes.toString("latin1", parent, parentEnd) +
      this.bytes.toString("latin1", name, nameEnd)
    );
  }

  size(at: number): number {
    const { bytes } = this;
    const high = bytes.readUInt32LE(at + recordAt.size + 4);
    return high * 0x1_0000_0000 + bytes.readUInt32LE(at + recordAt.size);
  }

  entry(at: number): SourceEntry {
    const { bytes } = this;
    const flags = bytes[at + recordAt.flags] as number;
    const path = this.path(at);
    const tail = at + recordAt.name + bytes.readUInt16LE(at + recordAt.nameLength);
    return {
      path,
      type: this.type(at),
      mode: bytes.readUInt16LE(at + recordAt.mode),
      uid: bytes.readUInt32LE(at + recordAt.uid),
      gid: bytes.readUInt32LE(at + recordAt.gid),
      size: this.size(at),
      mtimeNs: bytes.readBigInt64LE(at + recordAt.mtime),
      ctimeNs: bytes.readBigInt64LE(at + recordAt.ctime),
      inode: bytes.readBigUInt64LE(at + recordAt.inode),
      ...((flags & localFlag) === 0 ? undefined : { localPath: this.localRoot + path }),
      ...((flags & targetFlag) === 0
        ? undefined
        : { linkTarget: this.linkTarget(at).toString("latin1") }),
      ...((flags & deviceFlag) === 0 ? undefined : { device: bytes.readBigUInt64LE(tail + 8) }),
      ...((flags & pagedFlag) === 0 ? undefined : { paged: true }),
      ...((flags & sparseFlag) === 0 ? undefined : { sparse: true }),
    };
  }

  #parentOf(at: number): { readonly from: number; readonly to: number } {
    const tail = at + recordAt.name + this.bytes.readUInt16LE(at + recordAt.nameLength);
    const from = tail + tailBytes;
    return { from, to: from + this.bytes.readUInt32LE(tail) };
  }
}

const localFlag = 16;
const deviceFlag = 32;
const targetFlag = 64;
/** Between the name and the parent's path: two lengths and the device number. */
const tailBytes = 16;

export interface EntryFlags {
  readonly sparse: boolean;
  readonly paged: boolean;
}

/** What a file system says of an entry. */
export interface EntryStats {
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly rdev: bigint;
}

/** Packs entries of a walk; files lie where root and path say. */
export class EntryPacker {
  #out: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(64 * 1024);
  #view = new DataView(this.#out.buffer);
  #length = 0;
  /** The folder of the entry before; what lies in one folder mostly follows each other. */
  #parent = "";
  #depth = 1;

  /** `parent` ends in a slash, and is "" in the root, whose own name is "". */
  add(
    parent: string,
    name: string,
    type: EntryType,
    stats: EntryStats,
    flags: EntryFlags,
    linkTarget: string | undefined,
  ): void {
    const at = this.#length;
    const tail = at + recordAt.name + name.length;
    const target = tail + tailBytes + parent.length;
    const end = target + (linkTarget?.length ?? 0);
    if (end > this.#out.length) this.#grow(end);
    const out = this.#out;
    const view = this.#view;
    view.setUint32(at, end - at, true);
    out[at + recordAt.type] = recordTypes.indexOf(type);
    out[at + recordAt.flags] = flagsOf(type, flags, linkTarget);
    view.setUint16(at + recordAt.depth, this.#depthIn(parent, name), true);
    view.setUint16(at + recordAt.mode, Number(stats.mode) & 0o7777, true);
    view.setUint16(at + recordAt.nameLength, name.length, true);
    view.setUint32(at + recordAt.uid, Number(stats.uid), true);
    view.setUint32(at + recordAt.gid, Number(stats.gid), true);
    view.setBigUint64(at + recordAt.size, type === "file" ? stats.size : 0n, true);
    view.setBigInt64(at + recordAt.mtime, stats.mtimeNs, true);
    view.setBigInt64(at + recordAt.ctime, stats.ctimeNs, true);
    view.setBigUint64(at + recordAt.inode, stats.ino, true);
    out.write(name, at + recordAt.name, "latin1");
    view.setUint32(tail, parent.length, true);
    view.setUint32(tail + 4, linkTarget?.length ?? 0, true);
    view.setBigUint64(tail + 8, stats.rdev, true);
    out.write(parent, tail + tailBytes, "latin1");
    if (linkTarget !== undefined) out.write(linkTarget, target, "latin1");
    this.#length = end;
  }

  /** What was added since the last call, in a buffer of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const length = this.#length;
    this.#length = 0;
    return new Uint8Array(this.#out.buffer.slice(0, length));
  }

  #depthIn(parent: string, name: string): number {
    if (parent !== this.#parent) {
      this.#parent = parent;
      this.#depth = parent.split("/").length;
    }
    return parent === "" && name === "" ? 0 : this.#depth;
  }

  #grow(needed: number): void {
    const before = this.#out;
    this.#out = Buffer.allocUnsafeSlow(Math.max(2 * before.length, needed));
    this.#view = new DataView(this.#out.buffer);
    before.copy(this.#out, 0, 0, this.#length);
  }
}

function flagsOf(type: EntryType, flags: EntryFlags, linkTarget: string | undefined): number {
  return (
    (flags.sparse ? sparseFlag : 0) |
    (flags.paged ? pagedFlag : 0) |
    (type === "file" ? localFlag : 0) |
    (type === "character-device" || type === "block-device" ? deviceFlag : 0) |
    (linkTarget === undefined ? 0 : targetFlag)
  );
}
