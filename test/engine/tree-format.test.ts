import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import {
  decodeTreeRecord,
  encodeTreeRecord,
  isSafeName,
  neededBytes,
  recordAt,
  recordLength,
  recordTypes,
  referencedBytes,
  type TreeRecord,
} from "../../src/engine/format/tree-format.ts";

const corrupt = { code: "CorruptObject" };
const references = Buffer.concat(
  [3, 0x1_0000, 5].map((length) => new ByteWriter().bytes(Buffer.alloc(16, 9)).u32(length).take()),
);
const plain: TreeRecord = {
  ...{ type: "directory", depth: 0x102, name: "näme", mode: 0o1755, uid: 0xa1b2_c3d4, gid: 7 },
  ...{ size: 0, mtimeNs: -2n, ctimeNs: 2n ** 40n, inode: 2n ** 63n + 5n },
  ...{ sparse: false, paged: false, unstable: false },
  ...{ chunks: Buffer.alloc(0), linkTarget: "", device: 0n },
};

function encode(changes: Partial<TreeRecord>): Buffer {
  const writer = new ByteWriter(16);
  encodeTreeRecord({ ...plain, ...changes }, writer);
  return writer.take();
}

function decode(bytes: Uint8Array): TreeRecord {
  return decodeTreeRecord(bytes.subarray(4), "a tree");
}

/** A directory's record with some bytes of its own. */
function patched(patch: (bytes: Buffer) => void, changes: Partial<TreeRecord> = {}): Buffer {
  const bytes = encode(changes);
  patch(bytes);
  return bytes;
}

describe("a record of a tree", () => {
  it("is of these bytes", () => {
    const tails: readonly (readonly [Partial<TreeRecord>, Buffer])[] = [
      [{ type: "directory" }, Buffer.alloc(0)],
      [
        { type: "file", size: 0x1_0008, chunks: references },
        Buffer.concat([Buffer.of(3, 0, 0, 0), references]),
      ],
      [{ type: "symlink", linkTarget: "../x" }, Buffer.from("\x04\0\0\0../x")],
      [{ type: "hardlink", linkTarget: "y" }, Buffer.from("\x01\0\0\0y")],
      [{ type: "fifo" }, Buffer.alloc(0)],
      [{ type: "socket" }, Buffer.alloc(0)],
      [{ type: "character-device", device: 0x0102n }, Buffer.of(2, 1, 0, 0, 0, 0, 0, 0)],
      [{ type: "block-device", device: 1n << 56n }, Buffer.of(0, 0, 0, 0, 0, 0, 0, 1)],
      [{ type: "stream", size: 0, chunks: Buffer.alloc(0) }, Buffer.alloc(4)],
    ];
    for (const [number, [changes, tail]] of tails.entries()) {
      const fields = new ByteWriter()
        .u32(48 + 4 + tail.length)
        .u8(number)
        .u8(0)
        .u16(0x102)
        .u16(0o1755)
        .u16(4)
        .u32(0xa1b2_c3d4)
        .u32(7)
        .u64(BigInt(changes.size ?? 0))
        .i64(-2n)
        .i64(2n ** 40n)
        .u64(2n ** 63n + 5n);
      const bytes = Buffer.concat([fields.latin1("näme").take(), tail]);
      assert.deepEqual(encode(changes), bytes, recordTypes[number]);
      assert.deepEqual(decode(bytes), { ...plain, ...changes }, recordTypes[number]);
      assert.equal(bytes.toString("latin1", recordAt.name, recordAt.name + 4), "näme");
    }
  });

  it("has a flag for each of three things", () => {
    for (const [byte, changes] of [
      [1, { sparse: true }],
      [2, { paged: true }],
      [4, { unstable: true }],
      [7, { sparse: true, paged: true, unstable: true }],
    ] as const) {
      const bytes = encode(changes);
      assert.equal(bytes[5], byte);
      assert.deepEqual(decode(bytes), { ...plain, ...changes });
    }
  });

  it("holds numbers to their bounds, and no further", () => {
    const deep = { depth: 4096, name: "x".repeat(4096), mode: 0o7777 };
    assert.deepEqual(decode(encode(deep)), { ...plain, ...deep });
    for (const changes of [{ depth: 4097 }, { name: "x".repeat(4097) }])
      assert.throws(() => encode(changes), { code: "UnsafePath" });
    const tooMany = { length: 512 * 1024 * 1024 - 4096 - 63 } as Buffer;
    assert.throws(() => encode({ type: "file", chunks: tooMany }), { code: "LimitExceeded" });
    const size = Number.MAX_SAFE_INTEGER;
    assert.equal(decode(patched((at) => at.writeBigUInt64LE(BigInt(size), 20))).size, size);
    for (const bytes of [
      patched((at) => at.writeBigUInt64LE(2n ** 53n, 20)),
      patched((at) => at.writeUInt16LE(4097, 6)),
      patched((at) => at.writeUInt16LE(0o10000, 8)),
      patched((at) => at.writeUInt8(9, 4)),
      patched((at) => at.writeUInt16LE(4097, 10), { name: "x".repeat(4096) }),
    ])
      assert.throws(() => decode(bytes), corrupt);
  });

  it("is nothing but whole", () => {
    const fault = (bytes: Uint8Array): string => {
      try {
        decodeTreeRecord(bytes, "a tree");
      } catch (error) {
        assert.ok(isAppError(error, "CorruptObject") && error instanceof Error);
        return error.message;
      }
      return "";
    };
    const file = { type: "file", size: 0x1_0008, chunks: references } as const;
    const link = { type: "symlink", linkTarget: "x" } as const;
    for (const changes of [{}, file, link, { type: "character-device", device: 3n } as const]) {
      const body = encode(changes).subarray(4);
      assert.equal(fault(body), "");
      for (let length = 0; length < body.length; length += 1)
        assert.match(fault(body.subarray(0, length)), /ends at byte \d+, inside a field|claims 3 /);
      assert.match(fault(Buffer.concat([body, Buffer.of(0)])), /1 bytes after (?:its|the) end/);
    }
    assert.match(fault(encode({}).subarray(4, 51)), /ends at byte 47,/);
    const root = encode({ depth: 0, name: "" });
    assert.equal(fault(root.subarray(4)), "", "nothing but the fixed fields");
  });

  it("has chunks that add up to its size", () => {
    assert.equal(referencedBytes(references), 0x1_0008);
    const file = { type: "file", size: 0x1_0008, chunks: references } as const;
    for (const size of [0x1_0007, 0x1_0009, 0])
      assert.throws(() => decode(encode({ ...file, size })), corrupt);
    const more = patched((at) => at.writeUInt32LE(4, 56), file);
    assert.throws(() => decode(more), { ...corrupt, message: /claims 4 chunks/ });
  });

  it("has a link's target of 1 to 65,535 bytes without a NUL", () => {
    const longest = { type: "symlink", linkTarget: "x".repeat(65_535) } as const;
    assert.deepEqual(decode(encode(longest)), { ...plain, ...longest });
    for (const type of ["symlink", "hardlink"] as const)
      for (const linkTarget of ["", "a\0b", "x".repeat(65_536)])
        assert.throws(() => decode(encode({ type, linkTarget })), corrupt);
  });
});

