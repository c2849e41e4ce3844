import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  ChunkTable,
  createChunkTableParts,
  type ChunkTableParts,
} from "../../src/engine/chunk-table.ts";

/** Of the smallest first segment: all slots, and how many of them are filled before the next segment is. */
const slots = 1024;
const most = 768;
/** As many are filled of the segment behind it. */
const mostOfNext = 98_304;

/** An id whose probing starts in the slot of this number, when there are more slots than that. */
function idAt(start: number, b = 0, c = 0, d = 0): Buffer {
  const id = Buffer.alloc(16);
  for (const [word, value] of [start, b, c, d].entries()) id.writeUInt32LE(value, word * 4);
  return id;
}

/** References to chunks of these numbers, which are spread over the slots. */
function referencesTo(first: number, count: number): Buffer {
  const references = Buffer.alloc(count * 20);
  for (let number = 0; number < count; number += 1) {
    references.writeUInt32LE(Math.imul(first + number, 2_654_435_761) >>> 0, number * 20);
    references.writeUInt32LE(7, number * 20 + 4);
  }
  return references;
}

function held(parts: ChunkTableParts): readonly number[] {
  return parts.segments.map((segment) => new Int32Array(segment)[0] as number);
}

function createTable(): { readonly table: ChunkTable; readonly parts: ChunkTableParts } {
  const parts = createChunkTableParts(0);
  return { table: new ChunkTable(parts), parts };
}

/** A table of one segment that cannot grow, with every slot but one taken. */
function createBrimful(free: number): ChunkTable {
  const parts = createChunkTableParts(0);
  const table = new ChunkTable({ ...parts, segments: parts.segments.slice(0, 1) });
  for (let slot = 0; slot < slots; slot += 1)
    if (slot !== free) assert.equal(table.add(idAt(slot, 7), 0, slot), -1);
  return table;
}

/** Both ways in: one chunk, and a list of one. */
const waysIn = {
  add: (table: ChunkTable, id: Buffer, ordinal: number) => void table.add(id, 0, ordinal),
  addAll: (table: ChunkTable, id: Buffer, ordinal: number) =>
    table.addAll(Buffer.concat([id, Buffer.alloc(4)]), ordinal),
};

