import type { EntryType, SourceEntry } from "../engine/source.ts";

/**
 * Batches of a walk as one buffer that changes threads without being copied: objects with big integers cost several
 * microseconds each on both sides. Per entry 64 bytes of numbers, then the path and, for links, the target (latin1).
 */
const at = {
  type: 0,
  flags: 1,
  mode: 2,
  pathLength: 4,
  targetLength: 8,
  uid: 12,
  gid: 16,
  size: 20,
  mtime: 28,
  ctime: 36,
  inode: 44,
  device: 52,
} as const;
const fixedBytes = 60;
const flag = { local: 1, paged: 2, sparse: 4, device: 8, target: 16 } as const;

const types: readonly EntryType[] = [
  "directory",
  "file",
  "symlink",
  "hardlink",
  "fifo",
  "socket",
  "character-device",
  "block-device",
];

/** The entries' bytes, in a buffer of their own. `localPath` must be the root and the path, as walks make it. */
export function encodeEntries(entries: readonly SourceEntry[]): Buffer<ArrayBuffer> {
  let bytes = 0;
  for (const { path, linkTarget = "" } of entries)
    bytes += fixedBytes + path.length + linkTarget.length;
  const out = Buffer.allocUnsafeSlow(bytes);
  let from = 0;
  for (const entry of entries) from = encodeEntry(entry, out, from);
  return out;
}

function encodeEntry(entry: SourceEntry, out: Buffer, from: number): number {
  const { path, linkTarget, device } = entry;
  out[from + at.type] = types.indexOf(entry.type);
  out[from + at.flags] =
    (entry.localPath === undefined ? 0 : flag.local) |
    (entry.paged === true ? flag.paged : 0) |
    (entry.sparse === true ? flag.sparse : 0) |
    (device === undefined ? 0 : flag.device) |
    (linkTarget === undefined ? 0 : flag.target);
  out.writeUInt16LE(entry.mode, from + at.mode);
  out.writeUInt32LE(path.length, from + at.pathLength);
  out.writeUInt32LE(linkTarget?.length ?? 0, from + at.targetLength);
  out.writeUInt32LE(entry.uid, from + at.uid);
  out.writeUInt32LE(entry.gid, from + at.gid);
  out.writeDoubleLE(entry.size, from + at.size);
  out.writeBigInt64LE(entry.mtimeNs, from + at.mtime);
  out.writeBigInt64LE(entry.ctimeNs, from + at.ctime);
  out.writeBigUInt64LE(entry.inode, from + at.inode);
  out.writeBigUInt64LE(device ?? 0n, from + at.device);
  const end = from + fixedBytes;
  out.write(path, end, "latin1");
  if (linkTarget !== undefined) out.write(linkTarget, end + path.length, "latin1");
  return end + path.length + (linkTarget?.length ?? 0);
}

/** What `encodeEntries` was given. `localRoot` ends in a slash. */
export function decodeEntries(bytes: Buffer, localRoot: string): SourceEntry[] {
  const entries: SourceEntry[] = [];
  for (let from = 0; from < bytes.length;) {
    const pathEnd = from + fixedBytes + bytes.readUInt32LE(from + at.pathLength);
    const end = pathEnd + bytes.readUInt32LE(from + at.targetLength);
    const flags = bytes[from + at.flags] as number;
    const path = bytes.toString("latin1", from + fixedBytes, pathEnd);
    entries.push({
      path,
      type: types[bytes[from + at.type] as number] as EntryType,
      mode: bytes.readUInt16LE(from + at.mode),
      uid: bytes.readUInt32LE(from + at.uid),
      gid: bytes.readUInt32LE(from + at.gid),
      size: bytes.readDoubleLE(from + at.size),
      mtimeNs: bytes.readBigInt64LE(from + at.mtime),
      ctimeNs: bytes.readBigInt64LE(from + at.ctime),
      inode: bytes.readBigUInt64LE(from + at.inode),
      ...((flags & flag.local) === 0 ? undefined : { localPath: localRoot + path }),
      ...((flags & flag.target) === 0
        ? undefined
        : { linkTarget: bytes.toString("latin1", pathEnd, end) }),
      ...((flags & flag.device) === 0
        ? undefined
        : { device: bytes.readBigUInt64LE(from + at.device) }),
      ...((flags & flag.paged) === 0 ? undefined : { paged: true }),
      ...((flags & flag.sparse) === 0 ? undefined : { sparse: true }),
    });
    from = end;
  }
  return entries;
}
