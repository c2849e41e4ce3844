import { createCipheriv } from "node:crypto";

const zeroBlock = Buffer.alloc(16);

/** AES-128-CMAC (RFC 4493) over the parts in a row. */
export function aesCmac(key: Buffer, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const isWhole = length > 0 && length % 16 === 0;
  const first = double(encryptBlock(key, zeroBlock));
  const lastLength = isWhole ? 16 : length % 16;
  const message = Buffer.concat(parts, length);
  const last = Buffer.alloc(16);
  last.set(message.subarray(length - lastLength));
  if (!isWhole) last[lastLength] = 0x80;
  const mask = isWhole ? first : double(first);
  // All blocks but the last by one pass of CBC: its last block is the chaining value.
  const head = message.subarray(0, length - lastLength);
  const cbc = createCipheriv("aes-128-cbc", key, zeroBlock).setAutoPadding(false);
  const chain = head.length === 0 ? zeroBlock : cbc.update(head).subarray(-16);
  return encryptBlock(
    key,
    last.map((byte, at) => byte ^ (mask[at] ?? 0) ^ (chain[at] ?? 0)),
  );
}

function encryptBlock(key: Buffer, block: Uint8Array): Buffer {
  return createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block);
}

/** Doubling in GF(2^128). */
function double(block: Buffer): Buffer {
  const carry = (block[0] ?? 0) & 0x80;
  const doubled = Buffer.from(block.map((byte, at) => (byte << 1) | ((block[at + 1] ?? 0) >> 7)));
  if (carry !== 0) doubled[15] = (doubled[15] ?? 0) ^ 0x87;
  return doubled;
}
