import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { ByteRange, ObjectEntry, ObjectStore } from "../engine/object-store.ts";
import { fitRange } from "./byte-range.ts";
import { checkObjectName, checkPrefix } from "./object-name.ts";

/** What a memory store keeps; hand the same one to several stores to look at it from several sides. */
export type MemoryObjects = Map<
  string,
  { readonly bytes: Uint8Array; readonly modifiedAt: number }
>;

/** A store in memory, for tests and dry runs: keeps every promise but the power cut. */
export function openMemoryStore(
  objects: MemoryObjects = new Map(),
  clock: Clock = systemClock,
): ObjectStore {
  return {
    put: async (name, bytes, signal) => {
      checkObjectName(name);
      signal?.throwIfAborted();
      if (objects.has(name)) {
        const message = `Cannot write "${name}": an object of that name exists`;
        throw new AppError("ObjectExists", message, { target: name });
      }
      objects.set(name, { bytes: Uint8Array.from(bytes), modifiedAt: clock.now() });
    },
    get: async (name, range, signal) => {
      checkObjectName(name);
      signal?.throwIfAborted();
      return readObject(objects, name, range);
    },
    list: (prefix, signal) => {
      checkPrefix(prefix);
      return listObjects(objects, prefix, signal);
    },
    stat: async (name) => {
      checkObjectName(name);
      const object = objects.get(name);
      return object === undefined ? undefined : { bytes: object.bytes.length };
    },
    remove: async (name) => {
      checkObjectName(name);
      objects.delete(name);
    },
    probe: async () => ({ canWrite: true, canRemove: true, encryptedInFlight: true }),
    close: async () => undefined,
  };
}

function readObject(
  objects: MemoryObjects,
  name: string,
  range: ByteRange | undefined,
): Uint8Array {
  const object = objects.get(name);
  if (object === undefined) {
    throw new AppError("ObjectNotFound", `Cannot find "${name}" in the store`, { target: name });
  }
  const { offset, length } = fitRange(name, object.bytes.length, range);
  return object.bytes.slice(offset, offset + length);
}

async function* listObjects(
  objects: MemoryObjects,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectEntry, void, undefined> {
  for (const [name, { bytes, modifiedAt }] of [...objects]) {
    signal?.throwIfAborted();
    if (name.startsWith(prefix)) yield { name, bytes: bytes.length, modifiedAt };
  }
}
