import { closeSync, openSync, readSync } from "node:fs";
import { createNameHash } from "../crypto/name-hash.ts";
import type { Suite } from "../format/suite.ts";

/** An object to hash, from its file or from its bytes. */
export interface HashJob {
  readonly job: number;
  /** Says with the suite of the repository how it is hashed. */
  readonly name: string;
  readonly suite: Suite;
  readonly localPath?: string;
  readonly bytes?: Uint8Array;
}

export interface HashOutcome {
  readonly job: number;
  /** 64 hex digits. */
  readonly hash: string;
  readonly bytes: number;
  /** Set when the file could not be read. */
  readonly fault?: string;
}

let buffer: Buffer | undefined;

export function hashObject(job: HashJob): HashOutcome {
  const hash = createNameHash(job.name, job.suite);
  if (job.bytes !== undefined) {
    hash.update(job.bytes);
    return { job: job.job, hash: hash.digest(), bytes: job.bytes.length };
  }
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
  return { job: job.job, hash: hash.digest(), bytes };
}
