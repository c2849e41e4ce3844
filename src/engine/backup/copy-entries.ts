import { ByteWriter } from "../format/byte-writer.ts";
import { pagedFlag, recordAt, sparseFlag, unstableFlag } from "../format/tree-format.ts";
import { chunkReferenceBytes } from "../format/limits.ts";
import type { PackedEntries } from "../packed-entries.ts";
import type { EntriesResult, FileResult, FileTask, UnreadableFile } from "./messages.ts";

/** Records of a batch of tiny files; of others they are larger, and the buffer grows. */
const recordsBytes = 64 * 1024;

/**
 * Copies the content of a run of files, directories and symlinks and makes their tree records. A packed entry is its
 * record up to the name: no object is made for one, and one message answers for all of them.
 */
export function copyEntries(
  batch: PackedEntries,
  readFile: (task: FileTask) => FileResult,
): EntriesResult & { readonly records: Uint8Array<ArrayBuffer> } {
  const records = new ByteWriter(recordsBytes);
  const unreadable: UnreadableFile[] = [];
  const counts = { files: 0, directories: 0, otherEntries: 0, bytes: 0, newBytes: 0 };
  for (let at = 0; at < batch.bytes.length; at = batch.after(at)) {
    const type = batch.type(at);
    if (type === "directory") {
      addRecord(batch, at, records);
      counts.directories += 1;
    } else if (type === "symlink") {
      const target = batch.linkTarget(at);
      addRecord(batch, at, records, (out) => out.u32(target.length).bytes(target));
      counts.otherEntries += 1;
    } else {
      const found = batch.size(at) === 0 ? emptyFile : readFile(taskOf(batch, at));
      if (found.error === undefined) {
        addFile(batch, at, found, records);
        counts.files += 1;
        counts.bytes += found.bytes;
        counts.newBytes += found.newBytes;
      } else unreadable.push({ path: batch.path(at), ...found.error });
    }
  }
  // Given away with the message: not a part of a pool that others use.
  return { ...counts, records: new Uint8Array(records.view()), unreadable };
}

const emptyFile: FileResult = {
  chunks: new Uint8Array(0),
  bytes: 0,
  newBytes: 0,
  changed: false,
};

function taskOf(batch: PackedEntries, at: number): FileTask {
  const { bytes } = batch;
  return {
    path: batch.localPath(at),
    offset: 0,
    length: batch.size(at),
    paged: ((bytes[at + recordAt.flags] as number) & pagedFlag) !== 0,
    mtimeNs: bytes.readBigInt64LE(at + recordAt.mtime),
    ctimeNs: bytes.readBigInt64LE(at + recordAt.ctime),
  };
}

function addFile(batch: PackedEntries, at: number, found: FileResult, out: ByteWriter): void {
  const start = out.length;
  const { chunks, bytes, changed } = found;
  addRecord(batch, at, out, () => out.u32(chunks.length / chunkReferenceBytes).bytes(chunks));
  out.patchU32(start + recordAt.size, bytes % 0x1_0000_0000);
  out.patchU32(start + recordAt.size + 4, Math.floor(bytes / 0x1_0000_0000));
  if (changed) out.patchU8(start + recordAt.flags, flagsOf(batch, at) | unstableFlag);
}

/** The record of the entry at `at`; `addContent` writes what stands behind the name. */
function addRecord(
  batch: PackedEntries,
  at: number,
  out: ByteWriter,
  addContent?: (out: ByteWriter) => void,
): void {
  const start = out.length;
  const { bytes } = batch;
  const nameEnd = at + recordAt.name + bytes.readUInt16LE(at + recordAt.nameLength);
  out.bytes(bytes.subarray(at, nameEnd)).patchU8(start + recordAt.flags, flagsOf(batch, at));
  addContent?.(out);
  out.patchU32(start, out.length - start - 4);
}

/** Those a record has; the others say what stands behind a packed entry. */
function flagsOf({ bytes }: PackedEntries, at: number): number {
  return (bytes[at + recordAt.flags] as number) & (sparseFlag | pagedFlag);
}
