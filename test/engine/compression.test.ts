import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as zlib from "node:zlib";
import { AppError } from "../../src/base/errors.ts";
import { createBlockCodec, type BlockCodec } from "../../src/engine/compression.ts";
import { canReuseContexts, compressBound } from "../../src/engine/zstd-context.ts";
import { makeKeyStream } from "../support/reference-chunker.ts";

const blockBytes = 1024 * 1024;
const level = zlib.constants.ZSTD_c_compressionLevel;
const text = makeText(blockBytes);
const noise = makeKeyStream(1, blockBytes);

function makeText(length: number): Buffer {
  const words = makeKeyStream(2, length);
  const lines = Array.from({ length: length / 32 }, (_, i) => {
    const [a, b, c] = words.subarray(i * 3, i * 3 + 3) as unknown as [number, number, number];
    return `2026-11-23 role=${a % 7} item=${b} took ${c * 17} ms\n`;
  });
  return Buffer.from(lines.join("")).subarray(0, length);
}

/** Text in pages that are half empty, as those of databases. */
function makePages(length: number): Buffer {
  const pages = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4096) text.copy(pages, at + 64, at, at + 2048);
  return pages;
}

function compressOnce(codec: BlockCodec, content: Buffer): Buffer {
  const output = Buffer.alloc(compressBound(content.length));
  const bytes = codec.compress(content, 0, content.length, output);
  return output.subarray(0, bytes);
}

function decompressOnce(codec: BlockCodec, frame: Buffer, expectedBytes: number): Buffer {
  const output = Buffer.alloc(expectedBytes);
  assert.equal(codec.decompress(frame, 0, frame.length, output, expectedBytes), expectedBytes);
  return output;
}

/** What level 1 means here. */
const { ZSTD_c_hashLog, ZSTD_c_minMatch, ZSTD_c_windowLog } = zlib.constants;
const ofText = { [ZSTD_c_hashLog]: 14, [ZSTD_c_minMatch]: 6 };
const ofOther = { [ZSTD_c_hashLog]: 15, [ZSTD_c_minMatch]: 6, [ZSTD_c_windowLog]: 18 };

function publicFrame(content: Buffer, params: Record<number, number> = ofText): Buffer {
  return zlib.zstdCompressSync(content, { params: { [level]: 1, ...params } });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}

const isCorrupt = hasCode("CorruptObject");

describe("zstd context", () => {
  it("is reusable on this Node", () => {
    assert.equal(canReuseContexts(), true);
  });
});

