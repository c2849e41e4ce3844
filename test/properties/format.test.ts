import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isAppError } from "../../src/base/errors.ts";
import { createSigningKeys } from "../../src/engine/crypto/signing.ts";
import { ByteReader } from "../../src/engine/format/byte-reader.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import {
  decodeIndexHeader,
  decodePackEntries,
  encodeIndexHeader,
  encodePackEntry,
  indexHeaderBytes,
} from "../../src/engine/format/index-format.ts";
import {
  decodeManifest,
  decodeRoots,
  encodeManifest,
  encodeRoots,
  type Manifest,
} from "../../src/engine/format/manifest.ts";
import {
  decodeBlocks,
  decodePackHeader,
  decodePackTrailer,
  encodeBlocks,
  encodePackHeader,
  encodePackTrailer,
  type BlockEntry,
  type PackHeader,
} from "../../src/engine/format/pack-format.ts";
import { decodeRefs, encodeRefs } from "../../src/engine/format/refs.ts";
import {
  decodeSignedDocument,
  encodeSignedDocument,
  openSignedDocument,
} from "../../src/engine/format/signed-document.ts";
import {
  decodeTreeRecord,
  encodeTreeRecord,
  recordLength,
  type TreeRecord,
} from "../../src/engine/format/tree-format.ts";
import { parseRecords } from "../../src/engine/tree-records.ts";

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
const u32 = fc.nat(0xffff_ffff);
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const rawText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: 1, maxLength })
    .map((bytes) => Buffer.from(bytes).toString("latin1").replace(/[/\0]/g, "_"))
    .filter((name) => name !== "." && name !== "..");

/** References with lengths that add up to at most a block. */
const references = fc
  .array(fc.tuple(bytes16, fc.nat(3000)), { minLength: 1, maxLength: 8 })
  .map((list) => {
    const writer = new ByteWriter();
    for (const [id, length] of list) writer.bytes(id).u32(length);
    return { chunks: writer.take(), size: list.reduce((sum, [, length]) => sum + length, 0) };
  });

const blocks: fc.Arbitrary<BlockEntry[]> = fc
  .array(fc.tuple(references, fc.integer({ min: 17, max: 100_000 }), fc.boolean()), {
    maxLength: 5,
  })
  .map((list) => {
    let offset = 80;
    return list.map(([{ chunks, size }, storedBytes, compressed]) => {
      const block = { offset, storedBytes, plainBytes: size, compressed, chunks };
      offset += storedBytes;
      return block;
    });
  });

const record: fc.Arbitrary<TreeRecord> = fc
  .record({
    depth: fc.integer({ min: 1, max: 4096 }),
    name: rawText(255),
    mode: fc.nat(0o7777),
    uid: u32,
    gid: u32,
    mtimeNs: i64,
    ctimeNs: i64,
    inode: u64,
    sparse: fc.boolean(),
    paged: fc.boolean(),
    unstable: fc.boolean(),
    device: u64,
    content: references,
    linkTarget: rawText(300),
    type: fc.constantFrom(
      "directory",
      "file",
      "symlink",
      "hardlink",
      "fifo",
      "socket",
      "character-device",
      "block-device",
      "stream",
    ),
  })
  .map(({ content, ...fields }) => {
    const hasContent = fields.type === "file" || fields.type === "stream";
    const isLink = fields.type === "symlink" || fields.type === "hardlink";
    const isDevice = fields.type === "character-device" || fields.type === "block-device";
    return {
      ...fields,
      size: hasContent ? content.size : 0,
      chunks: hasContent ? content.chunks : Buffer.alloc(0),
      linkTarget: isLink ? fields.linkTarget : "",
      device: isDevice ? fields.device : 0n,
    } as TreeRecord;
  });

function encode(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter(16);
  write(writer);
  return writer.take();
}

/** Every cut and every flipped byte: a value, or an error with a name. */
function checkHostile(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
  check: (value: unknown) => void = () => undefined,
): void {
  const attempt = (damaged: Uint8Array): void => {
    let value: unknown;
    try {
      value = decode(damaged);
    } catch (error) {
      const isNamed = isAppError(error) && error.code !== "Internal";
      assert.ok(isNamed, error instanceof Error ? (error.stack ?? "") : String(error));
      return;
    }
    check(value);
  };
  for (let length = 0; length < bytes.length; length += 1) attempt(bytes.subarray(0, length));
  for (let at = 0; at < bytes.length; at += 1) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ mask;
      attempt(flipped);
    }
  }
  attempt(Buffer.concat([bytes, Buffer.of(0)]));
}

