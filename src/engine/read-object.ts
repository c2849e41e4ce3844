import { AppError, isAppError } from "../base/errors.ts";
import { maxPackBytes } from "./format/limits.ts";
import type { Allocate, ByteRange, ObjectStore } from "./object-store.ts";

export interface ReadOptions {
  /** The size that a listing or an index gave; without it the store says it. */
  readonly knownBytes?: number | undefined;
  readonly signal?: AbortSignal;
  /** Where to read to; a store may bring memory of its own all the same. */
  readonly allocate?: Allocate;
}

/**
 * Reads an object whole, but only once the store says that it is no larger than the bound: who owns the store must
 * not be able to fill our memory. Throws `LimitExceeded` above it, and `CorruptObject` when what comes is not what
 * was announced.
 */
export async function readBounded(
  store: ObjectStore,
  name: string,
  maxBytes: number,
  options: ReadOptions = {},
): Promise<Uint8Array> {
  const { knownBytes, signal, allocate = (length) => Buffer.allocUnsafeSlow(length) } = options;
  if (knownBytes === undefined && store.asksForMemory === true)
    // One request instead of two: the size comes with the answer, and before the bytes.
    return store.get(name, undefined, signal, (length) => {
      if (length > maxBytes) throw tooLarge(name, length, maxBytes);
      return allocate(length);
    });
  const bytes = knownBytes ?? (await store.stat(name))?.bytes;
  if (bytes === undefined)
    throw new AppError("ObjectNotFound", `Cannot find "${name}" in the store`, { target: name });
  if (bytes > maxBytes) throw tooLarge(name, bytes, maxBytes);
  // An empty range says nothing about whether the object is there.
  const length = Math.max(1, bytes);
  try {
    const read = await store.get(name, { offset: 0, length }, signal, allocate);
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

/**
 * A part of a pack. Throws `LimitExceeded` for one that no pack can hold, `CorruptObject` when the pack ends before it
 * does, and `ObjectNotFound`.
 */
export async function readPackRange(
  store: ObjectStore,
  name: string,
  range: ByteRange,
  { signal, allocate }: Pick<ReadOptions, "signal" | "allocate"> = {},
): Promise<Uint8Array> {
  if (range.length > maxPackBytes) throw tooLarge(name, range.length, maxPackBytes);
  try {
    const read = await store.get(name, range, signal, allocate);
    if (read.length === range.length) return read;
  } catch (cause) {
    // What was asked for lies within the pack that was written.
    if (!isAppError(cause, "InvalidArgument")) throw cause;
  }
  throw truncatedPack(name);
}

/** A pack that ends before what its index says of it does. */
export function truncatedPack(name: string): AppError {
  return new AppError(
    "CorruptObject",
    `Object "${name}" is shorter than its index says: it is truncated`,
    { target: name },
  );
}

function tooLarge(name: string, bytes: number, maxBytes: number): AppError {
  return new AppError(
    "LimitExceeded",
    `Object "${name}" has ${bytes} bytes, more than the ${maxBytes} of any such object: it was not read`,
    { target: name },
  );
}
