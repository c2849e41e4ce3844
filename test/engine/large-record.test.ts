import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { describe, it } from "node:test";
import { chooseSparsePacks } from "../../src/engine/backup/sparse-packs.ts";
import { TreeCache, type TreeCachePointer } from "../../src/engine/backup/tree-cache.ts";
import { TreeCursor } from "../../src/engine/backup/tree-cursor.ts";
import { ChunkTable, createChunkTableParts } from "../../src/engine/chunk-table.ts";
import type { PackEntry } from "../../src/engine/format/index-format.ts";
import type { BackupRecord, EpochKeys } from "../../src/engine/model.ts";
import { parseRecords } from "../../src/engine/tree-records.ts";
import { fileTail, rawRecord, recordTypes, rootRecord } from "../support/forge-backup.ts";
import { withTempFolder } from "../support/temp-folder.ts";

// More chunks than a segment of the chunk table has slots: a file of some 10 GB.
const chunks = 150_000;
const chunkBytes = 65_536;
const chunksPerPack = 500;
const key = Buffer.alloc(32, 1).toString("base64");
const epoch: EpochKeys = {
  ...{ id: "an epoch", recipients: [], wrapTo: [] },
  ...{ chunkIdKey: key, indexKey: key, chunkerSeed: key },
};

/** References of as many chunks, each other than the others. */
function someReferences(count: number): Buffer {
  const cipher = createCipheriv("aes-256-ctr", Buffer.alloc(32, 3), Buffer.alloc(16));
  const references = cipher.update(Buffer.alloc(20 * count));
  for (let at = 16; at < references.length; at += 20) references.writeUInt32LE(chunkBytes, at);
  return references;
}

function packsOf(references: Buffer): PackEntry[] {
  const packs: PackEntry[] = [];
  for (let at = 0; at < references.length; at += 20 * chunksPerPack) {
    const held = references.subarray(at, at + 20 * chunksPerPack);
    const plainBytes = (held.length / 20) * chunkBytes;
    const block = { offset: 80, storedBytes: plainBytes, plainBytes, compressed: false };
    const blocks = [{ ...block, chunks: held }];
    packs.push({ packId: String(packs.length), bytes: plainBytes, dataKeyId: "a key", blocks });
  }
  return packs;
}

/** Keeps the stream as a run would; gives what points to it. */
function keepTree(cache: TreeCache, stream: Buffer): TreeCachePointer {
  const writer = cache.create();
  for (let at = 0; at < stream.length; at += 512 * 1024)
    writer.write(stream.subarray(at, at + 512 * 1024));
  writer.close();
  const pointer = {
    ...{ backupId: "a backup", epochId: epoch.id, startedAtNs: 1n, treeBytes: stream.length },
    ...{ chunks: Buffer.alloc(0), salt: writer.salt, file: writer.file },
  };
  cache.commit("role", pointer);
  return pointer;
}

describe("a file of very many chunks", { timeout: 120_000 }, () => {
  const references = someReferences(chunks);

  it("is added to a table that grows, each chunk once", () => {
    const table = new ChunkTable(createChunkTableParts(0));
    let added = 0;
    for (let times = 0; times < 2; times += 1) table.addGrowing(references, 7, () => (added += 1));
    assert.equal(added, chunks);
    assert.ok(table.knowsReferences(references));
    assert.equal(table.find(references, 20 * (chunks - 1)), 7);
  });

  it("is read as one record from the cache and from the store", () =>
    withTempFolder(async (folder) => {
      const size = chunks * chunkBytes;
      const big = { type: recordTypes.file, depth: 1, name: "big", size };
      const stream = Buffer.concat([
        rootRecord,
        rawRecord({ ...big, tail: fileTail(references) }),
        rawRecord({ type: recordTypes.directory, depth: 1, name: "later" }),
      ]);
      const cache = new TreeCache(folder, "a repository", epoch);
      const cursor = new TreeCursor(cache.open(keepTree(cache, stream)));
      const seen: (string | undefined)[] = [];
      for (; cursor.length > 0; cursor.advance()) {
        seen.push(cursor.path);
        if (cursor.path !== "big") continue;
        assert.ok(cursor.chunks.equals(references));
        assert.equal(cursor.size, size);
      }
      cursor.close();
      assert.deepEqual(seen, ["", "big", "later"]);
      const paths: string[] = [];
      const pieces = (async function* () {
        for (let at = 0; at < stream.length; at += 100_000) yield stream.subarray(at, at + 100_000);
      })();
      for await (const [path, record] of parseRecords(pieces, "role")) {
        paths.push(path);
        if (path === "big") assert.ok(record.chunks.equals(references));
      }
      assert.deepEqual(paths, ["", "big", "later"]);
    }));

  it("is weighed by each of its chunks once, however often it names them", () =>
    withTempFolder(async (folder) => {
      const packs = packsOf(references);
      // Of every tenth pack a fifth is needed, and that named twice; of the others all.
      const parts = packs.flatMap(({ blocks }, number) => {
        const held = blocks[0]?.chunks ?? Buffer.alloc(0);
        const fifth = held.subarray(0, held.length / 5);
        return number % 10 === 0 ? [fifth, fifth] : [held];
      });
      const tail = fileTail(Buffer.concat(parts));
      const big = rawRecord({ type: recordTypes.file, depth: 1, name: "big", tail });
      const cache = new TreeCache(folder, "a repository", epoch);
      keepTree(cache, Buffer.concat([rootRecord, big]));
      const newest = {
        backupId: "a backup",
        roles: [{ name: "role", status: "Succeeded" }],
      } as unknown as BackupRecord;
      const chosen = chooseSparsePacks({
        ...{ packs, cache, newest, roles: ["role"], avoidBelow: 0.3 },
      });
      const tenths = packs.filter((_, number) => number % 10 === 0).map(({ packId }) => packId);
      assert.deepEqual([...chosen.packIds], tenths);
    }));
});
