import { AppError, isAppError } from "../base/errors.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * Reads an object whole, but only once the store says that it is no larger than the bound: who owns the store must
 * not be able to fill our memory. Throws `LimitExceeded` above it, and `CorruptObject` when what comes is not what
 * was announced. `knownBytes` is the size a listing or an index gave; without it the store is asked.
 */
export async function readBounded(
  store: ObjectStore,
  name: string,
  maxBytes: number,
  knownBytes?: number,
): Promise<Uint8Array> {
  const bytes = knownBytes ?? (await store.stat(name))?.bytes;
  if (bytes === undefined)
    throw new AppError("ObjectNotFound", `Cannot find "${name}" in the store`, { target: name });
  if (bytes > maxBytes)
    throw new AppError(
      "LimitExceeded",
      `Object "${name}" has ${bytes} bytes, more than the ${maxBytes} of any such object: it was not read`,
      { target: name },
    );
  // An empty range says nothing about whether the object is there.
  const length = Math.max(1, bytes);
  try {
    const read = await store.get(name, { offset: 0, length });
    if (read.length === bytes) return read;
  } catch (cause) {
    if (!isAppError(cause, "InvalidArgument")) throw cause;
    if (bytes === 0) return new Uint8Array(0);
  }
  throw new AppError(
    "CorruptObject",
    `Object "${name}" does not have the ${bytes} bytes that the store announced: it is truncated or changes while it is read`,
    { target: name },
  );
}
