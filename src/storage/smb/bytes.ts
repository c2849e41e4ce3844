import { nonsense } from "./smb-error.ts";

/** Reads numbers of a server's message; anything out of bounds is `tampered`, never a guess. */
export class ByteReader {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  u8(at: number): number {
    return this.slice(at, 1).readUInt8();
  }

  u16(at: number): number {
    return this.slice(at, 2).readUInt16LE();
  }

  u32(at: number): number {
    return this.slice(at, 4).readUInt32LE();
  }

  u64(at: number): bigint {
    return this.slice(at, 8).readBigUInt64LE();
  }

  /** A view, not a copy. */
  slice(at: number, length: number): Buffer {
    if (at < 0 || length < 0 || at + length > this.bytes.length) {
      throw nonsense(`${length} bytes at ${at} of a message of ${this.bytes.length}`);
    }
    return this.bytes.subarray(at, at + length);
  }

  /** A reader of a part alone. */
  part(at: number, length: number): ByteReader {
    return new ByteReader(this.slice(at, length));
  }
}

/** Text as SMB sends it. */
export function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

const ticksPerMillisecond = 10_000n;
const epochMilliseconds = 11_644_473_600_000n; // 1601 to 1970

/** Milliseconds since 1970 of a FILETIME (100 ns since 1601). */
export function fromFileTime(time: bigint): number {
  return Number(time / ticksPerMillisecond - epochMilliseconds);
}