const readBlocks = (bytes: Uint8Array): BlockEntry[] => {
  const reader = new ByteReader(bytes, "a footer");
  const found = decodeBlocks(reader);
  reader.end();
  return found;
};
const readRecord = (bytes: Uint8Array): TreeRecord =>
  decodeTreeRecord(bytes.subarray(4, recordLength(bytes, 0)), "a tree");

/** Records as the decoders make them, for comparing. */
function plainRecord<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

describe("the binary formats", () => {
  it("give back pack headers and footers", () => {
    const header = plainRecord<PackHeader>({
      suite: fc.constantFrom(1, 2, 3),
      repositoryId: bytes16,
      epochId: bytes16,
      dataKeyId: bytes16,
      salt: bytes16,
    });
    fc.assert(
      fc.property(header, blocks, (ids, entries) => {
        assert.deepEqual(decodePackHeader(encodePackHeader(ids), "a pack"), ids);
        const footer = encode((writer) => encodeBlocks(entries, writer));
        assert.deepEqual(readBlocks(footer), entries);
      }),
    );
  });

  it("give back indexes", () => {
    const entry = plainRecord({
      packId: fc.tuple(bytes16, bytes16).map((ids) => Buffer.concat(ids).toString("hex")),
      bytes: u32,
      dataKeyId: bytes16.map((id) => id.toString("hex")),
      blocks,
    });
    const header = plainRecord({ repositoryId: bytes16, epochId: bytes16, salt: bytes16 });
    fc.assert(
      fc.property(header, fc.array(entry, { maxLength: 4 }), (ids, entries) => {
        assert.deepEqual(decodeIndexHeader(encodeIndexHeader(ids), "an index"), ids);
        assert.equal(encodeIndexHeader(ids).length, indexHeaderBytes);
        const body = encode((writer) => entries.forEach((pack) => encodePackEntry(pack, writer)));
        assert.deepEqual([...decodePackEntries(body, "an index")], entries);
        const longer = Buffer.concat([body, Buffer.of(0)]);
        assert.throws(() => [...decodePackEntries(longer, "an index")], { code: "CorruptObject" });
      }),
    );
  });

  it("give back tree records", () => {
    fc.assert(
      fc.property(record, (entry) => {
        const bytes = encode((writer) => encodeTreeRecord(entry, writer));
        assert.equal(recordLength(bytes, 0), bytes.length);
        assert.deepEqual(readRecord(bytes), entry);
      }),
      { numRuns: 500 },
    );
  });

  it("give back roots and refs", () => {
    const root = plainRecord({
      role: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
      bytes: fc.nat(),
      chunks: references.map(({ chunks }) => chunks),
    });
    const object = plainRecord({
      name: fc.tuple(bytes16, bytes16).map((ids) => `index/${Buffer.concat(ids).toString("hex")}`),
      bytes: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(root), fc.array(object), (roots, objects) => {
        assert.deepEqual(decodeRoots(encodeRoots(roots), "a manifest"), roots);
        const sorted = [...objects].sort((a, b) => (a.name < b.name ? -1 : 1));
        assert.deepEqual(decodeRefs(encodeRefs(objects), "refs"), sorted);
      }),
    );
  });

  it("A47, A48: answer damage with a name or a value", () => {
    const sample = <T>(arbitrary: fc.Arbitrary<T>): T[] =>
      fc.sample(arbitrary, { numRuns: 8, seed: 7 });
    const ids = { repositoryId: Buffer.alloc(16, 1), epochId: Buffer.alloc(16, 2) };
    const header = { ...ids, dataKeyId: Buffer.alloc(16, 3), salt: Buffer.alloc(16, 4) };
    checkHostile(encodePackHeader({ ...header, suite: 1 }), (bytes) =>
      decodePackHeader(bytes, "a pack"),
    );
    checkHostile(encodeIndexHeader(header), (bytes) => decodeIndexHeader(bytes, "an index"));
    checkHostile(encodePackTrailer(100), (bytes) => decodePackTrailer(bytes, 5000, "a pack"));
    for (const entries of sample(blocks)) {
      checkHostile(
        encode((writer) => encodeBlocks(entries, writer)),
        readBlocks,
      );
      const pack = {
        packId: "ab".repeat(32),
        bytes: 9,
        dataKeyId: "cd".repeat(16),
        blocks: entries,
      };
      checkHostile(
        encode((writer) => encodePackEntry(pack, writer)),
        (bytes) => [...decodePackEntries(bytes, "an index")],
      );
    }
    for (const entry of sample(record))
      checkHostile(
        encode((writer) => encodeTreeRecord(entry, writer)),
        readRecord,
      );
    for (const { chunks } of sample(references))
      checkHostile(encodeRoots([{ role: "r", bytes: 7, chunks }]), (bytes) =>
        decodeRoots(bytes, "a manifest"),
      );
    checkHostile(encodeRefs([{ name: `index/${"a".repeat(64)}`, bytes: 12 }]), (bytes) =>
      decodeRefs(bytes, "refs"),
    );
  });

  it("A56: refuse counts before they allocate", () => {
    const huge = Buffer.alloc(64, 0xff);
    for (const decode of [
      (bytes: Uint8Array) => decodeBlocks(new ByteReader(bytes, "x")),
      (bytes: Uint8Array) => decodeRoots(bytes, "x"),
      (bytes: Uint8Array) => [...decodePackEntries(Buffer.concat([Buffer.alloc(52), bytes]), "x")],
      (bytes: Uint8Array) => decodePackTrailer(bytes.subarray(0, 12), 1000, "x"),
      (bytes: Uint8Array) => recordLength(bytes, 0),
    ])
      assert.throws(() => decode(huge), { code: "CorruptObject" });
  });
});

