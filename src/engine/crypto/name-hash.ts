import { createHash } from "node:crypto";
import { parsePackName } from "../format/object-names.ts";
import type { Suite } from "../format/suite.ts";
import { findNativeBlake3, loadPortableBlake3 } from "./load-blake3.ts";

/** The hash that an object is named by, of bytes that come one piece after the other. */
export interface NameHash {
  update(bytes: Uint8Array): void;
  /** 32 bytes as lower-case hex. Call it once, last. */
  digest(): string;
}

/** For a pack of a repository of this suite: SHA-256 in suites 1 and 2, BLAKE3 without a key in suite 3. */
export function createPackHash(suite: Suite): NameHash {
  if (suite !== 3) return createSha256();
  return createNativeBlake3() ?? createPortableBlake3Hash();
}

/** For any object that is named by its hash in a repository of this suite: what is no pack is named by SHA-256. */
export function createNameHash(name: string, suite: Suite): NameHash {
  return parsePackName(name) === undefined ? createSha256() : createPackHash(suite);
}

/** BLAKE3 in JavaScript alone. */
export function createPortableBlake3Hash(): NameHash {
  const hash = loadPortableBlake3().blake3.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => Buffer.from(hash.digest()).toString("hex"),
  };
}

function createNativeBlake3(): NameHash | undefined {
  const native = findNativeBlake3();
  return native && hexHash(new native.Blake3Hasher());
}

function createSha256(): NameHash {
  return hexHash(createHash("sha256"));
}

interface HexHash {
  update(bytes: Uint8Array): unknown;
  digest(format: "hex"): string;
}

function hexHash(hash: HexHash): NameHash {
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
}
