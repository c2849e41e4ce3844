import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** An object to hash, from its file or from its bytes. */
export interface HashJob {
  readonly job: number;
  readonly localPath?: string;
  readonly bytes?: Uint8Array;
}

export interface HashOutcome {
  readonly job: number;
  readonly hash: string;
  readonly bytes: number;
  /** Set when the file could not be read. */
  readonly fault?: string;
}

let buffer: Buffer | undefined;

export function hashObject(job: HashJob): HashOutcome {
  const hash = createHash("sha256");
  if (job.bytes !== undefined)
    return { job: job.job, hash: hash.update(job.bytes).digest("hex"), bytes: job.bytes.length };
  buffer ??= Buffer.allocUnsafeSlow(1024 * 1024);
  let bytes = 0;
  try {
    const file = openSync(job.localPath ?? "", "r");
    try {
      for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
        hash.update(buffer.subarray(0, count));
        bytes += count;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return { job: job.job, hash: "", bytes, fault: (error as NodeJS.ErrnoException).code ?? "EIO" };
  }
  return { job: job.job, hash: hash.digest("hex"), bytes };
}
