import type { BlockBlobClient } from "@azure/storage-blob";
import { randomBytes } from "node:crypto";

import { delayAbort } from "./abort-grace.ts";

/** What is larger goes up in blocks, so that the request that gives the name is always small. */
const largestSingleBytes = 256 * 1024;
const blockBytes = 4 * 1024 * 1024;
const blocksInFlight = 4; // test/bench: more gained nothing on loopback
const ifAbsent = { conditions: { ifNoneMatch: "*" } };

/** Uploads under a name that must be absent. After the signal aborted, no name is given. */
export async function uploadBlob(
  blob: BlockBlobClient,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (bytes.length <= largestSingleBytes) {
    const copy = Buffer.from(bytes); // the caller may change its own once its signal aborted
    await nameBytes(signal, (late) =>
      blob.upload(copy, copy.length, { ...ifAbsent, abortSignal: late }),
    );
    return;
  }
  const blockIds = await stageBlocks(blob, bytes, signal);
  signal?.throwIfAborted();
  await nameBytes(signal, (late) =>
    blob.commitBlockList([...blockIds], { ...ifAbsent, abortSignal: late }),
  );
}

/** The small request that gives bytes their name is not broken off: its answer says whether it did. */
async function nameBytes(
  signal: AbortSignal | undefined,
  request: (late: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const late = delayAbort(signal);
  try {
    await request(late.signal);
  } finally {
    late.release();
  }
}

/** Several blocks at a time; the first failure ends the others. */
async function stageBlocks(
  blob: BlockBlobClient,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  // Blocks of two writers of one name share a room until one of them commits: never the same id.
  const writer = randomBytes(12);
  const count = Math.ceil(bytes.length / blockBytes);
  const ids = Array.from({ length: count }, (_, index) => blockId(writer, index));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const part = bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
      const body = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      await blob.stageBlock(ids[index] ?? "", body, body.length, { abortSignal: stop });
    }
  };
  const workers = Array.from({ length: Math.min(blocksInFlight, count) }, work);
  try {
    await Promise.all(workers);
    return ids;
  } catch (error) {
    failed.abort();
    await Promise.allSettled(workers);
    throw error;
  }
}

function blockId(writer: Buffer, index: number): string {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(index);
  return Buffer.concat([writer, number]).toString("base64");
}
