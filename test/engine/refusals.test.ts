import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { BlockOpener } from "../../src/engine/block-opener.ts";
import { createBlockCodec } from "../../src/engine/compression.ts";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import { objectKind, sealSmall } from "../../src/engine/crypto/aead.ts";
import { createChunkNamer } from "../../src/engine/crypto/chunk-id.ts";
import { readRecipientCertificate } from "../../src/engine/crypto/recipient-certificate.ts";
import { blockBytes } from "../../src/engine/format/limits.ts";
import { blockAad, encodePackHeader } from "../../src/engine/format/pack-format.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import type { CopyProgress } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { prepareRepository, signerOf } from "../../src/engine/repository.ts";
import { createPublicContext, createReusedContext } from "../../src/engine/zstd-context.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import {
  aStreamRole,
  backupIdOf,
  createHost,
  createRepository,
  listNames,
  someDeployment,
  somePassword,
  type TestRepository,
} from "../support/a-repository.ts";
import {
  fileTail,
  forgeTree,
  rawRecord,
  recordTypes,
  rootRecord,
  storeContent,
} from "../support/forge-backup.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeCertificate } from "../support/test-certificates.ts";

let folder = "";
before(async () => {
  folder = await makeTempFolder();
});
after(() => removeFolder(folder));

const limits = { timeout: 60_000 };

