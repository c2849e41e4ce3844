import type { ObjectEntry, ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import type { MemoryObjects } from "../../src/storage/memory.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";

type Lie = (honest: ObjectStore, objects: MemoryObjects) => ObjectStore;

/** Ways in which a store breaks its word; the contract suite must catch each. */
export const lies: Readonly<Record<string, Lie>> = {
  "acknowledges but drops": (honest) => ({ ...honest, put: async () => undefined }),
  "forgets when closed": (honest) => forgetful(honest),
  "keeps half of the bytes": (honest) => ({
    ...honest,
    put: (name, bytes) => honest.put(name, bytes.subarray(0, bytes.length >> 1)),
  }),
  "loses the last byte of large objects": (honest) => ({
    ...honest,
    put: (name, bytes) => honest.put(name, bytes.length > 65_536 ? bytes.subarray(1) : bytes),
  }),
  "overwrites what is present": (honest, objects) => ({
    ...honest,
    put: async (name, bytes) => {
      objects.delete(name);
      await honest.put(name, bytes);
    },
  }),
  "overwrites, then says it exists": (honest, objects) => ({
    ...honest,
    put: async (name, bytes) => {
      const object = objects.get(name);
      if (object !== undefined) objects.set(name, { ...object, bytes: Uint8Array.from(bytes) });
      await honest.put(name, bytes);
    },
  }),
  "calls a taken name done": (honest) => ({
    ...honest,
    put: async (name, bytes) => honest.put(name, bytes).catch(() => undefined),
  }),
  "checks first, writes later": (honest, objects) => ({
    ...honest,
    put: async (name, bytes) => {
      if (!objects.has(name)) await new Promise((resolve) => setImmediate(resolve));
      else await honest.put(name, bytes);
      objects.set(name, { bytes: Uint8Array.from(bytes), modifiedAt: 1 });
    },
  }),
  "lists late": (honest) => lateLister(honest),
  "lists one page only": (honest) => ({
    ...honest,
    list: (prefix) => onePage(honest.list(prefix)),
  }),
  "lists unfinished parts": (honest) => ({ ...honest, list: (prefix) => withPart(honest, prefix) }),
  "ignores the prefix": (honest) => ({ ...honest, list: () => honest.list("") }),
  "lists wrong sizes": (honest) => ({ ...honest, list: (prefix) => wrongSizes(honest, prefix) }),
  "flips one bit on read": (honest) => ({
    ...honest,
    get: async (name, range) => flipBit(await honest.get(name, range)),
  }),
  "reads short": (honest) => ({
    ...honest,
    get: async (name, range) => (await honest.get(name, range)).subarray(0, 60_000),
  }),
  "ignores the range": (honest) => ({ ...honest, get: (name) => honest.get(name) }),
  "clips ranges past the end": (honest) => ({
    ...honest,
    get: async (name, range) => {
      const whole = await honest.get(name);
      if (range === undefined) return whole;
      return whole.subarray(range.offset, range.offset + range.length);
    },
  }),
  "answers empty for absent": (honest) => ({
    ...honest,
    get: (name, range) => honest.get(name, range).catch(() => new Uint8Array()),
  }),
  "says a wrong size": (honest) => ({
    ...honest,
    stat: async (name) => {
      const stat = await honest.stat(name);
      return stat && { bytes: stat.bytes + 1 };
    },
  }),
  "keeps what was removed": (honest) => ({ ...honest, remove: async () => undefined }),
  "complains when absent is removed": (honest) => ({
    ...honest,
    remove: async (name) => {
      await honest.get(name);
      await honest.remove(name);
    },
  }),
  "keeps the caller's buffer": (honest, objects) => ({
    ...honest,
    put: async (name, bytes, signal) => {
      await honest.put(name, bytes, signal);
      objects.set(name, { bytes, modifiedAt: 1 });
    },
  }),
  "publishes after an abort": (honest) => ({
    ...honest,
    put: async (name, bytes, signal) => {
      await honest.put(name, bytes);
      signal?.throwIfAborted();
    },
  }),
  "takes any name": (honest) => ({ ...honest, stat: async () => undefined }),
  "leaves its probe behind": (honest, objects) => ({
    ...honest,
    probe: async () => {
      objects.set("probe", { bytes: new Uint8Array(1), modifiedAt: 1 });
      return honest.probe();
    },
  }),
};

/** Opens a store that tells the named lie over a memory store. */
export function openLyingStore(lie: string): () => Promise<StoreUnderTest> {
  return async () => {
    const objects: MemoryObjects = new Map();
    const tell = lies[lie];
    if (tell === undefined) throw new Error(`Cannot tell the lie "${lie}": it is not in the table`);
    const view = (): ObjectStore => tell(openMemoryStore(objects), objects);
    return { store: view(), reopen: async () => view(), dispose: async () => undefined };
  };
}

function forgetful(honest: ObjectStore): ObjectStore {
  const cache = openMemoryStore();
  return { ...cache, probe: () => honest.probe() };
}

function lateLister(honest: ObjectStore): ObjectStore {
  let newest = "";
  return {
    ...honest,
    put: async (name, bytes, signal) => {
      await honest.put(name, bytes, signal);
      newest = name;
    },
    list: async function* (prefix) {
      for await (const entry of honest.list(prefix)) if (entry.name !== newest) yield entry;
    },
  };
}

async function* onePage(entries: AsyncIterable<ObjectEntry>): AsyncGenerator<ObjectEntry> {
  let count = 0;
  for await (const entry of entries) {
    count += 1;
    if (count > 1000) return;
    yield entry;
  }
}

async function* withPart(honest: ObjectStore, prefix: string): AsyncGenerator<ObjectEntry> {
  yield* honest.list(prefix);
  yield { name: `${prefix}x.partial`, bytes: 1, modifiedAt: 1 };
}

async function* wrongSizes(honest: ObjectStore, prefix: string): AsyncGenerator<ObjectEntry> {
  for await (const entry of honest.list(prefix)) yield { ...entry, bytes: entry.bytes + 1 };
}

function flipBit(bytes: Uint8Array): Uint8Array {
  const middle = bytes.length >> 1;
  const byte = bytes[middle];
  if (byte !== undefined) bytes[middle] = byte ^ 1;
  return bytes;
}
