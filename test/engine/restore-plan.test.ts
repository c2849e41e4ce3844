import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChunkLocator } from "../../src/engine/chunk-locator.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import { RestorePlan } from "../../src/engine/restore/restore-plan.ts";

describe("a plan of a restore", () => {
  it("weighs its files more than their pieces: they are what fills memory", () => {
    const chunk = new ByteWriter().bytes(Buffer.alloc(16, 1)).u32(9).take();
    const block = { offset: 80, storedBytes: 30, plainBytes: 9, compressed: false, chunks: chunk };
    const pack = { packId: "ab".repeat(32), bytes: 200, dataKeyId: "cd".repeat(16) };
    const plan = new RestorePlan(new ChunkLocator([{ ...pack, blocks: [block] }]));
    const metadata = { size: 9, mode: 0o600, uid: -1, gid: -1, mtime: 0 };
    for (let file = 0; file < 100; file += 1) plan.addFile(`/f${file}`, false, metadata, chunk);
    plan.addFile("/large", false, metadata, Buffer.alloc(1000 * chunk.length, chunk));
    assert.equal(plan.pieces, 1100);
    // A hundred thousand pieces of a window are no more than twenty thousand tiny files.
    assert.equal(plan.weight, 1100 + 4 * 101);
  });
});
