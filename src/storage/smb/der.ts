import { nonsense } from "./smb-error.ts";

/** One DER element of the given tag around the parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), derLength(content.length), content]);
}

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
}

/** The elements that follow one another in the bytes; `tampered` when they do not fit. */
export function readDer(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const { length, size } = readLength(bytes, at + 1);
    const start = at + 1 + size;
    if (start + length > bytes.length) throw nonsense("a token that ends early");
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

function readLength(bytes: Buffer, at: number): { length: number; size: number } {
  const first = bytes[at] ?? 0x80;
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + 1 + count > bytes.length) {
    throw nonsense("a token of impossible length");
  }
  return { length: bytes.readUIntBE(at + 1, count), size: 1 + count };
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}
