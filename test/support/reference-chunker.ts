import { createCipheriv, hkdfSync } from "node:crypto";
import type { ChunkerParameters } from "../../src/engine/chunker.ts";

/** Chunk ends straight from the words of specs/repository-format-chunking.md: slow, and written to be read. */
export function cutByReference(
  seed: Uint8Array,
  parameters: ChunkerParameters,
  input: Uint8Array,
): number[] {
  const gear = new BigUint64Array(
    hkdfSync("sha256", seed, "", "holdfast chunker gear table 1", 2048),
  );
  const ends: number[] = [];
  for (let start = 0; start < input.length; start = ends.at(-1) as number) {
    ends.push(start + firstChunkBytes(gear, parameters, input.subarray(start)));
  }
  return ends;
}

/** Chunk ends as the chunker under test finds them when its window is fed in steps of the given sizes. */
export function cutByFeeding(
  chunker: { memory: Buffer; cut(from: number, to: number, isLast: boolean): number },
  input: Uint8Array,
  stepSizes: readonly number[],
): number[] {
  const ends: number[] = [];
  let read = 0;
  let filled = 0;
  for (let step = 0; read < input.length; step++) {
    const wanted = stepSizes[step % stepSizes.length] ?? input.length;
    const count = Math.min(wanted, input.length - read, chunker.memory.length - filled);
    chunker.memory.set(input.subarray(read, read + count), filled);
    read += count;
    filled += count;
    let from = 0;
    for (let end = chunker.cut(from, filled, read === input.length); end > 0;) {
      ends.push(read - filled + end);
      from = end;
      end = chunker.cut(from, filled, read === input.length);
    }
    chunker.memory.copyWithin(0, from, filled);
    filled -= from;
  }
  return ends;
}

/** Bytes that look random and are the same everywhere: the AES-256-CTR key stream of 32 equal key bytes. */
export function makeKeyStream(keyByte: number, length: number): Buffer {
  const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32, keyByte), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

function firstChunkBytes(
  gear: BigUint64Array,
  { minBytes, averageBytes, maxBytes }: ChunkerParameters,
  bytes: Uint8Array,
): number {
  const bits = Math.log2(averageBytes);
  let hash = 0n;
  for (let size = 1; size <= Math.min(bytes.length, maxBytes); size++) {
    hash = BigInt.asUintN(64, hash * 2n + (gear[bytes[size - 1] as number] as bigint));
    const zeroBits = size <= averageBytes * 0.75 ? bits + 2 : bits - 2;
    if (size >= minBytes && hash < 2n ** BigInt(64 - zeroBits)) return size;
  }
  return Math.min(bytes.length, maxBytes);
}
