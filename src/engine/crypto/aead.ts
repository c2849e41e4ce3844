import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { AppError } from "../../base/errors.ts";

/** What a message is: part of its nonce, so that messages of two kinds under one key never share one. */
export const objectKind = {
  block: 1,
  footer: 2,
  index: 3,
  manifest: 4,
  cache: 5,
  wrap: 6,
} as const;
export type ObjectKind = (typeof objectKind)[keyof typeof objectKind];

const tagBytes = 16;
const sliceBytes = 128 * 1024;

/** AES-256-GCM: writes ciphertext and tag into `out`, returns their length. */
export function sealBlock(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  plain: Uint8Array,
  out: Uint8Array,
): number {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(kind, number));
  cipher.setAAD(aad);
  let length = 0;
  for (let at = 0; at < plain.length; at += sliceBytes) {
    const part = cipher.update(plain.subarray(at, at + sliceBytes));
    out.set(part, length);
    length += part.length;
  }
  cipher.final();
  out.set(cipher.getAuthTag(), length);
  return length + tagBytes;
}

/** Opens what `sealBlock` made into `out`; `CannotOpen` whatever was wrong. */
export function openBlock(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  sealed: Uint8Array,
  out: Uint8Array,
): number {
  if (sealed.length < tagBytes) throw cannotOpen();
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(kind, number), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  let length = 0;
  for (let at = 0; at < end; at += sliceBytes) {
    const part = decipher.update(sealed.subarray(at, Math.min(end, at + sliceBytes)));
    out.set(part, length);
    length += part.length;
  }
  try {
    decipher.final();
  } catch {
    throw cannotOpen();
  }
  return length;
}

export function sealSmall(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  plain: Uint8Array,
): Buffer {
  const out = Buffer.allocUnsafe(plain.length + tagBytes);
  sealBlock(key, kind, number, aad, plain, out);
  return out;
}

export function openSmall(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  sealed: Uint8Array,
): Buffer {
  const out = Buffer.allocUnsafe(Math.max(0, sealed.length - tagBytes));
  openBlock(key, kind, number, aad, sealed, out);
  return out;
}

function nonceOf(kind: ObjectKind, number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(kind, 0);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

function cannotOpen(): AppError {
  return new AppError(
    "CannotOpen",
    "Cannot open an encrypted object: the key is not the right one or the object was altered",
  );
}
