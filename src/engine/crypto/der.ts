/**
 * The little of DER that CMS needs. The reader is strict: definite, shortest lengths and one-byte tags only,
 * every value within its parent, and nothing is read further than it is asked for, so depth is the caller's.
 */

/** Tag bytes as they stand in the encoding. */
export const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  /** Context tag around or instead of another, constructed. */
  context: (number: number): number => 0xa0 | number,
  /** Context tag instead of another, primitive. */
  contextPrimitive: (number: number): number => 0x80 | number,
} as const;

/** One value: its tag, its content, and the whole of its encoding. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Encodes a value from the parts of its content. */
export function encodeDer(tagByte: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tagByte]), encodeLength(content.length), content]);
}

/** Encodes an object identifier written with dots. */
export function encodeOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encodeDer(tag.oid, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

/** Encodes a SET OF: sorted, as DER wants it. */
export function encodeSet(tagByte: number, values: readonly Uint8Array[]): Buffer {
  return encodeDer(tagByte, ...values.toSorted((a, b) => Buffer.compare(a, b)));
}

/** Encodes an integer of 0 to 127. */
export function encodeSmallInteger(value: number): Buffer {
  return encodeDer(tag.integer, Buffer.from([value]));
}

/** Reads the values of one content, one after another. Throws a plain `Error` for anything it does not expect. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next value if it has this tag; undefined, and nothing is consumed, otherwise. */
  optional(tagByte: number): DerValue | undefined {
    return this.#bytes[this.#at] === tagByte ? this.next() : undefined;
  }

  /** The next value, which must have this tag. */
  expect(tagByte: number): DerValue {
    const value = this.optional(tagByte);
    if (value === undefined) throw new Error(`Expected DER tag ${tagByte}`);
    return value;
  }

  /** A reader of the content of the next value, which must have this tag. */
  enter(tagByte: number): DerReader {
    return new DerReader(this.expect(tagByte).content);
  }

  /** The next value must be this object identifier. */
  expectOid(oid: Uint8Array): void {
    if (!isEqual(this.expect(tag.oid).whole, oid)) throw new Error("Unexpected DER identifier");
  }

  /** The next value must be this small integer. */
  expectSmallInteger(value: number): void {
    const { content } = this.expect(tag.integer);
    if (content.length !== 1 || content[0] !== value) throw new Error("Unexpected DER integer");
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw new Error("Bytes after a DER value");
  }

  /** The next value, whatever it is. */
  next(): DerValue {
    const start = this.#at;
    const tagByte = this.#byte();
    if ((tagByte & 0x1f) === 0x1f) throw new Error("Long DER tag");
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("DER value is longer than its parent");
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag: tagByte, content, whole: this.#bytes.subarray(start, end) };
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new Error("DER length is open or too large");
    let length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (count - 1)) throw new Error("DER length is not shortest");
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error("DER value ends early");
    this.#at += 1;
    return byte;
  }
}

/** Whether two encodings are the same. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function toBase128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest % 128));
  }
  return bytes;
}