describe("a block that was sealed, but is not what the index says", limits, () => {
  const [dataKey, idKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const dataKeyId = "0a".repeat(16);
  const codec = createBlockCodec({ level: 1, maxBlockBytes: blockBytes });
  const keys = new Map([[dataKeyId, dataKey.toString("base64")]]);
  const opener = new BlockOpener(codec, keys, idKey.toString("base64"));
  const header = encodePackHeader({
    suite: 2,
    repositoryId: Buffer.alloc(16, 3),
    epochId: Buffer.alloc(16, 4),
    dataKeyId: Buffer.from(dataKeyId, "hex"),
    salt: Buffer.alloc(16, 5),
  });
  const pack = opener.openPack("data/aa/pack", header, dataKeyId);
  const content = someContent(5000, "a block");

  function seal(payload: Buffer, plainBytes: number, compressed: boolean): Buffer {
    const aad = blockAad(pack.header, plainBytes, compressed);
    return sealSmall(pack.key, objectKind.block, 0, aad, payload);
  }

  function open(sealed: Buffer, plainBytes: number, compressed: boolean, stored = sealed.length) {
    const sizes = { offset: 80, storedBytes: stored, plainBytes, compressed };
    return opener.open(pack, 0, { ...sizes, chunks: Buffer.alloc(0) }, sealed);
  }

  it("opens where all agree", () => {
    assert.ok(open(seal(content, 5000, false), 5000, false).equals(content));
  });

  it("is refused where it is longer than any block", () => {
    const long = Buffer.alloc(blockBytes + 1);
    assert.throws(() => open(seal(long, long.length, false), long.length, false), {
      code: "CorruptObject",
    });
  });

  it("is refused where the index states another length", () => {
    const sealed = seal(content, 5000, false);
    assert.throws(() => open(sealed, 5000, false, sealed.length + 1), { code: "CorruptObject" });
    assert.throws(() => open(seal(content, 4999, false), 4999, false), { code: "CorruptObject" });
  });

  it("is refused where its frame holds more or less than it states", () => {
    const out = Buffer.alloc(6000);
    const zeros = Buffer.alloc(5000);
    const frame = out.subarray(0, codec.compress(zeros, 0, 5000, out));
    assert.ok(open(seal(frame, 5000, true), 5000, true).equals(zeros));
    for (const stated of [4999, 5001])
      assert.throws(() => open(seal(frame, stated, true), stated, true), { code: "CorruptObject" });
  });

  it("is refused where a chunk is not what its id says", () => {
    const nameOf = createChunkNamer(2, createSecretKey(idKey));
    const references = (...pieces: Buffer[]): Buffer =>
      Buffer.concat(
        pieces.map((piece) => {
          const length = Buffer.alloc(4);
          length.writeUInt32LE(piece.length);
          return Buffer.concat([nameOf(piece), length]);
        }),
      );
    const [one, two] = [content.subarray(0, 2000), content.subarray(2000)];
    const sizes = { offset: 80, storedBytes: 5016, plainBytes: 5000, compressed: false };
    const plain = open(seal(content, 5000, false), 5000, false);
    opener.checkBlock(pack, { ...sizes, chunks: references(one, two) });
    const refused = { code: "CorruptObject", message: /not what its id says/ };
    for (const wrong of [references(one, one), references(content, one), references(two, two)])
      assert.throws(() => opener.checkBlock(pack, { ...sizes, chunks: wrong }), refused);
    assert.ok(plain.equals(content), "naming a chunk leaves the bytes before it as they are");
  });

  it("is refused under a key that the index does not name", () => {
    for (const other of ["0b".repeat(16), ""])
      assert.throws(() => opener.openPack("data/aa/pack", header, other), {
        code: "CorruptObject",
      });
  });

  it("yields no more than was asked for, whichever zstd there is", () => {
    for (const create of [createPublicContext, createReusedContext]) {
      const context = create({ level: 1, windowLogMax: 20, maxBlockBytes: blockBytes });
      const frame = Buffer.alloc(6000);
      const bytes = context.compress(content, 0, 5000, frame);
      const output = Buffer.alloc(6000);
      assert.throws(() => context.decompress(frame, 0, bytes, output, 5001));
      context.decompress(frame, 0, bytes, output, 5000);
      assert.ok(output.subarray(0, 5000).equals(content));
      context.close();
    }
  });
});

describe("a recipient's certificate", () => {
  it("is refused where it is too large, or more than one", () => {
    const { certificateBase64 } = makeCertificate(folder, "recipient", "P-256");
    const der = Buffer.from(certificateBase64, "base64");
    assert.equal(readRecipientCertificate(certificateBase64).keyKind, "ec");
    for (const bytes of [Buffer.concat([der, der]), Buffer.alloc(64 * 1024 + 1, 0x30)])
      assert.throws(() => readRecipientCertificate(bytes.toString("base64")), {
        code: "InvalidCertificate",
      });
  });

  it("is refused every time where the date of its end is none", () => {
    const { certificateBase64 } = makeCertificate(folder, "dateless", "P-256");
    const der = Buffer.from(certificateBase64, "base64");
    const dates = der.indexOf(Buffer.from("301e170d", "hex"));
    der.write("x", dates + 2 + 15 + 2, "latin1");
    for (let time = 0; time < 4000; time += 1)
      assert.throws(() => readRecipientCertificate(der.toString("base64")), {
        code: "InvalidCertificate",
      });
  });
});

describe("a repository", limits, () => {
  async function aBackup(store: ObjectStore = openMemoryStore()): Promise<TestRepository> {
    const repository = await createRepository(store);
    await repository.backup(1, [aStreamRole("one", () => [someContent(9000, "one")])]);
    return repository;
  }

  it("A45: is made for somebody, and not in the place of another", async () => {
    const { store, keys } = await aBackup();
    const prepare = (given: typeof keys, recipients: (typeof somePassword)[]): Promise<unknown> =>
      prepareRepository(store, given, recipients, someDeployment, createHost());
    await assert.rejects(prepare(keys, []), { code: "EncryptionNotConfigured" });
    await assert.rejects(prepare({ ...keys, repositoryId: backupIdOf(9) }, [somePassword]), {
      code: "RepositoryExists",
    });
    assert.equal(await prepare(keys, [somePassword]), keys);
  });

  it("says of a store that fails while it is made what the store said", async () => {
    const { keys } = await aBackup();
    const store = openMemoryStore();
    const failing = {
      ...store,
      put: () => Promise.reject(Object.assign(new Error("no"), { code: "EIO" })),
    };
    await assert.rejects(
      prepareRepository(failing, keys, [somePassword], someDeployment, createHost()),
      { message: "no" },
    );
    assert.deepEqual(await listNames(store), []);
  });

  for (const [what, folderName] of [
    ["an epoch", "epochs/"],
    ["a data key", "keys/"],
  ] as const)
    it(`is not opened with ${what} that does not match its commitment`, async () => {
      const repository = await aBackup();
      const [name = ""] = await listNames(repository.store, folderName);
      await sign(repository, name, { commitment: Buffer.alloc(32).toString("base64") });
      await assert.rejects(repository.restore(1, `${folder}/commitment ${folderName.length}`), {
        code: "CannotOpen",
      });
    });

  it("is not opened with a data key under another name", async () => {
    const repository = await aBackup();
    const [name = ""] = await listNames(repository.store, "keys/");
    await sign(repository, name, { id: "0e".repeat(16) });
    await assert.rejects(repository.restore(1, `${folder}/another name`), {
      code: "CorruptObject",
    });
  });

  /** Signs a document anew, with changes. */
  async function sign(
    { store, keys }: TestRepository,
    name: string,
    changes: object,
  ): Promise<void> {
    const [line = ""] = Buffer.from(await store.get(name))
      .toString("utf8")
      .split("\n");
    const body = { ...(JSON.parse(line) as object), ...changes };
    await store.remove(name);
    await store.put(name, encodeSignedDocument(name, body, signerOf(keys)));
  }

  it("says of a file whose chunks are not as long as the index says that it is damaged", async () => {
    const repository = await createRepository();
    const content = someContent(900, "content");
    const references = Buffer.from(await storeContent(repository, 1, content));
    references.writeUInt32LE(references.readUInt32LE(16) + 1, 16);
    const size = content.length + 1;
    const file = rawRecord({
      ...{ type: recordTypes.file, depth: 1, name: "file", size },
      tail: fileTail(references),
    });
    await forgeTree(repository, 2, Buffer.concat([rootRecord, file]), { besides: content });
    const { findings } = await repository.verify({ depth: "content" });
    assert.deepEqual(
      findings.map(({ code, object }) => `${code} ${object}`),
      [`MissingObject backups/${backupIdOf(2)}`],
    );
    await assert.rejects(repository.restore(2, `${folder}/lengths`), { code: "CorruptObject" });
  });
});

describe("a copy", limits, () => {
  it("goes into no other repository, copies what is there, and says how far it is", async () => {
    const from = await createRepository();
    await from.backup(1, [aStreamRole("one", () => [someContent(9000, "one")])]);
    const to = openMemoryStore();
    const told: CopyProgress[] = [];
    let planned = 0;
    const copy = (target: ObjectStore, backupIds?: string[]): ReturnType<typeof copyRepository> =>
      copyRepository({
        ...createHost(),
        from: from.store,
        to: target,
        owner: { installationId: "an installation", jobFence: 1 },
        ...(backupIds === undefined ? {} : { backupIds }),
        signal: new AbortController().signal,
        onProgress: (progress) => void told.push(progress),
        onPlanned: async (bytes) => void (planned = bytes),
      });
    const { store: other } = await createRepository(undefined, undefined, undefined, {
      ...createHost("another"),
    });
    const before = await listNames(other);
    await assert.rejects(copy(other), { code: "RepositoryMismatch" });
    assert.deepEqual(await listNames(other), before);
    await assert.rejects(copy(to, [backupIdOf(7)]), { code: "BackupNotFound" });
    assert.deepEqual(await listNames(to), []);
    const report = await copy(to, [backupIdOf(1)]);
    assert.deepEqual(report.copied, [backupIdOf(1)]);
    assert.ok(planned > 9000 && planned <= report.bytes, `${planned} of ${report.bytes}`);
    assert.equal(told.at(-1)?.backupsDone, 1);
    assert.deepEqual((await from.on(to).verify()).findings, []);
  });
});
