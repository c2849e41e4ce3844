import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blocksPerSample, sampleCodec } from "../../src/engine/backup/sampled-codec.ts";
import { createBlockCodec, type BlockCodec } from "../../src/engine/compression.ts";
import { compressBound } from "../../src/engine/zstd-context.ts";

const blockBytes = 4096;
const plain = Buffer.alloc(blockBytes, "words that come again and again ");
const output = Buffer.alloc(compressBound(blockBytes));
const sound = createBlockCodec({ level: 1, maxBlockBytes: blockBytes });

/** Compresses blocks until one is refused; how many there were then. */
function countUntilRefused(codec: BlockCodec, most: number): number {
  const sampled = sampleCodec(codec, blockBytes);
  for (let block = 1; block <= most; block += 1) {
    try {
      assert.ok(sampled.compress(plain, 0, plain.length, output) > 0);
    } catch (error) {
      assert.match(String(error), /does not open to what it was made of/);
      return block;
    }
  }
  return 0;
}

describe("what was compressed", () => {
  it("is opened again once in so many blocks", () => {
    let opened = 0;
    const counting: BlockCodec = {
      ...sound,
      decompress: (...given) => {
        opened += 1;
        return sound.decompress(...given);
      },
    };
    assert.equal(countUntilRefused(counting, 2 * blocksPerSample), 0);
    assert.equal(opened, 2);
    assert.equal(countUntilRefused(counting, 2 * blocksPerSample + 1), 0);
    assert.equal(opened, 5);
  });

  it("stops the backup where it does not open, or opens to something else", () => {
    let blocks = 0;
    const damaging = (damage: (frame: Buffer) => void, from: number): BlockCodec => ({
      ...sound,
      compress: (...given) => {
        const bytes = sound.compress(...given);
        blocks += 1;
        if (blocks >= from) damage(given[3].subarray(0, bytes));
        return bytes;
      },
    });
    const flip = (frame: Buffer): void => {
      frame[frame.length >> 1] = 255 ^ (frame[frame.length >> 1] ?? 0);
    };
    assert.equal(countUntilRefused(damaging(flip, 1), 5), 1);
    blocks = 0;
    assert.equal(countUntilRefused(damaging(flip, 2), 100), blocksPerSample + 1);
    const lying: BlockCodec = {
      ...sound,
      decompress: (input, from, to, into, bytes) => {
        sound.decompress(input, from, to, into, bytes);
        into[bytes - 1] = 0;
        return bytes;
      },
    };
    assert.equal(countUntilRefused(lying, 5), 1);
  });

  it("is not looked at where it did not pay", () => {
    const never: BlockCodec = {
      ...sound,
      compress: () => 0,
      decompress: () => assert.fail("nothing to open"),
    };
    assert.equal(sampleCodec(never, blockBytes).compress(plain, 0, plain.length, output), 0);
  });
});
