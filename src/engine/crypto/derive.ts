import { createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from "node:crypto";
import { AppError } from "../../base/errors.ts";

/** HKDF-SHA-256. `info` names the one purpose of the derived bytes. */
export function deriveKey(
  secret: KeyObject | Uint8Array,
  salt: Uint8Array,
  info: string,
  length: number,
): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}

/** As {@link deriveKey}, as a key for AES-256 or HMAC. */
export function deriveSecretKey(
  secret: KeyObject | Uint8Array,
  salt: Uint8Array,
  info: string,
): KeyObject {
  const bytes = deriveKey(secret, salt, info, 32);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** Commits to a key without telling it: checked before anything is decrypted with the key. */
export function commitmentOf(key: KeyObject | Uint8Array): Buffer {
  return deriveKey(key, new Uint8Array(0), "holdfast key commitment v1", 32);
}

/** Whether the commitment is that of the key, in constant time. */
export function checkCommitment(key: KeyObject | Uint8Array, commitment: Uint8Array): boolean {
  return isSameBytes(commitmentOf(key), commitment);
}

/** Compares in a time that depends on the lengths only. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Fields one after another, each as u32 length and bytes (texts as UTF-8, numbers as u64, all big-endian):
 * no two lists of fields join to the same bytes.
 */
export function joinFields(...fields: readonly (Uint8Array | string | number)[]): Buffer {
  const parts = fields.map(toBytes);
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

function toBytes(field: Uint8Array | string | number): Uint8Array {
  if (typeof field === "string") return Buffer.from(field, "utf8");
  if (typeof field !== "number") return field;
  if (!Number.isSafeInteger(field) || field < 0) {
    throw new AppError("Internal", `Not a number that can be joined: "${field}"`);
  }
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(field));
  return bytes;
}
