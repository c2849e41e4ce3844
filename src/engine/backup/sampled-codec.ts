import { AppError, isAppError } from "../../base/errors.ts";
import type { BlockCodec } from "../compression.ts";

/** One block of so many is opened again: of a first backup that is half a hundredth of the time. */
export const blocksPerSample = 32;

/**
 * A codec that opens the first block it compressed, and then every thirty-second, and compares: a compressor that writes
 * what cannot be read stops the backup, and does not wait for a restore to show.
 */
export function sampleCodec(codec: BlockCodec, maxBlockBytes: number): BlockCodec {
  let blocks = 0;
  let opened: Buffer | undefined;
  return {
    ...codec,
    compress: (input, from, to, output) => {
      const bytes = codec.compress(input, from, to, output);
      if (bytes === 0) return 0;
      blocks += 1;
      if (blocks % blocksPerSample !== 1) return bytes;
      opened ??= Buffer.allocUnsafeSlow(maxBlockBytes);
      requireSame(codec, output.subarray(0, bytes), input.subarray(from, to), opened);
      return bytes;
    },
  };
}

function requireSame(codec: BlockCodec, frame: Buffer, plain: Buffer, opened: Buffer): void {
  try {
    codec.decompress(frame, 0, frame.length, opened, plain.length);
    if (opened.compare(plain, 0, plain.length, 0, plain.length) === 0) return;
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw unreadable(cause);
  }
  throw unreadable();
}

function unreadable(cause?: unknown): AppError {
  return new AppError(
    "Internal",
    "What was compressed does not open to what it was made of: the backup was stopped; check the machine's memory, and use another version of the program",
    { cause },
  );
}
