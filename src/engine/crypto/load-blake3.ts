import { createRequire } from "node:module";
import type * as compiled from "@napi-rs/blake-hash";
import type * as portable from "@noble/hashes/blake3.js";

type Native = typeof compiled;
type Portable = typeof portable;

/** Either package is loaded when it is first needed: most commands never hash a chunk or a pack. */
const load = createRequire(import.meta.url);

/** Whether a compiled BLAKE3 is installed. */
export function hasNativeBlake3(): boolean {
  return findNativeBlake3() !== undefined;
}

let found: { readonly native: Native | undefined } | undefined;

/** The compiled BLAKE3; undefined where none is installed. */
export function findNativeBlake3(): Native | undefined {
  found ??= { native: loadNative() };
  return found.native;
}

/** BLAKE3 in JavaScript, which gives the same digests at a hundredth of the speed. */
export function loadPortableBlake3(): Portable {
  return load("@noble/hashes/blake3.js") as Portable;
}

/** The package throws when it has nothing for this platform, or when npm was told to leave that out. */
function loadNative(): Native | undefined {
  try {
    return load("@napi-rs/blake-hash") as Native;
  } catch {
    return undefined;
  }
}
