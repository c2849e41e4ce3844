import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mkdirSync } from "node:fs";
import { compareTrees, writeOddTree } from "../support/odd-tree.ts";
import { aFolderRole, createRepository, restoredPath } from "../support/a-repository.ts";
import { withTempFolder } from "../support/temp-folder.ts";
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
});
