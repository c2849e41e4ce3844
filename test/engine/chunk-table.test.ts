import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { ChunkTable, createChunkTableParts } from "../../src/engine/chunk-table.ts";

function idOf(number: number): Buffer {
  return createHash("sha256").update(String(number)).digest().subarray(0, 16);
}

describe("the chunk table", () => {
  it("behaves as a map", () => {
    // Few ids, of which many share the place where their probing starts.
    const id = fc.tuple(fc.nat(3), fc.nat(40)).map(([low, high]) => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32LE(low, 0);
      bytes.writeUInt32LE(high, 12);
      return bytes;
    });
    const steps = fc.array(fc.tuple(id, fc.nat(1000), fc.boolean()), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (list) => {
        const table = new ChunkTable(createChunkTableParts(0));
        const model = new Map<string, number>();
        for (const [bytes, ordinal, isAdded] of list) {
          const key = bytes.toString("hex");
          const known = model.get(key) ?? -1;
          assert.equal(table.find(bytes, 0), known);
          if (!isAdded) continue;
          assert.equal(table.add(bytes, 0, ordinal), known);
          if (known < 0) model.set(key, ordinal);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("takes lists of references as it takes their chunks one by one", () => {
    const number = fc.nat(3000);
    const lists = fc.array(fc.array(number, { maxLength: 1000 }), { maxLength: 8 });
    fc.assert(
      fc.property(lists, (found) => {
        const whole = new ChunkTable(createChunkTableParts(0));
        const single = new ChunkTable(createChunkTableParts(0));
        found.forEach((list, ordinal) => {
          // Not at the start of its memory, as lists in an index are not.
          const references = Buffer.concat([
            Buffer.alloc(3),
            ...list.map((one) => Buffer.concat([idOf(one), Buffer.alloc(4)])),
          ]).subarray(3);
          whole.addAll(references, ordinal);
          for (let at = 0; at < references.length; at += 20) single.add(references, at, ordinal);
        });
        for (let one = 0; one <= 3000; one += 1)
          assert.equal(whole.find(idOf(one), 0), single.find(idOf(one), 0));
      }),
      { numRuns: 20 },
    );
  });

  it("keeps everything as it grows over segments", () => {
    const table = new ChunkTable(createChunkTableParts(10));
    const count = 300_000;
    const ids = Buffer.alloc(count * 16);
    let segments = 2;
    for (let number = 0; number < count; number += 1) {
      ids.writeUInt32LE((number * 2_654_435_761) % 2 ** 32, number * 16);
      ids.writeUInt32LE(number, number * 16 + 8);
      if (number % 1000 === 0 && table.growAhead() !== undefined) segments += 1;
      assert.equal(table.add(ids, number * 16, number % 5000), -1);
    }
    assert.ok(segments > 2);
    for (let number = 0; number < count; number += 1)
      assert.equal(table.find(ids, number * 16), number % 5000);
    assert.equal(table.find(Buffer.alloc(16, 0xee), 0), -1);
  });

  it("takes more than fits without losing what it said it holds", () => {
    const table = new ChunkTable(createChunkTableParts(0));
    for (let number = 0; number < 2000; number += 1) table.add(idOf(number), 0, number);
    for (let number = 0; number < 2000; number += 1)
      assert.equal(table.find(idOf(number), 0), number);
  });

  it("remembers which packs are used", () => {
    const table = new ChunkTable(createChunkTableParts(0));
    const used = [0, 31, 32, 63, 100_000, 8_388_607];
    for (const ordinal of used) table.markUsed(ordinal);
    for (const ordinal of used) assert.ok(table.isUsed(ordinal));
    for (const ordinal of [1, 30, 33, 99_999, 8_388_606]) assert.ok(!table.isUsed(ordinal));
  });

  it("marks references, and says when one is unknown", () => {
    const table = new ChunkTable(createChunkTableParts(0));
    for (const number of [1, 2]) table.add(idOf(number), 0, number);
    const reference = (number: number): Buffer => Buffer.concat([idOf(number), Buffer.alloc(4)]);
    assert.ok(table.markReferences(Buffer.concat([reference(1), reference(2)])));
    assert.ok(table.isUsed(1) && table.isUsed(2));
    assert.ok(!table.markReferences(Buffer.concat([reference(1), reference(3)])));
  });

  it("loses nothing between threads", { timeout: 60_000 }, async () => {
    const count = 60_000;
    const { table, answers } = await addInThreads(count, false);
    const owners = [0, 0, 0];
    for (let number = 0; number < count; number += 1) {
      const owner = table.find(idOf(number), 0);
      assert.ok(owner === 1 || owner === 2, `${number}: ${owner}`);
      owners[owner] = (owners[owner] ?? 0) + 1;
    }
    const [first = 0, second = 0] = answers;
    // Each id is new to one thread; to both in the rare instant when they add it at once.
    assert.ok(first + second >= count && first + second < count * 1.01, `${first} + ${second}`);
    assert.ok((owners[1] ?? 0) > 0 && (owners[2] ?? 0) > 0, String(owners));
  });

  it("gives a slot that two threads want to one of them", { timeout: 60_000 }, async () => {
    const count = 40_000;
    const { table, answers } = await addInThreads(count, true);
    assert.deepEqual(answers, [count, count]);
    for (const thread of [1, 2])
      for (let number = 0; number < count; number += 1) {
        const id = Buffer.alloc(16);
        id.writeUInt32LE(number * 2, 0);
        id.writeUInt32LE(thread, 4);
        assert.equal(table.find(id, 0), thread, `${number}`);
      }
  });
});

/** What two threads make of a table when both add to it at the same time; how many ids were new to each. */
async function addInThreads(
  count: number,
  isCrowded: boolean,
): Promise<{ readonly table: ChunkTable; readonly answers: readonly number[] }> {
  const parts = createChunkTableParts(0);
  const script = new URL("../support/chunk-table-thread.ts", import.meta.url);
  const gate = new SharedArrayBuffer(12);
  const threads = [1, 2].map(
    (thread) => new Worker(script, { workerData: { parts, gate, thread, count, isCrowded } }),
  );
  const answers = await Promise.all(
    threads.map(async (thread) => (await once(thread, "message"))[0] as number),
  );
  return { table: new ChunkTable(parts), answers };
}