for (const reuseContexts of [true, false]) {
  describe(`block codec with ${reuseContexts ? "reused" : "fresh"} contexts`, () => {
    const codec = createBlockCodec({ level: 1, maxBlockBytes: blockBytes, reuseContexts });

    it("gives back what it took", () => {
      for (const length of [100, 4096, 70_000, 600_000, blockBytes]) {
        const content = text.subarray(0, length);
        const frame = compressOnce(codec, content);
        assert.ok(frame.length > 0 && frame.length < length, `${length}`);
        assert.ok(decompressOnce(codec, frame, length).equals(content));
      }
    });

    it("equals the public call whatever came before", () => {
      const pages = makePages(blockBytes);
      assert.ok(!publicFrame(pages, ofText).equals(publicFrame(pages, ofOther)));
      for (const content of [text, pages, Buffer.alloc(5000), text.subarray(77, 90_000), text]) {
        const params = content[0] === 0 ? ofOther : ofText;
        assert.ok(compressOnce(codec, content).equals(publicFrame(content, params)));
      }
    });

    it("works inside larger buffers only", () => {
      const input = Buffer.concat([noise.subarray(0, 99), text.subarray(0, 9000), noise]);
      const output = Buffer.alloc(compressBound(9000) + 500, 0xee);
      const bytes = codec.compress(input, 99, 9099, output);
      assert.ok(output.subarray(compressBound(9000)).every((byte) => byte === 0xee));
      const stored = Buffer.concat([noise.subarray(0, 7), output.subarray(0, bytes), noise]);
      const content = Buffer.alloc(9100, 0xee);
      assert.equal(codec.decompress(stored, 7, 7 + bytes, content, 9000), 9000);
      assert.ok(content.subarray(0, 9000).equals(text.subarray(0, 9000)));
      assert.ok(content.subarray(9000).every((byte) => byte === 0xee));
    });

    it("takes an output as small as the input", () => {
      const output = Buffer.alloc(blockBytes);
      const bytes = codec.compress(text, 0, blockBytes, output);
      assert.ok(output.subarray(0, bytes).equals(publicFrame(text)));
    });

    it("returns 0 below three percent gain", () => {
      assert.equal(compressOnce(codec, noise).length, 0);
      assert.equal(compressOnce(codec, Buffer.alloc(0)).length, 0);
      const shrinkable = (zeros: number): Buffer =>
        Buffer.concat([noise.subarray(0, 100_000 - zeros), Buffer.alloc(zeros)]);
      assert.equal(compressOnce(codec, shrinkable(2900)).length, 0);
      assert.ok(compressOnce(codec, shrinkable(3200)).length <= 97_000);
      assert.ok(compressOnce(codec, shrinkable(3200)).length > 0);
    });

    it("level means what it says", () => {
      const other = createBlockCodec({ level: 3, maxBlockBytes: blockBytes, reuseContexts });
      const frame = compressOnce(other, text);
      assert.ok(frame.equals(publicFrame(text, { [level]: 3 })));
      assert.ok(!frame.equals(publicFrame(text)));
      other.close();
    });

    it("stays usable after close", () => {
      codec.close();
      assert.ok(decompressOnce(codec, compressOnce(codec, text), blockBytes).equals(text));
    });

    it("refuses every other content size", () => {
      const frame = compressOnce(codec, text.subarray(0, 5000));
      for (const expected of [-1, 0, 4999, 5001, 5000.5, Number.NaN, blockBytes + 1]) {
        const output = Buffer.alloc(6000);
        assert.throws(() => codec.decompress(frame, 0, frame.length, output, expected), isCorrupt);
      }
    });

    it("A59: refuses every truncated frame", () => {
      for (const checksum of [0, 1]) {
        const content = text.subarray(0, 3000);
        const frame = publicFrame(content, { [zlib.constants.ZSTD_c_checksumFlag]: checksum });
        assert.ok(decompressOnce(codec, frame, 3000).equals(content));
        for (let end = 0; end < frame.length; end++) {
          assert.throws(() => codec.decompress(frame, 0, end, Buffer.alloc(3000), 3000), isCorrupt);
        }
      }
    });

    it("refuses a wrong content checksum", () => {
      const frame = publicFrame(text, { [zlib.constants.ZSTD_c_checksumFlag]: 1 });
      frame[frame.length - 1]! ^= 1;
      assert.throws(() => decompressOnce(codec, frame, blockBytes), isCorrupt);
    });

    it("refuses trailing bytes and second frames", () => {
      const frame = publicFrame(text.subarray(0, 3000));
      const empty = publicFrame(Buffer.alloc(0));
      const skippable = Buffer.from("502a4d180000000000", "hex");
      for (const parts of [
        [frame, Buffer.alloc(1)],
        [frame, frame],
        [frame, empty],
        [empty, frame],
        [skippable, frame],
      ]) {
        assert.throws(() => decompressOnce(codec, Buffer.concat(parts), 3000), isCorrupt);
      }
    });

    it("A58: refuses bombs before the decoder sees them", () => {
      for (const [name, frame, expected] of listBombs()) {
        assert.throws(() => decompressOnce(codec, frame, expected), isCorrupt, name);
      }
    });

    it("content longer than stated is refused", () => {
      const frame = rleFrame({ contentBytes: 1000, blocks: [1000] });
      assert.ok(decompressOnce(codec, frame, 1000).equals(Buffer.alloc(1000, 0x78)));
      for (const blocks of [[1001 - 500, 500], [999], [1000, 1], [0]]) {
        const lying = rleFrame({ contentBytes: 1000, blocks });
        assert.throws(() => decompressOnce(codec, lying, 1000), isCorrupt, blocks.join());
      }
    });

    it("works again after every damaged byte", () => {
      const content = text.subarray(0, 2000);
      const frame = publicFrame(content);
      const other = publicFrame(noise.subarray(0, 300));
      for (let at = 0; at < frame.length; at++) {
        const damaged = Buffer.from(frame);
        damaged[at]! ^= 0x55;
        const output = Buffer.alloc(2100, 0xee);
        try {
          codec.decompress(damaged, 0, damaged.length, output, 2000);
        } catch (error) {
          assert.ok(isCorrupt(error), `byte ${at}: ${String(error)}`);
        }
        assert.ok(output.subarray(2000).every((byte) => byte === 0xee));
        assert.ok(decompressOnce(codec, frame, 2000).equals(content));
      }
      assert.ok(decompressOnce(codec, other, 300).equals(noise.subarray(0, 300)));
    });

    it("refuses ranges and outputs that do not fit", () => {
      const isInvalid = hasCode("InvalidArgument");
      const room = Buffer.alloc(2 * blockBytes);
      for (const [from, to] of [
        [-1, 5],
        [6, 5],
        [0, blockBytes + 1],
        [0.5, 9],
        [Number.NaN, 9],
      ] as const) {
        assert.throws(() => codec.compress(text, from, to, room), isInvalid);
        assert.throws(() => codec.decompress(text, from, to, room, 100), isInvalid);
      }
      assert.throws(() => codec.compress(room, 0, blockBytes + 1, room), isInvalid);
      assert.throws(() => codec.compress(text, 0, 5000, Buffer.alloc(4999)), isInvalid);
      const frame = publicFrame(text.subarray(0, 5000));
      assert.throws(
        () => codec.decompress(frame, 0, frame.length, Buffer.alloc(4999), 5000),
        isInvalid,
      );
    });
  });
}

