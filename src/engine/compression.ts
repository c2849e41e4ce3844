import { AppError } from "../base/errors.ts";
import {
  canReuseContexts,
  compressBound,
  createPublicContext,
  createReusedContext,
} from "./zstd-context.ts";
import { findFrameFault } from "./zstd-frame.ts";

export interface BlockCodecOptions {
  /** zstd level, 1 to 19. */
  readonly level: number;
  /** No block's content is larger; at most 64 MiB. */
  readonly maxBlockBytes: number;
  /** Whether to keep native contexts from call to call; by default where this Node can. */
  readonly reuseContexts?: boolean;
}

/** Turns blocks into single zstd frames and back, one at a time, with memory bounded by the block size. */
export interface BlockCodec {
  /**
   * Writes the frame of `input[from, to)` to the start of the output and returns its size, or returns 0 when
   * it is not at least 3 % smaller: store the block as it is then. The output must have `to - from` bytes;
   * {@link compressBound} of that saves a copy.
   */
  compress(input: Buffer, from: number, to: number, output: Buffer): number;
  /**
   * Fills the first `expectedBytes` of the output from the frame `input[from, to)` and returns that number.
   * Throws `CorruptObject` unless the range is exactly one whole frame of exactly that content; what the
   * output holds is undefined then, and the codec stays usable.
   */
  decompress(
    input: Buffer,
    from: number,
    to: number,
    output: Buffer,
    expectedBytes: number,
  ): number;
  /** Frees native memory now instead of when collected; the codec stays usable. */
  close(): void;
}

/** Makes a codec for one thread. */
export function createBlockCodec(options: BlockCodecOptions): BlockCodec {
  requireValidOptions(options);
  const { level, maxBlockBytes, reuseContexts = canReuseContexts() } = options;
  const windowLogMax = Math.max(10, Math.ceil(Math.log2(maxBlockBytes)));
  const create = reuseContexts ? createReusedContext : createPublicContext;
  const context = create({ level, windowLogMax, maxBlockBytes });
  const maxWindowBytes = 2 ** windowLogMax;
  const scratch = createScratch(compressBound(maxBlockBytes));
  return {
    compress(input, from, to, output) {
      requireRange(input, from, to, maxBlockBytes);
      requireOutput(output, to - from);
      const room = output.length >= compressBound(to - from) ? output : scratch();
      const bytes = context.compress(input, from, to, room);
      if (bytes * 100 > (to - from) * worthwhilePercent) return 0;
      if (room !== output) room.copy(output, 0, 0, bytes);
      return bytes;
    },
    decompress(input, from, to, output, expectedBytes) {
      requireRange(input, from, to, input.length);
      requireStatedSize(expectedBytes, maxBlockBytes);
      requireOutput(output, expectedBytes);
      const limits = { contentBytes: expectedBytes, maxWindowBytes };
      const fault = findFrameFault(input.subarray(from, to), limits);
      if (fault !== undefined) throw corrupt(fault);
      try {
        context.decompress(input, from, to, output, expectedBytes);
      } catch (error) {
        throw corrupt("does not decompress", error);
      }
      return expectedBytes;
    },
    close: () => context.close(),
  };
}

/** A frame must be no larger than this share of its content to be worth decompressing later. */
const worthwhilePercent = 97;
const maxMaxBlockBytes = 64 * 1024 * 1024;

function corrupt(fault: string, cause?: unknown): AppError {
  return new AppError("CorruptObject", `The compressed block is damaged: it ${fault}`, { cause });
}

function createScratch(bytes: number): () => Buffer {
  let scratch: Buffer | undefined;
  return () => (scratch ??= Buffer.allocUnsafeSlow(bytes));
}

function requireStatedSize(bytes: number, maxBytes: number): void {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= maxBytes) return;
  throw corrupt(`states a content of ${bytes} bytes, 1 to ${maxBytes} are allowed`);
}

function requireOutput(output: Buffer, bytes: number): void {
  if (output.length >= bytes) return;
  throw new AppError(
    "InvalidArgument",
    `An output of ${output.length} bytes is too small: give at least ${bytes}`,
  );
}

function requireRange(input: Buffer, from: number, to: number, maxBytes: number): void {
  const isValid =
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    from >= 0 &&
    from <= to &&
    to <= input.length &&
    to - from <= maxBytes;
  if (isValid) return;
  throw new AppError(
    "InvalidArgument",
    `Range ${from} to ${to} does not lie in the input of ${input.length} bytes or is longer than ${maxBytes}`,
  );
}

/** Level 0 and -1 mean "default" to Node, which is 3: only levels that mean themselves are taken. */
function requireValidOptions({ level, maxBlockBytes }: BlockCodecOptions): void {
  if (!Number.isInteger(level) || level < 1 || level > 19) {
    throw new AppError("InvalidArgument", `Compression level ${level} is not usable: give 1 to 19`);
  }
  if (!Number.isInteger(maxBlockBytes) || maxBlockBytes < 1 || maxBlockBytes > maxMaxBlockBytes) {
    throw new AppError(
      "InvalidArgument",
      `A block size of ${maxBlockBytes} bytes is not usable: give 1 to ${maxMaxBlockBytes}`,
    );
  }
}
