import { isSafeName, recordAt } from "../format/tree-format.ts";
import { maxDepth, maxLinkTargetBytes } from "../format/limits.ts";
import type { PackedEntries } from "../packed-entries.ts";
import { batchBytes, batchFiles, segmentBytes } from "./file-batcher.ts";
import type { EntriesResult } from "./messages.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** A run of entries that went to a worker as they came; complete when their records are back. */
export class EntryRun {
  /** Entries in the run. */
  readonly count: number;
  readonly done: Promise<void>;
  result: EntriesResult | undefined;

  constructor(
    count: number,
    result: Promise<EntriesResult>,
    onResult: (found: EntriesResult) => void,
  ) {
    this.count = count;
    this.done = result.then((found) => {
      this.result = found;
      onResult(found);
    });
    // Whoever awaits sees the failure; nobody awaiting is no crash.
    this.done.catch(() => undefined);
  }
}

/** Hands the entries from `from` to `to` of a batch to a worker. Await the pool's `ready` first. */
export function startRun(
  pool: WorkerPool,
  batch: PackedEntries,
  range: EntryRange,
  onResult: (found: EntriesResult) => void,
): EntryRun {
  // A message carries the whole buffer a view lies in: the run gets one of its own.
  const entries = new Uint8Array(batch.bytes.subarray(range.from, range.to));
  return new EntryRun(range.count, pool.copyEntries(entries, batch.localRoot, range), onResult);
}

export interface EntryRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Of the files. */
  readonly bytes: number;
}

/** The entries from `from` on that one message can carry; none when the first one needs to be looked at by itself. */
export function findRun(
  batch: PackedEntries,
  from: number,
  take: (at: number) => void,
): EntryRange {
  let to = from;
  let count = 0;
  let bytes = 0;
  while (
    to < batch.bytes.length &&
    count < batchFiles &&
    bytes < batchBytes &&
    isForRun(batch, to)
  ) {
    take(to);
    bytes += batch.size(to);
    count += 1;
    to = batch.after(to);
  }
  return { from, to, count, bytes };
}

/** A large file is shared between workers, a hard link needs to know what became of its file, and no other type is common. */
function isForRun(batch: PackedEntries, at: number): boolean {
  const type = batch.type(at);
  if (batch.bytes.readUInt16LE(at + recordAt.depth) > maxDepth || !isSafeName(batch.name(at)))
    return false;
  if (type === "file") return batch.size(at) <= segmentBytes;
  return (
    type === "directory" ||
    (type === "symlink" && batch.linkTarget(at).length <= maxLinkTargetBytes)
  );
}