describe("block codec options", () => {
  it("refuses levels that mean something else", () => {
    for (const wrong of [-1, 0, 20, 1.5, Number.NaN]) {
      const create = (): BlockCodec =>
        createBlockCodec({ level: wrong, maxBlockBytes: blockBytes });
      assert.throws(create, hasCode("InvalidArgument"));
    }
  });

  it("refuses unusable block sizes", () => {
    for (const maxBlockBytes of [0, -5, 1.5, 64 * 1024 * 1024 + 1, Number.NaN]) {
      assert.throws(
        () => createBlockCodec({ level: 1, maxBlockBytes }),
        hasCode("InvalidArgument"),
      );
    }
  });

  it("memory stays flat over many failures", () => {
    const codec = createBlockCodec({ level: 1, maxBlockBytes: blockBytes });
    const frame = publicFrame(text);
    frame.fill(0xff, 40, 4000);
    const output = Buffer.alloc(blockBytes);
    const fail = (): void => {
      assert.throws(() => codec.decompress(frame, 0, frame.length, output, blockBytes), isCorrupt);
    };
    for (let i = 0; i < 100; i++) fail();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 1000; i++) fail();
    const grown = process.memoryUsage.rss() - before;
    assert.ok(grown < 64 * 1024 * 1024, `grew by ${grown}`);
  });
});

/** A frame of RLE blocks, with a 4-byte content size and, unless single-segment, a window descriptor. */
function rleFrame(options: {
  contentBytes: number;
  blocks: number[];
  window?: number;
  flags?: number;
}): Buffer {
  const isSingle = options.window === undefined;
  const descriptor = 0x80 | (isSingle ? 0x20 : 0) | (options.flags ?? 0);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(options.contentBytes);
  const blocks = options.blocks.map((bytes, i) => {
    const header = Buffer.alloc(4, 0x78);
    header.writeUIntLE((bytes << 3) | 2 | (i === options.blocks.length - 1 ? 1 : 0), 0, 3);
    return header;
  });
  const head = [
    0x28,
    0xb5,
    0x2f,
    0xfd,
    descriptor,
    ...(options.window === undefined ? [] : [options.window]),
  ];
  const dictionary = Buffer.alloc([0, 1, 2, 4][(options.flags ?? 0) & 3] as number, 1);
  return Buffer.concat([Buffer.from(head), dictionary, size, ...blocks]);
}

function listBombs(): [string, Buffer, number][] {
  const one = { contentBytes: 1000, blocks: [1000] };
  const noSize = publicFrame(text.subarray(0, 1000), {
    [zlib.constants.ZSTD_c_contentSizeFlag]: 0,
  });
  const wide = Buffer.alloc(14);
  Buffer.from("28b52ffde0", "hex").copy(wide);
  wide.writeBigUInt64LE(2n ** 62n, 5);
  return [
    ["window of 2 GiB", rleFrame({ ...one, window: 21 << 3 }), 1000],
    ["window just above the bound", rleFrame({ ...one, window: (10 << 3) | 1 }), 1000],
    ["largest window there is", rleFrame({ ...one, window: 0xff }), 1000],
    ["content of 4 GiB", rleFrame({ ...one, contentBytes: 0xffff_ffff }), 1000],
    ["content of 2^62 bytes", wide, 1000],
    ["block above 128 KiB", rleFrame({ contentBytes: 200_000, blocks: [200_000] }), 200_000],
    ["block above the window", rleFrame({ contentBytes: 2000, blocks: [2000], window: 0 }), 2000],
    ["one-byte dictionary id", rleFrame({ ...one, flags: 1 }), 1000],
    ["four-byte dictionary id", rleFrame({ ...one, flags: 3 }), 1000],
    ["reserved bit", rleFrame({ ...one, flags: 8 }), 1000],
    ["no content size", noSize, 1000],
    ["reserved block type", Buffer.from("28b52ffd2001ef0000", "hex"), 1],
    ["gzip", zlib.gzipSync(text.subarray(0, 1000)), 1000],
    ["old zstd magic", Buffer.from("27b52ffd2001090000780000", "hex"), 1],
  ];
}
