import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import { ChunkLocator } from "../../src/engine/chunk-locator.ts";
import { chunkIdBytes, chunkReferenceBytes } from "../../src/engine/format/limits.ts";

describe("where chunks lie", () => {
  // Ids are keyed hashes in what we write; in what a stranger wrote they are what he likes.
  for (const word of [0, 1, 2, 3])
    it(`is found among ids made to differ in word ${word} alone`, () => {
      const count = 400_000;
      const chunks = Buffer.alloc(count * chunkReferenceBytes);
      for (let number = 0; number < count; number += 1) {
        chunks.writeUInt32LE(number * 4096, number * chunkReferenceBytes + word * 4);
        chunks.writeUInt32LE(1, number * chunkReferenceBytes + chunkIdBytes);
      }
      const block = { offset: 80, storedBytes: 100, plainBytes: count, compressed: true, chunks };
      const pack = { packId: "ab".repeat(32), bytes: 1000, dataKeyId: "cd".repeat(16) };
      const make = (): ChunkLocator => new ChunkLocator([{ ...pack, blocks: [block] }]);
      // A part of a second's work, or hours of it, which nothing else would end.
      const locator = runInNewContext("make()", { make }, { timeout: 30_000 }) as ChunkLocator;
      const reference = (count - 1) * chunkReferenceBytes;
      assert.deepEqual(locator.find(chunks, reference), {
        ...{ pack: 0, block: 0, offset: count - 1 },
        reference,
      });
      assert.ok(locator.holds(chunks.subarray(0, 1000 * chunkReferenceBytes)));
    });
});
