import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import type { CipherGCM, DecipherGCM } from "node:crypto";

import { aesCmac } from "./aes-cmac.ts";
import { ByteReader } from "./bytes.ts";
import { longestOwnedBytes } from "./frame-reader.ts";
import type { SessionKeys } from "./key-derivation.ts";
import { SmbError } from "./smb-error.ts";

const sealedMagic = 0x424d53fd;
const sealedHeaderBytes = 52;
const tagBytes = 16;
const signatureAt = 48;
const zeroSignature = Buffer.alloc(tagBytes);

export interface CipherKind {
  readonly name: "AES-128-CCM" | "AES-128-GCM" | "AES-256-CCM" | "AES-256-GCM";
  readonly keyBytes: 16 | 32;
  readonly nonceBytes: 11 | 12;
}

/** The ciphers of MS-SMB2 2.2.3.1.2 by their numbers. */
export const ciphers: ReadonlyMap<number, CipherKind> = new Map<number, CipherKind>([
  [1, { name: "AES-128-CCM", keyBytes: 16, nonceBytes: 11 }],
  [2, { name: "AES-128-GCM", keyBytes: 16, nonceBytes: 12 }],
  [3, { name: "AES-256-CCM", keyBytes: 32, nonceBytes: 11 }],
  [4, { name: "AES-256-GCM", keyBytes: 32, nonceBytes: 12 }],
]);

/** The signing algorithms we accept by their numbers (2.2.3.1.7); HMAC-SHA-256 is not for 3.1.1. */
export const signings: ReadonlyMap<number, SigningKind> = new Map<number, SigningKind>([
  [1, "AES-CMAC"],
  [2, "AES-GMAC"],
]);

export type SigningKind = "AES-CMAC" | "AES-GMAC";

/** Writes the signature into the header, which is the first part (MS-SMB2 3.1.4.1). */
export function signMessage(key: Buffer, kind: SigningKind, parts: readonly Buffer[]): void {
  const [header = zeroSignature] = parts;
  computeSignature(key, kind, header, parts).copy(header, signatureAt);
}

/** Throws `tampered` unless the server signed the message. */
export function verifySignature(key: Buffer, kind: SigningKind, message: Buffer): void {
  const header = Buffer.from(message.subarray(0, 64));
  const signature = message.subarray(signatureAt, signatureAt + tagBytes);
  zeroSignature.copy(header, signatureAt);
  const expected = computeSignature(key, kind, header, [header, message.subarray(64)]);
  if (!timingSafeEqual(signature, expected)) throw changed("its signature does not fit");
}

function computeSignature(
  key: Buffer,
  kind: SigningKind,
  header: Buffer,
  parts: readonly Buffer[],
): Buffer {
  if (kind === "AES-CMAC") return aesCmac(key, parts);
  // The nonce: the message's number, and whether the server sent it (3.1.4.1).
  const nonce = Buffer.alloc(12);
  header.copy(nonce, 0, 24, 32);
  nonce[8] = (header[16] ?? 0) & 1;
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  for (const part of parts) cipher.setAAD(part);
  cipher.final();
  return cipher.getAuthTag();
}

/** Encrypts what we send and opens what the server sends in one session (MS-SMB2 2.2.41). */
export class Sealer {
  readonly #kind: CipherKind;
  readonly #keys: SessionKeys;
  readonly #sessionId: bigint;
  #nonce = 0n;
  #lent = Buffer.alloc(0);

  constructor(kind: CipherKind, keys: SessionKeys, sessionId: bigint) {
    this.#kind = kind;
    this.#keys = keys;
    this.#sessionId = sessionId;
  }

  /** The sealed message in pieces, header first. */
  seal(parts: readonly Buffer[]): Buffer[] {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const header = Buffer.alloc(sealedHeaderBytes);
    header.writeUInt32LE(sealedMagic);
    header.writeBigUInt64LE(this.#nextNonce(), 20);
    header.writeUInt32LE(length, 36);
    header.writeUInt16LE(1, 42);
    header.writeBigUInt64LE(this.#sessionId, 44);
    const cipher = createCipheriv(
      algorithm(this.#kind),
      this.#keys.encryption,
      nonceOf(header, this.#kind),
      {
        authTagLength: tagBytes,
      },
    ) as CipherGCM;
    cipher.setAAD(header.subarray(20), { plaintextLength: length });
    // CCM takes its text in one piece only.
    const pieces = isCcm(this.#kind) ? [Buffer.concat(parts, length)] : parts.flatMap(slice);
    const sealed = pieces.map((piece) => cipher.update(piece));
    cipher.final();
    cipher.getAuthTag().copy(header, 4);
    return [header, ...sealed];
  }

  /** The message inside; `tampered` unless the server sealed it in this session. A long one is lent: see `FrameReader`. */
  open(message: Buffer): Buffer {
    const header = new ByteReader(message).slice(0, sealedHeaderBytes);
    const sealed = message.subarray(sealedHeaderBytes);
    const isOurs =
      header.readUInt32LE(36) === sealed.length &&
      header.readUInt16LE(42) === 1 &&
      header.readBigUInt64LE(44) === this.#sessionId;
    if (!isOurs) throw changed("its encryption header does not fit");
    const decipher = createDecipheriv(
      algorithm(this.#kind),
      this.#keys.decryption,
      nonceOf(header, this.#kind),
      {
        authTagLength: tagBytes,
      },
    ) as DecipherGCM;
    decipher.setAuthTag(header.subarray(4, 20));
    decipher.setAAD(header.subarray(20), { plaintextLength: sealed.length });
    try {
      const text = this.#decrypt(decipher, sealed);
      decipher.final();
      return text;
    } catch (error) {
      throw changed("it cannot be decrypted", error);
    }
  }

  /** A long text piece by piece into the same memory every time: nobody sees it before the last check. */
  #decrypt(decipher: DecipherGCM, sealed: Buffer): Buffer {
    if (sealed.length <= longestOwnedBytes || isCcm(this.#kind)) return decipher.update(sealed);
    if (this.#lent.length < sealed.length) this.#lent = Buffer.allocUnsafeSlow(sealed.length);
    let filled = 0;
    for (const piece of slice(sealed)) filled += decipher.update(piece).copy(this.#lent, filled);
    return this.#lent.subarray(0, filled);
  }

  /** A counter: never the same twice under one key. */
  #nextNonce(): bigint {
    this.#nonce += 1n;
    return this.#nonce;
  }
}

/** Ciphers give out fresh memory: small pieces of it are soon used again. */
function slice(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / sliceBytes);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * sliceBytes, (index + 1) * sliceBytes),
  );
}

const sliceBytes = 64 * 1024;

/** True when the bytes start as an encrypted message does. */
export function isSealed(message: Buffer): boolean {
  return message.length >= 4 && message.readUInt32LE() === sealedMagic;
}

function algorithm({ name }: CipherKind): "aes-128-gcm" {
  return name.toLowerCase() as "aes-128-gcm"; // the types of CCM differ, what happens does not
}

function isCcm({ nonceBytes }: CipherKind): boolean {
  return nonceBytes === 11;
}

function nonceOf(header: Buffer, { nonceBytes }: CipherKind): Buffer {
  return header.subarray(20, 20 + nonceBytes);
}

function changed(how: string, cause?: unknown): SmbError {
  const message = `A message of the server was changed or forged on its way: ${how}`;
  return new SmbError("tampered", message, { cause });
}
