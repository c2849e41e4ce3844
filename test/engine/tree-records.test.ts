import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import { encodeTreeRecord, type TreeRecord } from "../../src/engine/format/tree-format.ts";
import { parseRecords } from "../../src/engine/tree-records.ts";

const mebibyte = 1024 * 1024;

/** A record with so many chunks of a byte each. */
function aRecord(name: string, depth: number, type: TreeRecord["type"], chunks = 0): Buffer {
  const one = new ByteWriter().bytes(Buffer.alloc(16, depth)).u32(1).take();
  const writer = new ByteWriter(16);
  encodeTreeRecord(
    {
      ...{ type, depth, name, mode: 0o755, uid: 0, gid: 0, size: chunks },
      ...{ mtimeNs: 0n, ctimeNs: 0n, inode: 0n, sparse: false, paged: false, unstable: false },
      ...{ chunks: Buffer.alloc(chunks * 20, one), linkTarget: "", device: 0n },
    },
    writer,
  );
  return writer.take();
}

const root = aRecord("", 0, "directory");
const folder = (name: string, depth = 1): Buffer => aRecord(name, depth, "directory");
const file = (name: string, depth = 1, chunks = 0): Buffer => aRecord(name, depth, "file", chunks);

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Paths and sizes as far as they are told, then the message of the error, if any. */
async function read(bytes: Buffer, pieceBytes = bytes.length): Promise<string[]> {
  const told: string[] = [];
  try {
    for await (const [path, { size, chunks }] of parseRecords(cut(bytes, pieceBytes), "r")) {
      told.push(`${path} ${size}`);
      assert.equal(chunks.length, size * 20);
    }
  } catch (error) {
    assert.ok(error instanceof Error);
    told.push(error.message);
  }
  return told;
}

describe("the records of a tree", () => {
  it("are the same however their bytes are cut, large ones too", async () => {
    for (const chunks of [0, 1, 3000, 110_000]) {
      const records = [root, file("a"), file("b", 1, chunks), file("c", 1, 2), folder("d")];
      const all = Buffer.concat(records);
      const expected = [" 0", "a 0", `b ${chunks}`, "c 2", "d 0"];
      const behindLarge = Buffer.concat(records.slice(0, 3)).length;
      const pieces = [all.length, behindLarge, behindLarge - 1, 100_003, mebibyte, 60, 3, 1];
      for (const pieceBytes of pieces.slice(0, all.length > mebibyte ? 6 : 8))
        assert.deepEqual(await read(all, pieceBytes), expected, `${chunks} in ${pieceBytes}`);
    }
  });

  it("are not copied again and again, in however small pieces a stranger had them stored", async (context) => {
    const all = Buffer.concat([root, file("a", 1, 5000), file("b")]);
    let copied = 0;
    const concat = Buffer.concat.bind(Buffer);
    context.mock.method(Buffer, "concat", (list: readonly Uint8Array[]) => {
      for (const { length } of list) copied += length;
      return concat(list);
    });
    assert.deepEqual(await read(all, 7), [" 0", "a 5000", "b 0"]);
    assert.ok(copied < all.length, `${copied} bytes copied of ${all.length}`);
  });

  it("are told up to where they are cut off, with an error then", async () => {
    for (const chunks of [1, 110_000]) {
      const all = Buffer.concat([root, file("a"), file("b", 1, chunks)]);
      for (const length of [all.length - 1, all.length - 20, all.length - chunks * 20 - 54])
        for (const pieceBytes of [length, 999])
          assert.deepEqual(
            await read(all.subarray(0, length), pieceBytes),
            [" 0", "a 0", 'The tree of role "r" ends inside a record'],
            `${length} in ${pieceBytes}`,
          );
    }
    assert.deepEqual(await read(Buffer.alloc(0), 1), []);
  });

  it("stand below the folder before them, in the order of their names", async () => {
    const tree = [
      root,
      folder("a"),
      folder("a", 2),
      file("f", 3),
      file("b", 2),
      folder("b"),
      file("a", 2),
      file("c"),
    ];
    const paths = [" 0", "a 0", "a/a 0", "a/a/f 0", "a/b 0", "b 0", "b/a 0", "c 0"];
    assert.deepEqual(await read(Buffer.concat(tree)), paths);
  });

  it("are refused in any other place", async () => {
    const refused: readonly (readonly [string, readonly Buffer[]])[] = [
      ["out of order", [root, folder("b"), folder("a")]],
      ["out of order", [root, folder("a"), folder("a")]],
      ["out of order", [root, folder("a"), file("y", 2), file("x", 2)]],
      ["outside any directory", [root, file("a"), file("b", 2)]],
      ["outside any directory", [root, folder("a"), file("b", 3)]],
      ["outside any directory", [root, folder("a"), folder("b", 2), folder("c"), file("d", 3)]],
      ["outside any directory", [root, folder("a"), folder("b", 2), file("c"), file("d", 2)]],
      ["out of order", [root, root]],
    ];
    for (const [how, records] of refused) {
      const told = await read(Buffer.concat(records));
      assert.match(told.at(-1) ?? "", new RegExp(`^A tree holds ".?" ${how}: nothing was written`));
      assert.equal(told.length, records.length, "what stands before it is told");
    }
  });

  it("are named cut to 80 characters where they are refused", async () => {
    const told = await read(Buffer.concat([root, folder("b"), folder("a".repeat(200))]));
    assert.equal(
      told.at(-1),
      `A tree holds "${"a".repeat(80)}" out of order: nothing was written for it`,
    );
  });
});
