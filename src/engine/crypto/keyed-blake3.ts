import { createRequire } from "node:module";
import type * as compiled from "@napi-rs/blake-hash";
import type * as portable from "@noble/hashes/blake3.js";
import { AppError } from "../../base/errors.ts";

/** Gives the digest of BLAKE3 in its keyed mode: 32 bytes as lower-case hex. */
export type KeyedBlake3 = (bytes: Uint8Array) => string;

type Native = typeof compiled;
type Portable = typeof portable;

/** Either package is loaded when it is first needed: most commands never hash a chunk. */
const load = createRequire(import.meta.url);

/**
 * For a key of 32 bytes. Where no compiled BLAKE3 is installed, JavaScript gives the same digests at a hundredth of the
 * speed: what was written elsewhere can be restored everywhere.
 */
export function createKeyedBlake3(key: Buffer): KeyedBlake3 {
  const native = findNative();
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
  const { blake3 } = load("@noble/hashes/blake3.js") as Portable;
  return (bytes) => Buffer.from(blake3(bytes, { key })).toString("hex");
}

/** Whether a compiled BLAKE3 is installed. */
export function hasNativeBlake3(): boolean {
  return findNative() !== undefined;
}

let found: { readonly native: Native | undefined } | undefined;

function findNative(): Native | undefined {
  found ??= { native: loadNative() };
  return found.native;
}

/** The package throws when it has nothing for this platform, or when npm was told to leave that out. */
function loadNative(): Native | undefined {
  try {
    return load("@napi-rs/blake-hash") as Native;
  } catch {
    return undefined;
  }
}

function requireKey(key: Buffer): void {
  if (key.length === keyBytes) return;
  throw new AppError(
    "InvalidArgument",
    `A BLAKE3 key has ${keyBytes} bytes, this one has ${key.length}`,
  );
}

const keyBytes = 32;
