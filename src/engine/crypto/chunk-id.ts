import { createHmac, type KeyObject } from "node:crypto";

/** Name of a chunk: HMAC-SHA-256, first 16 bytes. Equal content has equal names under one key only. */
export function chunkId(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac("sha256", key).update(bytes).digest().subarray(0, 16);
}