describe("the slots of the chunk table", () => {
  for (const [name, put] of Object.entries(waysIn)) {
    it(`${name} tells chunks apart that share a slot and three of four words`, () => {
      const { table, parts } = createTable();
      const ids = [
        idAt(5, 1, 2, 3),
        idAt(5 + slots, 1, 2, 3),
        idAt(5, 9, 2, 3),
        idAt(5, 1, 9, 3),
        idAt(5, 1, 2, 9),
      ];
      for (const [ordinal, id] of ids.entries()) {
        assert.equal(table.find(id, 0), -1);
        put(table, id, ordinal);
      }
      for (const [ordinal, id] of ids.entries()) assert.equal(table.find(id, 0), ordinal);
      for (const id of ids) put(table, id, 99);
      for (const [ordinal, id] of ids.entries()) assert.equal(table.find(id, 0), ordinal);
      assert.deepEqual(held(parts), [ids.length, 0]);
    });

    it(`${name} goes on in the first slot behind the last`, () => {
      const { table } = createTable();
      const ids = Array.from({ length: 4 }, (_, number) => idAt(slots - 2, number));
      for (const [ordinal, id] of ids.entries()) put(table, id, ordinal);
      for (const [ordinal, id] of ids.entries()) assert.equal(table.find(id, 0), ordinal);
      // The first slot is taken now, so a chunk that starts there goes behind all of these.
      put(table, idAt(0), 50);
      assert.equal(table.find(idAt(0), 0), 50);
    });
  }

  it("a thread that another one overtakes gets the other's answer, and stores nothing again", (context) => {
    const { table, parts } = createTable();
    table.add(idAt(5, 8), 0, 3);
    overtake(context, () => new ChunkTable(parts).add(idAt(5, 1, 2, 4), 0, 1));
    assert.equal(table.add(idAt(5, 1, 2, 4), 0, 2), 1);
    assert.equal(table.find(idAt(5, 1, 2, 4), 0), 1);
    assert.deepEqual(held(parts), [2, 0]);
  });

  it("waits for a slot that another thread is writing, before it says whose it is", (context) => {
    for (const isSame of [true, false]) {
      const { table, parts } = createTable();
      const words = new Int32Array(parts.segments[0] as SharedArrayBuffer);
      const at = 4 + 5 * 5;
      const load = Atomics.load.bind(Atomics);
      overtake(context, () => (words[at + 4] = -1));
      // The other thread writes the id and then the state while this one looks.
      const { mock } = context.mock.method(Atomics, "load", (array: Int32Array, index: number) => {
        const seen = load(array, index);
        if (index === at + 4 && seen === -1) words.set([5, 1, 2, isSame ? 4 : 9, 1 + 1], at);
        return seen;
      });
      assert.equal(table.add(idAt(5, 1, 2, 4), 0, 2), isSame ? 1 : -1);
      mock.restore();
      assert.equal(table.find(idAt(5, 1, 2, 4), 0), isSame ? 1 : 2);
      assert.equal(table.find(idAt(5, 1, 2, 9), 0), isSame ? -1 : 1);
    }
  });

  it("uses every slot when it must, and says new of what it has no room for", () => {
    const free = 500;
    const table = createBrimful(free);
    // The only free slot is the last that this one's probing comes to.
    const last = idAt(free + 1, 9);
    assert.equal(table.add(last, 0, 5000), -1);
    assert.equal(table.find(last, 0), 5000);
    assert.equal(table.add(last, 0, 6000), 5000);
    assert.equal(table.add(idAt(free + 1, 10), 0, 7000), -1);
    assert.equal(table.find(idAt(free + 1, 10), 0), -1);
    for (let slot = 0; slot < slots; slot += 1)
      if (slot !== free) assert.equal(table.find(idAt(slot, 7), 0), slot);
  });
});

describe("the segments of the chunk table", () => {
  it("hold as many chunks as a repository is known to have, in 27 bytes each", () => {
    const known = 10_000;
    const parts = createChunkTableParts(known);
    new ChunkTable(parts).addAll(referencesTo(0, known), 0);
    assert.deepEqual(held(parts), [known, 0]);
    assert.ok((parts.segments[0] as SharedArrayBuffer).byteLength / known < 27);
  });

  it("are filled one after the other, and a chunk in a full one is not added to the next", () => {
    for (const isList of [false, true]) {
      const { table, parts } = createTable();
      const references = referencesTo(0, most + 100);
      for (let times = 0; times < 2; times += 1)
        if (isList) table.addAll(references, times);
        else
          for (let at = 0; at < references.length; at += 20)
            assert.equal(table.add(references, at, times), times === 0 ? -1 : 0);
      assert.deepEqual(held(parts), [most, 100]);
      for (let at = 0; at < references.length; at += 20)
        assert.equal(table.find(references, at), 0);
    }
  });

  it("take what comes when all are full into the newest", () => {
    const { table, parts } = createTable();
    const references = referencesTo(0, most + mostOfNext + 10);
    table.addAll(references, 3);
    assert.deepEqual(held(parts), [most, mostOfNext + 10]);
    for (let at = 0; at < references.length; at += 20) assert.equal(table.find(references, at), 3);
  });

  it("are added when the newest is in use, not before, each of twice the size", () => {
    const { table } = createTable();
    table.addAll(referencesTo(0, most), 0);
    assert.equal(table.growAhead(), undefined);
    table.addAll(referencesTo(most, 1), 0);
    const grown = new Int32Array(table.growAhead() as SharedArrayBuffer);
    assert.deepEqual([...grown.subarray(0, 3)], [0, mostOfNext * 2, (mostOfNext / 3) * 8]);
    assert.equal(grown.length, 4 + (mostOfNext / 3) * 8 * 5);
    assert.equal(table.growAhead(), undefined);
  });

  it("reach another thread's table when they are attached there", () => {
    const { table, parts } = createTable();
    const other = new ChunkTable(parts);
    table.addAll(referencesTo(0, most + 1), 0);
    other.attach(table.growAhead() as SharedArrayBuffer);
    table.addAll(referencesTo(0, most + mostOfNext + 1), 1);
    const last = referencesTo(most + mostOfNext, 1);
    assert.equal(other.find(last, 0), 1);
    assert.equal(other.add(last, 0, 2), 1);
    assert.equal(new ChunkTable(parts).find(last, 0), -1);
  });
});

