/** Appends fields to a buffer that grows by doubling. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#bytes.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.#reserve(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#reserve(8);
    this.#bytes.writeBigUInt64LE(value, at);
    return this;
  }

  i64(value: bigint): this {
    const at = this.#reserve(8);
    this.#bytes.writeBigInt64LE(value, at);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Raw bytes kept as a latin1 string. */
  latin1(value: string): this {
    const at = this.#reserve(value.length);
    this.#bytes.write(value, at, "latin1");
    return this;
  }

  /** Overwrites a u8 written before. */
  patchU8(at: number, value: number): void {
    this.#bytes.writeUInt8(value, at);
  }

  /** Overwrites a u32 written before. */
  patchU32(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  /** A view of what was written; valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was written, as a copy of its own; the writer is empty afterwards and keeps its capacity. */
  take(): Buffer {
    const taken = Buffer.from(this.view());
    this.#length = 0;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    this.#length = needed;
    return at;
  }
}
