import { AppError } from "../../base/errors.ts";
import { findNativeBlake3, loadPortableBlake3 } from "./load-blake3.ts";

/** Gives the digest of BLAKE3 in its keyed mode: 32 bytes as lower-case hex. */
export type KeyedBlake3 = (bytes: Uint8Array) => string;

/**
 * For a key of 32 bytes. Where no compiled BLAKE3 is installed, JavaScript gives the same digests at a hundredth of the
 * speed: what was written elsewhere can be restored everywhere.
 */
export function createKeyedBlake3(key: Buffer): KeyedBlake3 {
  const native = findNativeBlake3();
  if (native === undefined) return createPortableBlake3(key);
  requireKey(key);
  // One for all calls: to make one takes longer than to hash a KiB.
  const hasher = native.Blake3Hasher.newKeyed(key);
  return (bytes) => {
    hasher.reset();
    hasher.update(bytes);
    return hasher.digest("hex");
  };
}

/** As above in JavaScript alone. */
export function createPortableBlake3(key: Buffer): KeyedBlake3 {
  requireKey(key);
  const { blake3 } = loadPortableBlake3();
  return (bytes) => Buffer.from(blake3(bytes, { key })).toString("hex");
}

function requireKey(key: Buffer): void {
  if (key.length === keyBytes) return;
  throw new AppError(
    "InvalidArgument",
    `A BLAKE3 key has ${keyBytes} bytes, this one has ${key.length}`,
  );
}

const keyBytes = 32;
