import { nonsense } from "./smb-error.ts";

const prefixBytes = 4;

/**
 * Longer messages are lent: they lie in memory that the next one is written to. Fresh memory for each piece of a
 * large file costs more than everything else that happens to it.
 */
export const longestOwnedBytes: number = 64 * 1024;

/** Cuts a stream of bytes into messages: each has its length before it (MS-SMB2 2.1). Long ones are lent. */
export class FrameReader {
  readonly #maximumBytes: number;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #prefixFill = 0;
  #frame: Buffer | undefined;
  #frameFill = 0;
  #lent = Buffer.alloc(0);

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** Takes the next bytes and gives out each message that is whole. */
  push(bytes: Buffer, onFrame: (frame: Buffer) => void): void {
    for (let rest = bytes; rest.length > 0;) {
      rest =
        this.#frame === undefined ? this.#fillPrefix(rest) : this.#fillFrame(rest, this.#frame);
      if (this.#frame === undefined || this.#frameFill < this.#frame.length) continue;
      const frame = this.#frame;
      this.#frame = undefined;
      this.#prefixFill = 0;
      onFrame(frame);
    }
  }

  #fillPrefix(bytes: Buffer): Buffer {
    const copied = bytes.copy(this.#prefix, this.#prefixFill);
    this.#prefixFill += copied;
    if (this.#prefixFill < prefixBytes) return bytes.subarray(copied);
    const length = this.#prefix.readUInt32BE();
    // Before anything is allocated: the length is a stranger's word.
    if (length === 0 || length > this.#maximumBytes) throw nonsense(`a message of ${length} bytes`);
    this.#frame = length > longestOwnedBytes ? this.#lend(length) : Buffer.allocUnsafe(length);
    this.#frameFill = 0;
    return bytes.subarray(copied);
  }

  #lend(length: number): Buffer {
    if (this.#lent.length < length) this.#lent = Buffer.allocUnsafeSlow(length);
    return this.#lent.subarray(0, length);
  }

  #fillFrame(bytes: Buffer, frame: Buffer): Buffer {
    const copied = bytes.copy(frame, this.#frameFill);
    this.#frameFill += copied;
    return bytes.subarray(copied);
  }
}
