import { hkdfSync, timingSafeEqual } from "node:crypto";

/** Commits to a key without telling it: checked before anything is decrypted with the key. */
export function commitmentOf(key: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", key, new Uint8Array(0), "holdfast key commitment v1", 32));
}

export function checkCommitment(key: Uint8Array, commitment: Uint8Array): boolean {
  const expected = commitmentOf(key);
  return expected.length === commitment.length && timingSafeEqual(expected, commitment);
}

/** Length-prefixed fields: no two lists of fields join to the same bytes. */
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
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(field));
  return bytes;
}
