import { AppError } from "../../base/errors.ts";

/**
 * The algorithms of a repository, fixed when it is made: AES-256-GCM, HKDF-SHA-256, SHA-256, Ed25519, zstd, and as ids of
 * chunks 1: HMAC-SHA-256, 2 and 3: keyed BLAKE3; as names of packs 1 and 2: SHA-256, 3: BLAKE3.
 */
export type Suite = 1 | 2 | 3;

/** Throws `UnsupportedFormat`, naming the object, unless this program knows the suite it was found in. */
export function requireSuite(found: number, object: string): Suite {
  if (found === 1 || found === 2 || found === 3) return found;
  throw unknownSuite(found, object);
}

export function unknownSuite(found: number, object: string): AppError {
  return new AppError(
    "UnsupportedFormat",
    `Object "${object}" uses suite ${found}: a newer program is needed to read it`,
    { target: object },
  );
}
