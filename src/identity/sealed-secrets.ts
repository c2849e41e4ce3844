import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { AppError } from "../base/errors.ts";
import { createKeyFile, readKeyFile, unusableFile } from "./sealing-key-file.ts";

/** Seals the secrets of the service's state, so that who takes the state alone learns none. */
export interface SecretSealer {
  /** Ciphertext of a text, bound to a label that says whose secret it is. */
  seal(text: string, label: string): string;
  /** The text again; `SecretUnavailable` under another key or label, or when it was altered. */
  unseal(sealed: string, label: string): string;
}

const prefix = "hfs1";
const keyBytes = 32;
const saltBytes = 32;
const tagBytes = 16;
const sealedPattern = /^hfs1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22,})$/;
const algorithm = "aes-256-gcm";
// Each message has a key of its own, from a salt of 256 bits: the nonce may be constant.
const nonce = Buffer.alloc(12);

/**
 * Reads the sealing keys from a file, or makes the file (mode 0600) when there is none. The last line seals; lines
 * above it still unseal, so a key is replaced by adding a line. Throws `InvalidConfiguration` for a link, a file that
 * others may read or that belongs to somebody else, and for one that holds no keys.
 */
export function openSealingKey(file: string): SecretSealer {
  const text =
    readKeyFile(file) ?? createKeyFile(file, `${randomBytes(keyBytes).toString("base64")}\n`);
  const keys = text
    .trim()
    .split(/\s+/)
    .map((line) => Buffer.from(line, "base64"));
  if (keys.some(({ length }) => length !== keyBytes)) {
    throw unusableFile(
      file,
      `it does not hold base64 of ${keyBytes} bytes a line: bring back the right file, without it no stored secret opens`,
    );
  }
  return createSealer(...keys);
}

/** A sealer for keys of 32 bytes: the last one seals, all unseal. */
export function createSealer(...keys: readonly Uint8Array[]): SecretSealer {
  const byId = new Map(keys.map((key) => [idOf(key), createSecretKey(key)]));
  const newest = [...byId].at(-1);
  if (newest === undefined) throw new AppError("Internal", "A sealer without a key");
  const [id, key] = newest;
  return {
    seal: (text, label) => sealText(id, key, text, label),
    unseal: (sealed, label) => {
      const [, foundId, salt, body] = sealedPattern.exec(sealed) ?? [];
      if (foundId === undefined || salt === undefined || body === undefined) {
        throw unavailable("is not in a form that this program knows");
      }
      const found = byId.get(foundId);
      if (found === undefined) {
        throw unavailable(`was sealed under key "${foundId}", and the newest present is "${id}"`);
      }
      return openText(found, sealed, salt, body, label);
    },
  };
}

function sealText(id: string, key: KeyObject, text: string, label: string): string {
  const salt = randomBytes(saltBytes);
  const header = `${prefix}.${id}.${salt.toString("base64url")}.`;
  const cipher = createCipheriv(algorithm, messageKeyOf(key, salt), nonce);
  cipher.setAAD(Buffer.from(header + label));
  const body = [cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  return header + Buffer.concat(body).toString("base64url");
}

function openText(
  key: KeyObject,
  sealed: string,
  salt: string,
  body: string,
  label: string,
): string {
  const bytes = Buffer.from(body, "base64url");
  const messageKey = messageKeyOf(key, Buffer.from(salt, "base64url"));
  const decipher = createDecipheriv(algorithm, messageKey, nonce, { authTagLength: tagBytes });
  // The header is of fixed length, so header and label cannot be told apart in two ways.
  decipher.setAAD(Buffer.from(sealed.slice(0, -body.length) + label));
  try {
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = [decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()];
    return Buffer.concat(text).toString("utf8");
  } catch {
    throw unavailable("was altered or belongs to something else");
  }
}

function messageKeyOf(key: KeyObject, salt: Uint8Array): KeyObject {
  return createSecretKey(
    Buffer.from(hkdfSync("sha256", key, salt, "holdfast sealed secret v1", keyBytes)),
  );
}

function idOf(key: Uint8Array): string {
  const hash = createHash("sha256").update("holdfast sealing key id v1").update(key);
  return hash.digest("hex").slice(0, 16);
}

function unavailable(fault: string): AppError {
  return new AppError(
    "SecretUnavailable",
    `A stored secret cannot be opened, it ${fault}: bring back the sealing key file, or enter the secret again`,
  );
}
