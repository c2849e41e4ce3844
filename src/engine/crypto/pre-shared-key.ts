import { randomBytes } from "node:crypto";
import { AppError } from "../../base/errors.ts";
import { objectKind, openSmall, sealSmall } from "./aead.ts";
import { deriveKey, deriveSecretKey, isSameBytes, joinFields } from "./derive.ts";

/**
 * Wrapping with a key both sides know. Bytes: magic "HFPS", u8 version 1, salt of 32, commitment of 32 to the
 * pre-shared key, then AES-256-GCM of the secret and its tag of 16.
 */
const magic = Buffer.from("HFPS");
const version = 1;
const saltBytes = 32;
const commitmentBytes = 32;
const headerBytes = magic.length + 1 + saltBytes + commitmentBytes;

/** Whether wrapped bytes are of this kind. */
export function isPreSharedWrap(wrapped: Uint8Array): boolean {
  return magic.equals(wrapped.subarray(0, magic.length));
}

/** The bytes of a pre-shared key; throws `InvalidEncryptionKey` unless it is 16 to 1024 bytes in base64. */
export function readPreSharedKey(keyBase64: string): Buffer {
  const key = Buffer.from(keyBase64, "base64");
  if (key.length < 16 || key.length > 1024) {
    throw new AppError(
      "InvalidEncryptionKey",
      "The pre-shared key is not usable: give 16 to 1024 bytes in base64",
    );
  }
  return key;
}

/** Name of a pre-shared key that does not tell it: lower-case hex. */
export function preSharedKeyIdOf(key: Uint8Array): string {
  return deriveKey(key, new Uint8Array(0), "holdfast pre-shared key id v1", 32).toString("hex");
}

/** Seals the secret to the pre-shared key and the binding. The salt makes the wrapping key a fresh one. */
export function sealToPreSharedKey(
  secret: Uint8Array,
  key: Uint8Array,
  binding: Uint8Array,
  salt: Uint8Array = randomBytes(saltBytes),
): Buffer {
  const header = Buffer.concat([magic, Buffer.from([version]), salt, commitTo(key, salt)]);
  const aad = joinFields(header, binding);
  return Buffer.concat([
    header,
    sealSmall(wrappingKeyOf(key, salt), objectKind.wrap, 0, aad, secret),
  ]);
}

/** Opens it again; throws `DecryptionKeyMismatch` for another key and `CannotOpen` for anything else. */
export function openWithPreSharedKey(
  wrapped: Uint8Array,
  key: Uint8Array,
  binding: Uint8Array,
): Buffer {
  if (wrapped.length < headerBytes || !isPreSharedWrap(wrapped)) throw cannotOpen();
  if (wrapped[magic.length] !== version) {
    throw new AppError(
      "UnsupportedFormat",
      `The wrapped key is of version "${wrapped[magic.length]}", not "${version}": use a newer program`,
    );
  }
  const salt = wrapped.subarray(magic.length + 1, magic.length + 1 + saltBytes);
  const commitment = wrapped.subarray(headerBytes - commitmentBytes, headerBytes);
  if (!isSameBytes(commitTo(key, salt), commitment)) {
    throw new AppError(
      "DecryptionKeyMismatch",
      "The key was wrapped to another pre-shared key, or was altered: give the one it was made with",
    );
  }
  const aad = joinFields(wrapped.subarray(0, headerBytes), binding);
  const sealed = wrapped.subarray(headerBytes);
  return openSmall(wrappingKeyOf(key, salt), objectKind.wrap, 0, aad, sealed);
}

function wrappingKeyOf(key: Uint8Array, salt: Uint8Array): ReturnType<typeof deriveSecretKey> {
  return deriveSecretKey(key, salt, "holdfast pre-shared key wrap v1");
}

function commitTo(key: Uint8Array, salt: Uint8Array): Buffer {
  return deriveKey(key, salt, "holdfast pre-shared key commitment v1", commitmentBytes);
}

function cannotOpen(): AppError {
  return new AppError("CannotOpen", "Cannot open a wrapped key: it is not whole or was altered");
}
