import assert from "node:assert/strict";
import { test } from "node:test";

import { AppError } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { PackLoader } from "../../src/engine/restore/pack-loader.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";

const never = new AbortController().signal;
const packs = ["data/aa/one", "data/bb/two", "data/cc/three", "data/dd/four"] as const;
const contentOf = (name: string): Buffer => Buffer.from(name.repeat(1000));

async function aStore(): Promise<ObjectStore> {
  const store = openMemoryStore();
  for (const name of packs) await store.put(name, contentOf(name));
  return store;
}

test("packs read over a line are as many in memory as allowed, and no more", async () => {
  const loader = new PackLoader(await aStore(), 2, never);
  const held = [];
  for (const name of packs.slice(0, 2))
    held.push(await loader.reserve(name, contentOf(name).length));
  let isReserved = false;
  const third = loader.reserve(packs[2], contentOf(packs[2]).length).then((slot) => {
    isReserved = true;
    return slot;
  });
  await Promise.all(held.map((slot) => slot.load()));
  assert.equal(isReserved, false);
  held[0]?.release();
  const { bytes } = await (await third).load();
  assert.deepEqual(Buffer.from(bytes ?? []), contentOf(packs[2]));
});

test("a pack that is still in memory is not read again", async () => {
  const store = await aStore();
  const reads: string[] = [];
  const counting: ObjectStore = {
    ...store,
    get: (name, range) => {
      reads.push(name);
      return store.get(name, range);
    },
  };
  const loader = new PackLoader(counting, 2, never);
  for (const name of [packs[0], packs[1], packs[0], packs[2], packs[0], packs[1]]) {
    const slot = await loader.reserve(name, contentOf(name).length);
    const { bytes } = await slot.load();
    assert.deepEqual(Buffer.from(bytes ?? []), contentOf(name));
    slot.release();
  }
  assert.deepEqual(reads, [packs[0], packs[1], packs[2], packs[1]]);
});

test("a late answer to a read that was given up changes nothing of what came later", async () => {
  const late: Uint8Array[] = [];
  const store: ObjectStore = {
    ...(await aStore()),
    asksForMemory: true,
    get: async (name, _range, _signal, allocate) => {
      const { length } = contentOf(name);
      late.push(allocate?.(length) as Uint8Array);
      const memory = allocate?.(length) as Uint8Array;
      memory.set(contentOf(name));
      return memory;
    },
  };
  const loader = new PackLoader(store, 1, never);
  const slot = await loader.reserve(packs[0], contentOf(packs[0]).length);
  const { bytes } = await slot.load();
  late[0]?.fill(0);
  assert.deepEqual(Buffer.from(bytes ?? []), contentOf(packs[0]));
});

test("a read that failed is made again, into other memory", async () => {
  const good = await aStore();
  const given: Uint8Array[] = [];
  const store: ObjectStore = {
    ...good,
    asksForMemory: true,
    get: async (name, _range, _signal, allocate) => {
      const memory = allocate?.(contentOf(name).length) as Uint8Array;
      given.push(memory);
      if (given.length === 1) throw new AppError("StoreUnreachable", "the line broke");
      memory.set(contentOf(name));
      return memory;
    },
  };
  const loader = new PackLoader(store, 1, never);
  const first = await loader.reserve(packs[0], contentOf(packs[0]).length);
  await assert.rejects(first.load(), { code: "StoreUnreachable" });
  first.release();
  const second = await loader.reserve(packs[0], contentOf(packs[0]).length);
  const { bytes } = await second.load();
  given[0]?.fill(0);
  assert.deepEqual(Buffer.from(bytes ?? []), contentOf(packs[0]));
});
