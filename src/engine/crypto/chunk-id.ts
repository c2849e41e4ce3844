import { createHmac, hash, type KeyObject } from "node:crypto";
import { chunkIdBytes } from "../format/limits.ts";

/** Gives the name of a chunk: it lasts until the next call. */
export type ChunkNamer = (bytes: Uint8Array) => Buffer;

/**
 * The name of a chunk is HMAC-SHA-256, first 16 bytes: equal content has equal names under one key only. A Hmac object
 * costs more than hashing a few KiB: for those HMAC is put together from two hashes of one call each, as RFC 2104
 * defines it. Digests are taken as text, which costs less than a Buffer each, and half of the time of a tiny chunk.
 */
export function createChunkNamer(key: KeyObject): ChunkNamer {
  const name = Buffer.alloc(chunkIdBytes);
  const inner = Buffer.alloc(blockBytes + fewBytes, innerPad);
  const outer = Buffer.alloc(blockBytes + digestBytes, outerPad);
  // A longer key would be hashed first.
  const secret = key.export().subarray(0, blockBytes);
  const isOneBlock = key.symmetricKeySize === secret.length;
  secret.forEach((byte, at) => {
    inner[at] = byte ^ innerPad;
    outer[at] = byte ^ outerPad;
  });
  return (bytes) => {
    let digest: string;
    if (isOneBlock && bytes.length <= fewBytes) {
      inner.set(bytes, blockBytes);
      const whole = inner.subarray(0, blockBytes + bytes.length);
      outer.write(hash("sha256", whole, "binary"), blockBytes, "latin1");
      digest = hash("sha256", outer, "binary");
    } else digest = createHmac("sha256", key).update(bytes).digest("binary");
    name.write(digest, 0, chunkIdBytes, "latin1");
    return name;
  };
}

/** Of SHA-256: what it takes in at once, and gives. */
const blockBytes = 64;
const digestBytes = 32;
const innerPad = 0x36;
const outerPad = 0x5c;
/** Larger chunks are not copied to be hashed. */
const fewBytes: number = 16 * 1024;
