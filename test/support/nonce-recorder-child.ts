import crypto from "node:crypto";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Loaded before everything else in every thread of a process: notes the hash of the key and the nonce of each
 * message that is sealed, one line each, in the file that NONCE_LOG names.
 */
const file = process.env["NONCE_LOG"] ?? "";
const original = crypto.createCipheriv as (...values: unknown[]) => unknown;

function createCipheriv(
  algorithm: string,
  key: unknown,
  nonce: Uint8Array,
  ...more: unknown[]
): unknown {
  const bytes = key instanceof crypto.KeyObject ? key.export() : (key as Uint8Array);
  const keyName = crypto.createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  appendFileSync(file, `${algorithm} ${keyName} ${Buffer.from(nonce).toString("hex")}\n`);
  return original(algorithm, key, nonce, ...more);
}

Object.assign(crypto, { createCipheriv });
syncBuiltinESMExports();
