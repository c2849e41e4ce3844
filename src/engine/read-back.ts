import { open } from "node:fs/promises";
import { AppError, isAppError } from "../base/errors.ts";
import type { Allocate, ObjectStore } from "./object-store.ts";

/** Bytes compared at once: keeps what is read back from doubling the memory of a pack. */
const sliceBytes = 1024 * 1024;
/** The same over a line, where each slice costs a wait. */
const sliceBytesFromAfar = 8 * 1024 * 1024;
/** Objects up to this are read back whole. */
const smallBytes = 1024 * 1024;

/**
 * Puts an object and reads it back byte for byte, so that "stored" is seen and not believed. An object of the
 * same name is fine when it is equal: names of content are hashes of it.
 */
export async function putChecked(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await store.put(name, bytes, signal);
  } catch (error) {
    if (!isAppError(error, "ObjectExists")) throw error;
  }
  if (!(await isStored(store, name, bytes, signal))) throw differs(name);
}

async function isStored(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (store.asksForMemory === true && bytes.length <= smallBytes) {
    // One request: the size is told with the bytes.
    const read = await store.get(name, undefined, signal, (length) => {
      if (length !== bytes.length) throw differs(name);
      return Buffer.allocUnsafeSlow(length);
    });
    return Buffer.compare(read, bytes) === 0;
  }
  const path = store.localPath?.(name);
  const sizing = store.stat(name).then((found) => found?.bytes === bytes.length);
  if (path !== undefined) return (await sizing) && (await isEqualFile(path, bytes));
  const [hasSize, isEqual] = await Promise.all([
    sizing,
    isEqualInStore(store, name, bytes, signal),
  ]);
  return hasSize && isEqual;
}

async function isEqualInStore(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    for (let offset = 0; offset < bytes.length; offset += sliceBytesFromAfar) {
      const length = Math.min(sliceBytesFromAfar, bytes.length - offset);
      const isEqual = await withMemory(sliceBytesFromAfar, async (allocate) => {
        const read = await store.get(name, { offset, length }, signal, allocate);
        return Buffer.compare(read, bytes.subarray(offset, offset + length)) === 0;
      });
      if (!isEqual) return false;
    }
    return true;
  } catch (error) {
    // The range lies within what was written.
    if (isAppError(error, "InvalidArgument")) return false;
    throw error;
  }
}

/** Memory that nobody reads to any more. Fresh memory for every slice costs as much as reading it. */
const spareMemory: Uint8Array[] = [];
const mostSpare = 3;

/** Lends memory for the time of the work, once: a read that is tried again gets fresh memory, as the first may be late. */
async function withMemory<T>(bytes: number, work: (allocate: Allocate) => Promise<T>): Promise<T> {
  const memory = spareMemory.pop() ?? Buffer.allocUnsafeSlow(bytes);
  let asked = 0;
  const result = await work((length) => {
    asked += 1;
    return asked === 1 ? memory.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  });
  // After a failure or a second attempt nobody knows who still writes to it.
  if (asked <= 1 && spareMemory.length < mostSpare) spareMemory.push(memory);
  return result;
}

/** As above with one buffer for all slices: a hundred packs a minute leave no garbage. */
async function isEqualFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const slice = Buffer.allocUnsafe(Math.min(sliceBytes, Math.max(1, bytes.length)));
  const file = await open(path, "r");
  try {
    for (let offset = 0; offset < bytes.length;) {
      const { bytesRead } = await file.read(slice, 0, slice.length, offset);
      const expected = bytes.subarray(offset, offset + bytesRead);
      if (bytesRead === 0 || Buffer.compare(slice.subarray(0, bytesRead), expected) !== 0)
        return false;
      offset += bytesRead;
    }
    return true;
  } finally {
    await file.close();
  }
}

function differs(name: string): AppError {
  return new AppError(
    "StoreTampered",
    `Object "${name}" read back from the store is not what was written: check the store's disks and network before the next backup`,
    { target: name },
  );
}
