import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EntryRun } from "../../src/engine/backup/entry-run.ts";
import type { FileBatcher } from "../../src/engine/backup/file-batcher.ts";
import type { EntriesResult } from "../../src/engine/backup/messages.ts";
import { RecordQueue } from "../../src/engine/backup/record-queue.ts";
import type { TreeWriter } from "../../src/engine/backup/tree-writer.ts";

const limits = { timeout: 60_000 };

/** A queue, what it wrote as text, and where each record of the cache lay. */
function aQueue(): { queue: RecordQueue; written: string[]; offsets: number[] } {
  const written: string[] = [];
  const offsets: number[] = [];
  const writer = {
    write: async (record: Buffer) => void written.push(record.toString("latin1")),
    same: (record: Buffer, offset: number) => {
      written.push(record.toString("latin1"));
      offsets.push(offset);
    },
  };
  const queue = new RecordQueue(
    writer as unknown as TreeWriter,
    { flush: async () => undefined } as unknown as FileBatcher,
    () => assert.fail("nothing to warn of"),
  );
  return { queue, written, offsets };
}

interface OpenRun {
  readonly run: EntryRun;
  end(): void;
}

/** A run of entries that a worker has not answered for. */
function anOpenRun(text: string, count: number): OpenRun {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run: { count: number; done: Promise<void>; result: EntriesResult | undefined } = {
    count,
    done: promise,
    result: undefined,
  };
  const end = (): void => {
    const records = new Uint8Array(Buffer.from(text, "latin1"));
    const counts = { files: count, directories: 0, otherEntries: 0, bytes: 0, newBytes: 0 };
    run.result = { ...counts, records, unreadable: [] };
    resolve();
  };
  return { run, end };
}

describe("records that wait for those before them", limits, () => {
  it("are written in order, those of the cache that follow each other at once", async () => {
    const { queue, written, offsets } = aQueue();
    const piece = Buffer.from("aabbccddee");
    const run = anOpenRun("FIRST", 3);
    queue.push({ run: run.run });
    queue.pushCached(piece, 0, 2, 100);
    queue.pushCached(piece, 2, 4, 102);
    // One record in between is not taken over.
    queue.pushCached(piece, 6, 8, 106);
    queue.pushCached(Buffer.from("xx"), 0, 2, 108);
    assert.equal(queue.length, 7);
    await queue.drain(queue.cost);
    assert.deepEqual(written, []);
    run.end();
    await queue.drain(0);
    assert.deepEqual(written, ["FIRST", "aabb", "dd", "xx"]);
    assert.deepEqual(offsets, [100, 106, 108]);
    assert.deepEqual([queue.length, queue.cost], [0, 0]);
  });

  it("are waited for until few enough are left", async () => {
    const { queue, written } = aQueue();
    const runs = ["a", "b", "c", "d"].map((text) => anOpenRun(text, 10));
    for (const { run } of runs) queue.push({ run });
    runs[0]?.end();
    const draining = queue.drain(20);
    runs[1]?.end();
    await draining;
    assert.deepEqual(written, ["a", "b"]);
    assert.deepEqual([queue.length, queue.cost], [20, 20]);
    for (const run of runs.slice(2)) run.end();
    await queue.drain(0);
    assert.deepEqual(written, ["a", "b", "c", "d"]);
  });

  it("of the cache cost less than entries", () => {
    const { queue } = aQueue();
    const piece = Buffer.alloc(800);
    queue.push({ run: anOpenRun("", 1).run });
    for (let at = 0; at < 800; at += 1) queue.pushCached(piece, at, at + 1, at);
    assert.equal(queue.length, 801);
    assert.ok(queue.cost < 802 / 4, `${queue.cost}`);
  });
});
