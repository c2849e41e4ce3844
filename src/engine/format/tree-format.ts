import { AppError } from "../../base/errors.ts";
import type { EntryType } from "../source.ts";
import { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { chunkReferenceBytes, maxDepth, maxLinkTargetBytes, maxNameBytes } from "./limits.ts";

/**
 * A tree is a stream of records in walking order: a directory, then what it holds, siblings sorted by the
 * raw bytes of their names. A record knows its depth and its name; its path follows from the records
 * before it. The stream is cut into chunks and stored like any content.
 */
export interface TreeRecord {
  readonly type: EntryType;
  readonly depth: number;
  /** Raw bytes as latin1; empty for the root only. */
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Content bytes of files and streams. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly sparse: boolean;
  readonly paged: boolean;
  /** The content changed while it was read: what was read is what is stored. */
  readonly unstable: boolean;
  /** Content of files and streams: 20-byte references. */
  readonly chunks: Buffer;
  /** Raw bytes as latin1, for symlinks and hard links. */
  readonly linkTarget: string;
  readonly device: bigint;
}

/** Offsets of a record's fixed fields, counted from its length field; `specs/repository-format.md` has the table. */
export const recordAt = {
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

/** A type's number in a record is its place here. */
export const recordTypes: readonly EntryType[] = [
  "directory",
  "file",
  "symlink",
  "hardlink",
  "fifo",
  "socket",
  "character-device",
  "block-device",
  "stream",
];
export const sparseFlag = 1;
export const pagedFlag = 2;
export const unstableFlag = 4;
const lengthBytes = 4;
/** Bytes before the name, after the length field. */
const fixedBytes = 48;
/** 25 million chunks: a file of more than 1.5 TB. */
const maxRecordBytes: number = 512 * 1024 * 1024;

/** Throws `UnsafePath` for what a reader would refuse: better no backup than one that cannot be restored. */
export function encodeTreeRecord(record: TreeRecord, writer: ByteWriter): void {
  checkName(record.name, record.depth);
  if (record.depth > maxDepth || record.name.length > maxNameBytes)
    throw new AppError(
      "UnsafePath",
      `A name of ${record.name.length} bytes at depth ${record.depth} is outside the bounds of the format`,
    );
  if (record.chunks.length > maxRecordBytes - maxNameBytes - 64)
    throw new AppError(
      "LimitExceeded",
      `A file of ${record.chunks.length / chunkReferenceBytes} chunks is larger than the format allows: exclude it`,
    );
  const start = writer.length;
  const flags =
    (record.sparse ? sparseFlag : 0) |
    (record.paged ? pagedFlag : 0) |
    (record.unstable ? unstableFlag : 0);
  writer
    .u32(0)
    .u8(recordTypes.indexOf(record.type))
    .u8(flags)
    .u16(record.depth)
    .u16(record.mode)
    .u16(record.name.length);
  writer
    .u32(record.uid)
    .u32(record.gid)
    .u64(BigInt(record.size))
    .i64(record.mtimeNs)
    .i64(record.ctimeNs)
    .u64(record.inode);
  writer.latin1(record.name);
  if (record.type === "file" || record.type === "stream")
    writer.u32(record.chunks.length / chunkReferenceBytes).bytes(record.chunks);
  else if (record.type === "symlink" || record.type === "hardlink")
    writer.u32(record.linkTarget.length).latin1(record.linkTarget);
  else if (record.type === "character-device" || record.type === "block-device")
    writer.u64(record.device);
  writer.patchU32(start, writer.length - start - 4);
}

/** The bytes of the whole record that starts at `at`, length field included; 0 when they are not all there. */
export function recordLength(bytes: Uint8Array, at: number): number {
  const length = statedLength(bytes, at);
  return bytes.length - at < length ? 0 : length;
}

/** How many bytes there must be before the record at the start can be read, as far as those that are there tell. */
export function neededBytes(bytes: Uint8Array): number {
  return statedLength(bytes, 0);
}

/** Of the record at `at`, length field included; 4 when not even that is there. */
function statedLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 4) return 4;
  const length =
    (((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
      0) +
    4;
  if (length > maxRecordBytes || length < fixedBytes) {
    throw new AppError("CorruptObject", `A tree has a record of ${length} bytes`);
  }
  return length;
}

/**
 * Decodes the body of one record (without its length field); every bound and rule is checked. Fields are read straight
 * from their places: a tree has millions of them, and most are read before this is compiled.
 */
export function decodeTreeRecord(bytes: Uint8Array, object: string): TreeRecord {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (body.length < fixedBytes) throw corrupt(object, endsInField(body));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = recordTypes[body[recordAt.type - lengthBytes] as number];
  if (type === undefined) throw corrupt(object, "has an entry of unknown type");
  const flags = body[recordAt.flags - lengthBytes] as number;
  const depth = view.getUint16(recordAt.depth - lengthBytes, true);
  const mode = view.getUint16(recordAt.mode - lengthBytes, true);
  const nameLength = view.getUint16(recordAt.nameLength - lengthBytes, true);
  const size =
    view.getUint32(recordAt.size - lengthBytes + 4, true) * 2 ** 32 +
    view.getUint32(recordAt.size - lengthBytes, true);
  const isBounded = depth <= maxDepth && nameLength <= maxNameBytes && mode <= 0o7777;
  if (!isBounded || !Number.isSafeInteger(size))
    throw corrupt(object, "has an entry outside the bounds of the format");
  const contentAt = fixedBytes + nameLength;
  const name = readName(body, contentAt, depth, object);
  if (depth === 0 && type !== "directory") throw corrupt(object, "has a root that is no directory");
  const content =
    type === "file" || type === "stream"
      ? decodeChunks(body, contentAt, size, object)
      : decodeOther(new ByteReader(body.subarray(contentAt), object), type);
  return {
    type,
    depth,
    name,
    mode,
    uid: view.getUint32(recordAt.uid - lengthBytes, true),
    gid: view.getUint32(recordAt.gid - lengthBytes, true),
    size,
    mtimeNs: view.getBigInt64(recordAt.mtime - lengthBytes, true),
    ctimeNs: view.getBigInt64(recordAt.ctime - lengthBytes, true),
    inode: view.getBigUint64(recordAt.inode - lengthBytes, true),
    sparse: (flags & sparseFlag) !== 0,
    paged: (flags & pagedFlag) !== 0,
    unstable: (flags & unstableFlag) !== 0,
    ...content,
  };
}

/** Sum of the lengths in a list of chunk references. */
export function referencedBytes(chunks: Buffer): number {
  let sum = 0;
  for (let at = chunkReferenceBytes - 4; at < chunks.length; at += chunkReferenceBytes)
    sum += chunks.readUInt32LE(at);
  return sum;
}

const noBytes: Buffer = Buffer.alloc(0);

function readName(body: Buffer, end: number, depth: number, object: string): string {
  if (end > body.length) throw corrupt(object, endsInField(body));
  const name = body.toString("latin1", fixedBytes, end);
  checkName(name, depth);
  return name;
}

type Content = Pick<TreeRecord, "chunks" | "linkTarget" | "device">;

function decodeChunks(body: Buffer, at: number, size: number, object: string): Content {
  const start = at + 4;
  if (start > body.length) throw corrupt(object, endsInField(body));
  const count = body.readUInt32LE(at);
  const end = start + count * chunkReferenceBytes;
  if (end > body.length) throw corrupt(object, `claims ${count} chunks in an entry`);
  const chunks = body.subarray(start, end);
  if (referencedBytes(chunks) !== size)
    throw corrupt(object, "has an entry whose chunks do not add up to its size");
  if (end < body.length)
    throw corrupt(object, `has ${body.length - end} bytes after the end of an entry`);
  return { chunks, linkTarget: "", device: 0n };
}

function decodeOther(reader: ByteReader, type: EntryType): Content {
  let [linkTarget, device] = ["", 0n];
  if (type === "symlink" || type === "hardlink") {
    const length = reader.count(maxLinkTargetBytes, "bytes of a link target");
    linkTarget = reader.bytes(length).toString("latin1");
    if (length === 0 || linkTarget.includes("\0"))
      throw reader.corrupt("has a link without a valid target");
  } else if (type === "character-device" || type === "block-device") device = reader.u64();
  reader.end();
  return { chunks: noBytes, linkTarget, device };
}

function endsInField(body: Buffer): string {
  return `ends at byte ${body.length}, inside a field`;
}

function corrupt(object: string, fault: string): AppError {
  return new AppError("CorruptObject", `Object "${object}" ${fault}`, { target: object });
}

/** Whether a record may have these raw bytes as its name, below the root. */
export function isSafeName(name: Uint8Array): boolean {
  const [first, second] = name;
  if (name.length === 0 || name.length > maxNameBytes) return false;
  if (first === dot && (name.length === 1 || (name.length === 2 && second === dot))) return false;
  return !name.includes(slash) && !name.includes(0);
}

const dot = 46;
const slash = 47;

/** A name is one path segment: what could lead elsewhere is never handed on. */
function checkName(name: string, depth: number): void {
  const isRoot = depth === 0 && name === "";
  if (isRoot) return;
  if (
    depth === 0 ||
    name === "" ||
    name === "." ||
    name === ".." ||
    name.includes("/") ||
    name.includes("\0")
  ) {
    throw new AppError(
      "UnsafePath",
      `A tree holds the unsafe name ${JSON.stringify(name.slice(0, 80))} at depth ${depth}: nothing was written for it`,
    );
  }
}
