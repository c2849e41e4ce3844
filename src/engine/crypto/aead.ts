import {
  createCipheriv,
  createDecipheriv,
  type CipherGCM,
  type DecipherGCM,
  type KeyObject,
} from "node:crypto";
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

const algorithm = "aes-256-gcm";
const tagBytes = 16;
// Of a message, passed through at once: a whole block.
const sliceBytes = 1024 * 1024;

/**
 * Seals one whole message with AES-256-GCM: writes ciphertext and tag into `out`, returns their length.
 * A kind and number may be used once under a key: their pair is the nonce.
 */
export function sealBlock(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  plain: Uint8Array,
  out: Uint8Array,
): number {
  if (out.length < plain.length + tagBytes) {
    throw new AppError("Internal", "No room for a sealed message and its tag");
  }
  const cipher = createCipheriv(algorithm, key, nonceOf(kind, number), { authTagLength: tagBytes });
  cipher.setAAD(aad);
  const length = passThrough(cipher, plain, out);
  cipher.final();
  out.set(cipher.getAuthTag(), length);
  return length + tagBytes;
}

/**
 * Opens what {@link sealBlock} made into `out` and returns the length. Whatever is wrong, the error is
 * `CannotOpen` and no byte of the unproved content is left in `out`.
 */
export function openBlock(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  sealed: Uint8Array,
  out: Uint8Array,
): number {
  const length = sealed.length - tagBytes;
  if (length < 0 || out.length < length) throw cannotOpen();
  const decipher = createDecipher(key, kind, number, aad, sealed.subarray(length));
  passThrough(decipher, sealed.subarray(0, length), out);
  try {
    endOrRefuse(decipher);
  } catch (error) {
    out.fill(0, 0, length);
    throw error;
  }
  return length;
}

/**
 * As {@link openBlock}, but shows the content to `use` where it came out, and gives back what that returns. The bytes are
 * gone when it returns.
 */
export function withOpenedBlock<T>(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  sealed: Uint8Array,
  use: (content: Buffer) => T,
): T {
  const length = sealed.length - tagBytes;
  if (length < 0) throw cannotOpen();
  const decipher = createDecipher(key, kind, number, aad, sealed.subarray(length));
  const content = decipher.update(sealed.subarray(0, length));
  try {
    endOrRefuse(decipher);
    return use(content);
  } finally {
    release(content);
  }
}

/** As {@link sealBlock}, into a buffer of its own. */
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

/** As {@link openBlock}, into a buffer of its own. */
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

function createDecipher(
  key: KeyObject,
  kind: ObjectKind,
  number: number,
  aad: Uint8Array,
  tag: Uint8Array,
): DecipherGCM {
  const options = { authTagLength: tagBytes };
  const decipher = createDecipheriv(algorithm, key, nonceOf(kind, number), options);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  return decipher;
}

function endOrRefuse(decipher: DecipherGCM): void {
  try {
    decipher.final();
  } catch {
    throw cannotOpen();
  }
}

function passThrough(
  cipher: Pick<CipherGCM, "update">,
  input: Uint8Array,
  out: Uint8Array,
): number {
  const target = Buffer.from(out.buffer, out.byteOffset, out.byteLength);
  for (let at = 0; at < input.length; at += sliceBytes) {
    const part = cipher.update(input.subarray(at, at + sliceBytes));
    // Neither `set` nor `copy`: into shared memory, where packs are built, those move byte by byte.
    target.fill(part, at, at + part.length);
    release(part);
  }
  return input.length;
}

/**
 * A cipher gives back fresh memory each time, freed when V8 collects it: until then tens of MiB pile up in each thread,
 * all of it cold. Freed here it serves the next message again.
 */
function release({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}

/** u8 kind, three zero bytes, u64 number: distinct for every pair. */
function nonceOf(kind: ObjectKind, number: number): Buffer {
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new AppError("Internal", `Not a message number: "${number}"`);
  }
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
