import assert from "node:assert/strict";
import { test } from "node:test";

import { AppError } from "../../src/base/errors.ts";
import type { ByteRange, ObjectStore } from "../../src/engine/object-store.ts";
import type { PackPart } from "../../src/engine/restore/messages.ts";
import { PackLoader, type PackSlot } from "../../src/engine/restore/pack-loader.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";

const never = new AbortController().signal;
const packs = ["data/aa/one", "data/bb/two", "data/cc/three", "data/dd/four"] as const;
const contentOf = (name: string): Buffer => Buffer.from(name.repeat(1000));

const wholeOf = (name: string): ByteRange => ({ offset: 0, length: contentOf(name).length });

async function aStore(): Promise<ObjectStore> {
  const store = openMemoryStore();
  for (const name of packs) await store.put(name, contentOf(name));
  return store;
}

test("packs read over a line are as many in memory as allowed, and no more", async () => {
  const loader = new PackLoader(await aStore(), 2, never);
  const held = [];
  for (const name of packs.slice(0, 2)) held.push(await loader.reserve(name, wholeOf(name)));
  let isReserved = false;
  const third = loader.reserve(packs[2], wholeOf(packs[2])).then((slot) => {
    isReserved = true;
    return slot;
  });
  await Promise.all(held.map((slot) => slot.load()));
  assert.equal(isReserved, false);
  held[0]?.release();
  const { part } = await (await third).load();
  assert.deepEqual(Buffer.from(part?.bytes ?? []), contentOf(packs[2]));
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
    const slot = await loader.reserve(name, wholeOf(name));
    const { part } = await slot.load();
    assert.deepEqual(Buffer.from(part?.bytes ?? []), contentOf(name));
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
  const slot = await loader.reserve(packs[0], wholeOf(packs[0]));
  const { part } = await slot.load();
  late[0]?.fill(0);
  assert.deepEqual(Buffer.from(part?.bytes ?? []), contentOf(packs[0]));
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
  const first = await loader.reserve(packs[0], wholeOf(packs[0]));
  await assert.rejects(first.load(), { code: "StoreUnreachable" });
  first.release();
  const second = await loader.reserve(packs[0], wholeOf(packs[0]));
  const { part } = await second.load();
  given[0]?.fill(0);
  assert.deepEqual(Buffer.from(part?.bytes ?? []), contentOf(packs[0]));
});

test("memory that a worker took along comes back with its outcome, or is lost with it", async () => {
  const given: ArrayBufferLike[] = [];
  const good = await aStore();
  const store: ObjectStore = {
    ...good,
    asksForMemory: true,
    get: async (name, range, signal, allocate) => {
      const bytes = await good.get(name, range, signal);
      const memory = allocate?.(bytes.length) as Uint8Array;
      given.push(memory.buffer);
      memory.set(bytes);
      return memory;
    },
  };
  const loader = new PackLoader(store, 1, never);
  const load = async (name: string): Promise<[PackSlot, PackPart]> => {
    const slot = await loader.reserve(name, wholeOf(name));
    const { part } = await slot.load();
    assert.ok(part);
    return [slot, part];
  };
  const [first, taken] = await load(packs[0]);
  const moved = structuredClone(taken.bytes.buffer, { transfer: [taken.bytes.buffer] });
  first.release(moved);
  const [second, again] = await load(packs[0]);
  assert.equal(again.bytes.buffer, moved, "the pack is still there");
  structuredClone(again.bytes.buffer, { transfer: [again.bytes.buffer] });
  second.release(); // its thread died
  const [, fresh] = await load(packs[0]);
  assert.deepEqual(Buffer.from(fresh.bytes), contentOf(packs[0]));
  assert.equal(given.length, 2);
});

test("a part has the beginning of its pack with it, which is read once", async () => {
  const store = await aStore();
  const reads: (ByteRange | undefined)[] = [];
  const counting: ObjectStore = {
    ...store,
    get: (name, range) => {
      reads.push(range);
      return store.get(name, range);
    },
  };
  const loader = new PackLoader(counting, 2, never);
  for (const offset of [200, 300]) {
    const slot = await loader.reserve(packs[0], { offset, length: 100 });
    const { part } = await slot.load();
    assert.equal(part?.offset, offset);
    assert.deepEqual(
      Buffer.from(part?.bytes ?? []),
      contentOf(packs[0]).subarray(offset, offset + 100),
    );
    assert.deepEqual(Buffer.from(part?.header ?? []), contentOf(packs[0]).subarray(0, 80));
    slot.release();
  }
  assert.deepEqual(
    reads.filter((range) => range?.offset === 0),
    [{ offset: 0, length: 80 }],
  );
  const late = await loader.reserve(packs[0], { offset: 10, length: contentOf(packs[0]).length });
  await assert.rejects(late.load(), { code: "CorruptObject", message: /truncated/ });
});
