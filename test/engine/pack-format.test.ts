import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader } from "../../src/engine/format/byte-reader.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import {
  blockAad,
  blocksLength,
  decodeBlocks,
  decodePackHeader,
  decodePackTrailer,
  encodeBlocks,
  encodePackHeader,
  encodePackTrailer,
  footerAad,
  type BlockEntry,
  type PackHeader,
} from "../../src/engine/format/pack-format.ts";

const mebibyte = 1024 * 1024;
const corrupt = { code: "CorruptObject" };
const ids: PackHeader = {
  suite: 1,
  repositoryId: Buffer.alloc(16, 1),
  epochId: Buffer.alloc(16, 2),
  dataKeyId: Buffer.alloc(16, 3),
  salt: Buffer.alloc(16, 4),
};
const headerBytes = Buffer.concat([
  Buffer.from("HFPACK\0\x01\x01\0\0\0\0\0\0\0", "latin1"),
  ...[1, 2, 3, 4].map((byte) => Buffer.alloc(16, byte)),
]);

/** A block as the footer of a pack states it, with chunks of one byte each unless told otherwise. */
function statedBlock(changes: {
  stored?: number;
  plain?: number;
  flags?: number;
  count?: number;
  lengths?: readonly number[];
}): Buffer {
  const { lengths = [1], stored = 17, flags = 0, count = lengths.length } = changes;
  const { plain = lengths.reduce((sum, length) => sum + length, 0) } = changes;
  const writer = new ByteWriter().u32(stored).u32(plain).u8(flags).u32(count);
  for (const length of lengths) writer.bytes(Buffer.alloc(16, 7)).u32(length);
  return writer.take();
}

function readBlocks(blocks: readonly Buffer[], count = blocks.length): BlockEntry[] {
  const reader = new ByteReader(
    Buffer.concat([new ByteWriter().u32(count).take(), ...blocks]),
    "a pack",
  );
  const found = decodeBlocks(reader);
  reader.end();
  return found;
}

describe("the header of a pack", () => {
  it("is of these bytes", () => {
    assert.deepEqual(encodePackHeader(ids), headerBytes);
    assert.deepEqual(decodePackHeader(headerBytes, "a pack"), ids);
    const longer = Buffer.concat([headerBytes, Buffer.alloc(100, 9)]);
    assert.deepEqual(decodePackHeader(longer, "a pack"), ids);
  });

  it("names its suite", () => {
    for (const suite of [2, 3] as const) {
      const bytes = Buffer.from(headerBytes);
      bytes[8] = suite;
      assert.deepEqual(encodePackHeader({ ...ids, suite }), bytes);
      assert.deepEqual(decodePackHeader(bytes, "a pack"), { ...ids, suite });
    }
  });

  it("is refused where anything else stands in it", () => {
    for (let at = 0; at < 16; at += 1)
      for (const byte of [4, 255]) {
        const changed = Buffer.from(headerBytes);
        changed[at] = byte;
        const code = at === 8 ? "UnsupportedFormat" : "CorruptObject";
        assert.throws(() => decodePackHeader(changed, "a pack"), { code }, `${at}`);
      }
    assert.throws(() => decodePackHeader(headerBytes.subarray(0, 79), "a pack"), corrupt);
  });
});

describe("the blocks of a pack", () => {
  it("are of these bytes, one behind the other", () => {
    const chunks = (...lengths: readonly number[]): Buffer => statedBlock({ lengths }).subarray(13);
    const blocks: BlockEntry[] = [
      { offset: 80, storedBytes: 300, plainBytes: 7, compressed: true, chunks: chunks(3, 4) },
      { offset: 380, storedBytes: 17, plainBytes: 1, compressed: false, chunks: chunks(1) },
    ];
    const stated = [
      statedBlock({ stored: 300, flags: 1, lengths: [3, 4] }),
      statedBlock({ stored: 17 }),
    ];
    const bytes = Buffer.concat([Buffer.of(2, 0, 0, 0), ...stated]);
    const writer = new ByteWriter();
    encodeBlocks(blocks, writer);
    assert.deepEqual(writer.take(), bytes);
    assert.equal(blocksLength(blocks), bytes.length);
    assert.equal(blocksLength([]), 4);
    assert.deepEqual(readBlocks(stated), blocks);
  });

  it("are taken to their bounds, and no further", () => {
    const most = [
      { stored: 17 },
      { stored: mebibyte + 4096 },
      { lengths: [mebibyte - 1, 1] },
      { flags: 1 },
      { lengths: Array.from({ length: 16_384 }, () => 1) },
      { lengths: [] },
    ];
    for (const changes of most) assert.equal(readBlocks([statedBlock(changes)]).length, 1);
    const refused = [
      { stored: 16 },
      { stored: mebibyte + 4097 },
      { lengths: [mebibyte, 1] },
      { flags: 2 },
      { lengths: Array.from({ length: 16_385 }, () => 1) },
      { plain: 2 },
      { plain: 0 },
      { lengths: [5, 6], plain: 5 },
      { lengths: [5, 6], plain: 10 },
      { count: 2 },
      { count: 0 },
    ];
    for (const changes of refused)
      assert.throws(() => readBlocks([statedBlock(changes)]), corrupt, JSON.stringify(changes));
  });

  it("are as many as a pack may hold", () => {
    const one = statedBlock({});
    const blocksOf = (count: number): Buffer => Buffer.alloc(count * one.length, one);
    assert.equal(readBlocks([blocksOf(65_536)], 65_536).length, 65_536);
    assert.throws(() => readBlocks([blocksOf(65_537)], 65_537), corrupt);
    assert.throws(() => readBlocks([blocksOf(2)], 1), corrupt);
    assert.throws(() => readBlocks([blocksOf(2)], 3), corrupt);
  });
});

describe("the trailer of a pack", () => {
  it("says where the footer begins", () => {
    const trailer = Buffer.from("\x64\x02\0\0HFPKEND\x01", "latin1");
    assert.deepEqual(encodePackTrailer(0x264), trailer);
    const place = decodePackTrailer(trailer, 80 + 0x264 + 12, "a pack");
    assert.deepEqual(place, { offset: 80, length: 0x264 });
    assert.throws(() => decodePackTrailer(trailer, 80 + 0x264 + 11, "a pack"), corrupt);
  });

  it("is refused for a footer that holds nothing, and where it is none", () => {
    assert.equal(decodePackTrailer(encodePackTrailer(20), 5000, "a pack").length, 20);
    assert.throws(() => decodePackTrailer(encodePackTrailer(19), 5000, "a pack"), corrupt);
    const other = encodePackTrailer(20);
    other[11] = 2;
    assert.throws(() => decodePackTrailer(other, 5000, "a pack"), corrupt);
  });
});

describe("what is bound to a sealed part of a pack", () => {
  const longer = Buffer.concat([headerBytes, Buffer.alloc(20, 9)]);

  it("is the header, and how a block is to be read", () => {
    const words = (...numbers: readonly number[]): Buffer =>
      numbers.reduce((writer, number) => writer.u32(number), new ByteWriter()).take();
    assert.deepEqual(
      blockAad(longer, 0x1234, true),
      Buffer.concat([headerBytes, words(0x1234, 1)]),
    );
    assert.deepEqual(blockAad(longer, 5, false), Buffer.concat([headerBytes, words(5, 0)]));
    assert.deepEqual(footerAad(longer, 0x4321), Buffer.concat([headerBytes, words(0x4321)]));
  });
});