describe("tree records", () => {
  const [plain] = fc.sample(
    record.filter((entry) => entry.type === "file"),
    { numRuns: 1, seed: 1 },
  ) as [TreeRecord];

  it("A60: with unsafe names are neither written nor read", () => {
    for (const name of ["", ".", "..", "a/b", "/etc", "a\0b", "../a"]) {
      const unsafe = { ...plain, name };
      assert.throws(() => encode((writer) => encodeTreeRecord(unsafe, writer)), {
        code: "UnsafePath",
      });
      const stand = encode((writer) =>
        encodeTreeRecord({ ...plain, name: "x".repeat(name.length || 1) }, writer),
      );
      stand.write(name, 52, "latin1");
      if (name === "") stand.writeUInt16LE(0, 10);
      assert.throws(
        () => readRecord(stand),
        (error) => isAppError(error, "UnsafePath") || isAppError(error, "CorruptObject"),
      );
    }
  });

  it("outside the bounds are refused", () => {
    const bytes = encode((writer) => encodeTreeRecord(plain, writer));
    const patched = (patch: (copy: Buffer) => void): Buffer => {
      const copy = Buffer.from(bytes);
      patch(copy);
      return copy;
    };
    for (const copy of [
      patched((at) => at.writeUInt8(9, 4)),
      patched((at) => at.writeUInt16LE(4097, 6)),
      patched((at) => at.writeUInt16LE(0o10000, 8)),
      patched((at) => at.writeUInt16LE(65_535, 10)),
      patched((at) => at.writeBigUInt64LE(2n ** 60n, 20)),
      patched((at) => at.writeBigUInt64LE(1n, 20)),
    ])
      assert.throws(() => readRecord(copy), { code: "CorruptObject" });
  });

  it("A60: in no place of the tree are refused", async () => {
    const make = (name: string, depth: number, type: TreeRecord["type"] = "directory"): Buffer => {
      const hasContent = type === "file";
      const entry = { ...plain, name, depth, type };
      const content = hasContent ? {} : { size: 0, chunks: Buffer.alloc(0) };
      return encode((writer) => encodeTreeRecord({ ...entry, ...content }, writer));
    };
    const read = async (...records: Buffer[]): Promise<string[]> => {
      const paths: string[] = [];
      const pieces = (async function* () {
        const all = Buffer.concat(records);
        for (let at = 0; at < all.length; at += 13) yield all.subarray(at, at + 13);
      })();
      for await (const [path] of parseRecords(pieces, "role")) paths.push(path);
      return paths;
    };
    const root = make("", 0);
    assert.deepEqual(
      await read(
        root,
        make("a", 1),
        make("f", 2, "file"),
        make("b", 1),
        make("c", 2),
        make("d", 3),
      ),
      ["", "a", "a/f", "b", "b/c", "b/c/d"],
    );
    const refused = [
      [root, make("a", 2)],
      [root, make("a", 1, "file"), make("b", 2)],
      [root, make("a", 1), make("b", 3)],
      [root, make("a", 1), make("b", 1), make("a", 1)],
      [root, make("a", 1, "file"), make("a", 1, "file")],
      [root, make("a", 1), make("x", 2), make("b", 1, "file"), make("y", 2)],
      [root, root],
    ];
    for (const records of refused) await assert.rejects(read(...records), { code: "UnsafePath" });
    await assert.rejects(read(root, make("a", 1).subarray(0, 30)), { code: "CorruptObject" });
  });
});