describe("a record's length", () => {
  const stated = (length: number, bytes = 4): Buffer => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUInt32LE(length);
    return buffer;
  };

  it("is told once the record is whole, wherever it begins", () => {
    const bytes = Buffer.concat([Buffer.alloc(3), encode({})]);
    assert.equal(recordLength(bytes, 3), bytes.length - 3);
    for (const end of [3, 4, 6, 7, 20, bytes.length - 1])
      assert.equal(recordLength(bytes.subarray(0, end), 3), 0);
    assert.equal(neededBytes(Buffer.alloc(3)), 4);
    assert.equal(neededBytes(bytes.subarray(3, 7)), bytes.length - 3);
  });

  it("is bounded before anybody waits for it", () => {
    const most = 512 * 1024 * 1024;
    assert.equal(neededBytes(stated(most - 4)), most);
    assert.equal(neededBytes(stated(0x0123_4567)), 0x0123_456b);
    assert.equal(recordLength(stated(44, 48), 0), 48);
    for (const length of [most - 3, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0, 43])
      assert.throws(() => neededBytes(stated(length)), corrupt, `${length}`);
  });
});

describe("a name in a tree", () => {
  const unsafe = ["", ".", "..", "/", "a/b", "a/", "\0", "a\0"];
  const safe = ["a", "...", ".a", "..a", "a.", "a..", "x.", "\\", "x".repeat(4096), "ä"];

  it("is one step down", () => {
    for (const name of safe) {
      assert.equal(isSafeName(Buffer.from(name, "latin1")), true, name);
      assert.equal(decode(encode({ name })).name, name);
    }
    for (const name of unsafe) {
      assert.equal(isSafeName(Buffer.from(name, "latin1")), false, name);
      assert.throws(() => encode({ name }), { code: "UnsafePath" }, name);
      const stand = "y".repeat(name.length);
      const bytes =
        name === ""
          ? patched((at) => at.writeUInt16LE(1, 6), { depth: 0, name: "" })
          : patched((at) => at.write(name, 52, "latin1"), { name: stand });
      assert.throws(() => decode(bytes), { code: "UnsafePath" }, name);
    }
    assert.equal(isSafeName(Buffer.alloc(4097, "x")), false);
  });

  it("is the root's alone where there is none", () => {
    const root = { depth: 0, name: "" };
    assert.deepEqual(decode(encode(root)), { ...plain, ...root });
    assert.throws(() => encode({ depth: 0 }), { code: "UnsafePath" });
    assert.throws(() => decode(patched((at) => at.writeUInt16LE(0, 6))), { code: "UnsafePath" });
    for (const type of recordTypes.slice(1)) {
      const linkTarget = type.endsWith("link") ? "x" : "";
      assert.throws(() => decode(encode({ ...root, type, linkTarget })), corrupt, type);
    }
  });

  it("is told cut to 80 characters", () => {
    assert.throws(() => encode({ name: "/".repeat(200) }), {
      message: `A tree holds the unsafe name "${"/".repeat(80)}" at depth 258: nothing was written for it`,
    });
  });
});
