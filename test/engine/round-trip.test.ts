import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { compareTrees, someContent, writeOddTree } from "../support/odd-tree.ts";
import { aFolderRole, createRepository, restoredPath } from "../support/a-repository.ts";
import { withTempFolder } from "../support/temp-folder.ts";
import { segmentBytes } from "../../src/engine/backup/file-batcher.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";

const stores = {
  memory: async () => openMemoryStore(),
  local: (path: string) => openLocalStore({ path }),
};

describe("a backup and its restore", () => {
  for (const [kind, open] of Object.entries(stores)) {
    for (const workers of [1, 2]) {
      it(`give back every odd file: ${kind} store, ${workers} workers`, async () => {
        await withTempFolder(async (folder) => {
          for (const name of ["source", "store"]) mkdirSync(`${folder}/${name}`);
          writeOddTree(`${folder}/source`);
          const repository = await createRepository(await open(`${folder}/store`));
          const record = await repository.backup(1, [aFolderRole(`${folder}/source`)], { workers });
          assert.equal(record.status, "Succeeded");
          const summary = await repository.restore(1, `${folder}/target`, { workers });
          assert.deepEqual(summary.warnings, []);
          assert.deepEqual(compareTrees(`${folder}/source`, restoredPath(`${folder}/target`)), []);
          const { findings } = await repository.verify({ depth: "content", workers });
          assert.deepEqual(findings, []);
        });
      });
    }
  }

  it("store one chunk again for a page of a large database, wherever it is", async () => {
    await withTempFolder(async (folder) => {
      const database = `${folder}/source/state`;
      mkdirSync(`${folder}/source`);
      const pages = someContent(segmentBytes + 1_000_000);
      pages.write("SQLite format 3\0", "latin1");
      writeFileSync(database, pages);
      const repository = await createRepository();
      await repository.backup(1, [aFolderRole(`${folder}/source`)], { workers: 2 });
      const file = openSync(database, "r+");
      writeSync(file, someContent(4096, "page"), 0, 4096, segmentBytes + 8192);
      closeSync(file);
      const changes = { workers: 2, rescan: true };
      const { roles } = await repository.backup(2, [aFolderRole(`${folder}/source`)], changes);
      const treeBytes = 8192;
      const added = (roles[0]?.newBytes ?? 0) - fixedChunkBytes;
      assert.ok(added >= 0 && added < treeBytes, `${added} bytes more than one chunk`);
      await repository.restore(2, `${folder}/target`, { workers: 2 });
      assert.deepEqual(compareTrees(`${folder}/source`, restoredPath(`${folder}/target`)), []);
    });
  });
});

/** Average size of a chunk, at which databases are cut. */
const fixedChunkBytes = 64 * 1024;