describe("signed documents", () => {
  const signer = createSigningKeys();
  const body = { format: "test", version: 1, text: "with ünïcode \ufffd" };
  const bytes = encodeSignedDocument("keys/a", body, signer);

  it("open under their name and key only", () => {
    assert.deepEqual(openSignedDocument("keys/a", bytes, signer.publicKey), body);
    const other = createSigningKeys();
    for (const open of [
      () => openSignedDocument("keys/b", bytes, signer.publicKey),
      () => openSignedDocument("keys/a", bytes, other.publicKey),
      () => openSignedDocument("keys/a", bytes, ""),
      () => openSignedDocument("keys/a", bytes, "AAAA"),
    ])
      assert.throws(open, { code: "SignatureInvalid" });
    const document = decodeSignedDocument("keys/a", bytes);
    assert.ok(document.isSignedBy(signer.publicKey) && !document.isSignedBy(other.publicKey));
  });

  it("A47: change in no byte unseen", () => {
    checkHostile(
      bytes,
      (damaged) => openSignedDocument("keys/a", damaged, signer.publicKey),
      (value) => assert.fail(`opened: ${JSON.stringify(value)}`),
    );
    const text = bytes.toString("utf8");
    for (const changed of [
      `${text}\n`,
      ` ${text}`,
      text.replace('{"algorithm"', '{ "algorithm"'),
      text.replace('"}\n', '","more":1}\n'),
      text.replace('=="}', '="}'),
      text.replace("\n", "\r\n"),
      `\ufeff${text}`,
      "[]\n{}\n",
      "null\nnull\n",
      "1\n2\n",
    ])
      assert.throws(
        () => openSignedDocument("keys/a", Buffer.from(changed), signer.publicKey),
        (error) => isAppError(error, "CorruptObject") || isAppError(error, "SignatureInvalid"),
        changed,
      );
  });
});

describe("manifests", () => {
  const manifest: Manifest = {
    repositoryId: "r",
    epochId: "ab".repeat(16),
    dataKeyId: "cd".repeat(16),
    backupId: "b",
    sequence: 2,
    previous: { backupId: "a", manifestHash: "ef".repeat(32) },
    fence: 3,
    status: "PartialSucceeded",
    createdAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:00:01.000Z",
    isAutomatic: true,
    isCloudRecoveryReady: false,
    deployment: { deploymentId: "d", region: "local", stampVersion: null, oemVersion: "1" },
    recipients: [{ kind: "certificate", keyId: "k", thumbprint: "T", subject: "CN=x" }],
    roles: [
      {
        name: "role",
        status: "Failed",
        required: true,
        essential: true,
        startedAt: "s",
        endedAt: "e",
        files: 1,
        directories: 2,
        otherEntries: 3,
        plainBytes: 4,
        newBytes: 5,
        warnings: 6,
        error: { code: "SourceFailed", message: "m" },
      },
    ],
    plainBytes: 7,
    newBytes: 8,
    storedBytes: 9,
    refs: "refs/x",
    sealed: "AAAA",
  };
  const body = (): Record<string, unknown> =>
    JSON.parse(JSON.stringify(encodeManifest(manifest))) as Record<string, unknown>;

  it("give back every field", () => {
    assert.deepEqual(decodeManifest(body(), "a manifest"), manifest);
    assert.deepEqual(decodeManifest({ ...body(), previous: null }, "m").previous, null);
  });

  it("A55: of another format or version are refused", () => {
    for (const version of [0, 2, 255])
      assert.throws(() => decodeManifest({ ...body(), version }, "m"), {
        code: "UnsupportedFormat",
      });
    assert.throws(() => decodeManifest({ ...body(), format: "other" }, "m"), {
      code: "CorruptObject",
    });
  });

  it("with any field missing or of another type are refused", () => {
    const wrong = [null, -1, 1.5, 2 ** 60, "text", true, {}, [], [1], [null]];
    for (const name of Object.keys(body())) {
      for (const value of [undefined, ...wrong]) {
        try {
          decodeManifest({ ...body(), [name]: value }, "m");
        } catch (error) {
          const isNamed =
            isAppError(error, "CorruptObject") || isAppError(error, "UnsupportedFormat");
          assert.ok(isNamed, `${name}: ${String(error)}`);
          continue;
        }
        const isRight =
          typeof value === typeof body()[name] || value === null || value === undefined;
        assert.ok(isRight, `${name} may be ${JSON.stringify(value)}`);
      }
    }
  });
});