describe("lists of references in the chunk table", () => {
  it("of any length are all taken when the table may grow, and told where they were new", () => {
    const { table, parts } = createTable();
    const count = 140_000;
    const references = referencesTo(0, count);
    table.add(references, 20, 9);
    const added: number[] = [];
    table.addGrowing(references, 0, (at) => void added.push(at));
    assert.equal(added.length, count - 1);
    assert.deepEqual(added.slice(0, 3), [0, 40, 60]);
    assert.equal(added.at(-1), (count - 1) * 20);
    assert.ok(table.knowsReferences(references));
    // What is over went to segments of its own.
    assert.deepEqual(held(parts), [most, mostOfNext]);
    table.addGrowing(references, 1, () => assert.fail("nothing is new the second time"));
    assert.equal(table.find(references, 20), 9);
  });

  it("of one chunk each are all taken too, however many", () => {
    const { table, parts } = createTable();
    const count = 140_000;
    const references = referencesTo(0, count);
    for (let at = 0; at < references.length; at += 20)
      table.addGrowing(references.subarray(at, at + 20), 0);
    assert.ok(table.knowsReferences(references));
    assert.deepEqual(held(parts), [most, mostOfNext]);
  });

  it("are known when every chunk of them is, wherever the unknown one stands", () => {
    const { table } = createTable();
    table.addAll(referencesTo(0, 3), 0);
    assert.ok(table.knowsReferences(Buffer.alloc(0)));
    assert.ok(table.knowsReferences(referencesTo(0, 3)));
    assert.ok(!table.isUsed(0));
    const unknown = referencesTo(9, 1);
    for (const place of [0, 1, 3]) {
      const known = referencesTo(0, 3);
      const list = [known.subarray(0, place * 20), unknown, known.subarray(place * 20)];
      assert.ok(!table.knowsReferences(Buffer.concat(list)), String(place));
    }
  });

  it("mark the packs of a range of them, the first pack too", () => {
    const { table } = createTable();
    const references = referencesTo(0, 4);
    for (const ordinal of [0, 1, 2]) table.add(references, ordinal * 20, ordinal);
    assert.ok(table.markReferences(references, 20, 40));
    assert.deepEqual(
      [0, 1, 2].map((ordinal) => table.isUsed(ordinal)),
      [false, true, false],
    );
    assert.ok(table.markReferences(references, 0, 60));
    assert.deepEqual(
      [0, 1, 2].map((ordinal) => table.isUsed(ordinal)),
      [true, true, true],
    );
    assert.ok(!table.markReferences(references));
  });

  it("get pack ordinals from one count for all threads", () => {
    const { table, parts } = createTable();
    assert.deepEqual(
      [table, new ChunkTable(parts), table].map((one) => one.newPackOrdinal()),
      [0, 1, 2],
    );
  });
});

/** Lets another thread act in the instant between this one's search and its claim of a slot. */
function overtake(context: TestContext, act: () => unknown): void {
  const claim = Atomics.compareExchange.bind(Atomics);
  const { mock } = context.mock.method(
    Atomics,
    "compareExchange",
    (array: Int32Array, at: number, expected: number, value: number) => {
      mock.restore();
      act();
      return claim(array, at, expected, value);
    },
  );
}
