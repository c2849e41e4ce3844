import type { TreeRecord } from "../format/tree-format.ts";
import type { SourceEntry } from "../source.ts";
import type { PendingFile } from "./file-batcher.ts";

/** The record to store; undefined when the content could not be read. */
export function toRecord(
  entry: SourceEntry,
  pending: PendingFile | undefined,
): TreeRecord | undefined {
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

const noChunks: Buffer = Buffer.alloc(0);
