import { AppError } from "../base/errors.ts";
import type { ByteRange } from "../engine/object-store.ts";

/** The range within an object of the given size, the whole object without one; `InvalidArgument` when it does not fit. */
export function fitRange(name: string, size: number, range: ByteRange | undefined): ByteRange {
  if (range === undefined) return { offset: 0, length: size };
  const { offset, length } = range;
  const isWhole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (isWhole && offset >= 0 && length >= 0 && offset + length <= size) return range;
  throw new AppError(
    "InvalidArgument",
    `Cannot read ${length} bytes from ${offset} of "${name}": it has ${size} bytes`,
    { target: name },
  );
}
