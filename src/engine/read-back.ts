import { open } from "node:fs/promises";
import { AppError, isAppError } from "../base/errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** Bytes compared at once: keeps what is read back from doubling the memory of a pack. */
const sliceBytes = 1024 * 1024;
/** The same over a line, where each slice costs a wait. */
const sliceBytesFromAfar = 8 * 1024 * 1024;

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
  const found = await store.stat(name);
  if (found?.bytes !== bytes.length) throw differs(name);
  const isEqual =
    store.localPath === undefined
      ? await isEqualInStore(store, name, bytes, signal)
      : await isEqualFile(store.localPath(name), bytes);
  if (!isEqual) throw differs(name);
}

async function isEqualInStore(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let offset = 0; offset < bytes.length; offset += sliceBytesFromAfar) {
    const length = Math.min(sliceBytesFromAfar, bytes.length - offset);
    const read = await store.get(name, { offset, length }, signal);
    if (Buffer.compare(read, bytes.subarray(offset, offset + length)) !== 0) return false;
  }
  return true;
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
