import { AppError } from "../../base/errors.ts";

/** Reads bounded fields from bytes that may be hostile: every step past the end is `CorruptObject`. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #object: string;
  #position = 0;

  constructor(bytes: Uint8Array, object: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#object = object;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** u32 that must not exceed the bound. */
  count(bound: number, what: string): number {
    const value = this.u32();
    if (value > bound) throw this.corrupt(`claims ${value} ${what}, more than ${bound}`);
    return value;
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  /** A view, not a copy. */
  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  expect(magic: Uint8Array, what: string): void {
    if (!this.bytes(magic.length).equals(magic)) throw this.corrupt(`does not start as a ${what}`);
  }

  end(): void {
    if (this.remaining !== 0) throw this.corrupt(`has ${this.remaining} bytes after its end`);
  }

  corrupt(fault: string): AppError {
    return new AppError("CorruptObject", `Object "${this.#object}" ${fault}`, {
      target: this.#object,
    });
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.remaining)
      throw this.corrupt(`ends at byte ${this.#bytes.length}, inside a field`);
    this.#position = start + length;
    return start;
  }
}
