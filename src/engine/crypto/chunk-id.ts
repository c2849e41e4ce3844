import { createHmac, type KeyObject } from "node:crypto";

/** HMAC-SHA-256 truncated to 16 bytes. */
export function chunkId(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac("sha256", key).update(bytes).digest().subarray(0, 16);
}
