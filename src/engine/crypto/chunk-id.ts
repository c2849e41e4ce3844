import { createHmac, hash, type KeyObject } from "node:crypto";
import { chunkIdBytes } from "../format/limits.ts";
import type { Suite } from "../format/suite.ts";
import { createKeyedBlake3 } from "./keyed-blake3.ts";
import { hasNativeBlake3 } from "./load-blake3.ts";

/** Gives the name of a chunk: it lasts until the next call. */
export type ChunkNamer = (bytes: Uint8Array) => Buffer;

/**
 * As `ChunkNamer`, for the chunk `memory[from, to)` that has at least `nameRoomBytes` before it: they are written to and
 * put back, so that nothing is copied.
 */
export type PlacedNamer = (memory: Buffer, from: number, to: number) => Buffer;

/** What a `PlacedNamer` needs before a chunk. */
export const nameRoomBytes = 64;

/** The suite of a repository made here: BLAKE3 is three times as fast as SHA-256 where it is compiled. */
export function bestSuite(): Suite {
  return hasNativeBlake3() ? 3 : 1;
}

/**
 * The name of a chunk is the first 16 bytes of its keyed hash, HMAC-SHA-256 or BLAKE3 by the suite: equal content has equal
 * names under one key only.
 */
export function createChunkNamer(suite: Suite, key: KeyObject): ChunkNamer {
  return suite === 1 ? createHmacNamer(key) : createBlake3Namer(key);
}

/** Names like those of {@link createChunkNamer}. */
export function createPlacedNamer(suite: Suite, key: KeyObject): PlacedNamer {
  return suite === 1 ? createPlacedHmacNamer(key) : placeless(createBlake3Namer(key));
}

function createBlake3Namer(key: KeyObject): ChunkNamer {
  const name = Buffer.alloc(chunkIdBytes);
  const digestOf = createKeyedBlake3(key.export());
  return (bytes) => {
    name.write(digestOf(bytes), 0, chunkIdBytes, "hex");
    return name;
  };
}

/** For a namer that needs no room before a chunk. */
function placeless(nameOf: ChunkNamer): PlacedNamer {
  return (memory, from, to) => nameOf(memory.subarray(from, to));
}

/**
 * A Hmac object costs more than hashing a few KiB: for those HMAC is put together from two hashes of one call each, as RFC
 * 2104 defines it. Digests are taken as text, which costs less than a Buffer each, and half of the time of a tiny chunk.
 */
function createHmacNamer(key: KeyObject): ChunkNamer {
  const pads = createPads(key);
  if (pads === undefined) return createPlainNamer(key);
  const nameOf = createPadNamer(pads);
  const plainNameOf = createPlainNamer(key);
  const memory = Buffer.alloc(blockBytes + fewBytes);
  return (bytes) => {
    if (bytes.length > fewBytes) return plainNameOf(bytes);
    memory.set(bytes, blockBytes);
    return nameOf(memory, blockBytes, blockBytes + bytes.length);
  };
}

function createPlacedHmacNamer(key: KeyObject): PlacedNamer {
  const pads = createPads(key);
  return pads === undefined ? placeless(createPlainNamer(key)) : createPadNamer(pads);
}

interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** What HMAC hashes before the bytes and before their hash; undefined for a key that it would hash first. */
function createPads(key: KeyObject): Pads | undefined {
  const secret = key.export();
  if (secret.length > blockBytes) return undefined;
  const pad = (filler: number): Buffer => {
    const bytes = Buffer.alloc(blockBytes, filler);
    secret.forEach((byte, at) => {
      bytes[at] = byte ^ filler;
    });
    return bytes;
  };
  return { inner: pad(0x36), outer: pad(0x5c) };
}

function createPadNamer({ inner, outer: outerPad }: Pads): PlacedNamer {
  const name = Buffer.alloc(chunkIdBytes);
  const kept = Buffer.alloc(blockBytes);
  const outer = Buffer.concat([outerPad, Buffer.alloc(digestBytes)]);
  return (memory, from, to) => {
    const start = from - blockBytes;
    memory.copy(kept, 0, start, from);
    inner.copy(memory, start);
    try {
      outer.write(hash("sha256", memory.subarray(start, to), "binary"), blockBytes, "latin1");
    } finally {
      kept.copy(memory, start);
    }
    name.write(hash("sha256", outer, "binary"), 0, chunkIdBytes, "latin1");
    return name;
  };
}

function createPlainNamer(key: KeyObject): ChunkNamer {
  const name = Buffer.alloc(chunkIdBytes);
  return (bytes) => {
    const digest = createHmac("sha256", key).update(bytes).digest("binary");
    name.write(digest, 0, chunkIdBytes, "latin1");
    return name;
  };
}

/** Of SHA-256: what it takes in at once, and gives. */
const blockBytes: number = nameRoomBytes;
const digestBytes = 32;
/** Larger chunks are not copied to be hashed. */
const fewBytes: number = 16 * 1024;
