import { AppError, isAppError } from "../base/errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** Bytes compared at once: keeps what is read back from doubling the memory of a pack. */
const sliceBytes = 4 * 1024 * 1024;

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
  for (let offset = 0; offset < bytes.length; offset += sliceBytes) {
    const length = Math.min(sliceBytes, bytes.length - offset);
    const read = await store.get(name, { offset, length }, signal);
    if (Buffer.compare(read, bytes.subarray(offset, offset + length)) !== 0) throw differs(name);
  }
}

function differs(name: string): AppError {
  return new AppError(
    "StoreTampered",
    `Object "${name}" read back from the store is not what was written: check the store's disks and network before the next backup`,
    { target: name },
  );
}
