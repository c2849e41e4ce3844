import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { backupSteps } from "../../src/engine/backup/options.ts";
import { restoreSteps } from "../../src/engine/restore/restore-backup.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aFolderRole,
  createRepository,
  restoredPath,
  type TestRepository,
} from "../support/a-repository.ts";
import { startScript } from "../support/child-process.ts";
import { compareTrees, findWrongFiles, someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let keysFile = "";
let repository: TestRepository;

/** One backup in a store of its own; each test works on a copy of that store. */
before(async () => {
  folder = await makeTempFolder();
  keysFile = `${folder}/keys`;
  mkdirSync(`${folder}/base`);
  writeSource(`${folder}/before`, "before");
  writeSource(`${folder}/after`, "after");
  repository = await createRepository(await openLocalStore({ path: `${folder}/base` }));
  writeFileSync(keysFile, JSON.stringify(repository.keys), { mode: 0o600 });
  await repository.backup(1, [aFolderRole(`${folder}/before`)]);
});
after(() => removeFolder(folder));

function writeSource(path: string, seed: string): void {
  mkdirSync(`${path}/below`, { recursive: true });
  writeFileSync(`${path}/large`, someContent(900_000, seed));
  writeFileSync(`${path}/below/same`, someContent(50_000, "same"));
}

async function copyStore(label: string): Promise<{ path: string; copied: TestRepository }> {
  const path = `${folder}/store ${label}`;
  cpSync(`${folder}/base`, path, { recursive: true });
  return { path, copied: repository.on(await openLocalStore({ path })) };
}

async function killAt(
  action: "backup" | "restore",
  step: string,
  ...args: string[]
): Promise<void> {
  const child = startScript("engine-child.ts", action, ...args, step);
  assert.equal(await child.ended, "SIGKILL", child.readErrors());
}

describe("kill -9 of a backup", { concurrency: 2, timeout: 120_000 }, () => {
  for (const step of backupSteps) {
    it(`at ${step}: nothing older is harmed`, async () => {
      const { path, copied } = await copyStore(step);
      const source = `${folder}/after`;
      await killAt("backup", step, path, source, keysFile, "2");
      const { findings, backups } = await copied.verify();
      assert.deepEqual(findings, []);
      const isPublished = step === "backup.manifest-stored" || step === "backup.checked";
      assert.equal(backups, isPublished ? 2 : 1);
      const record = await copied.backup(2, [aFolderRole(source)], { fence: 11 });
      assert.equal(record.status, "Succeeded");
      for (const [number, tree] of [
        [1, "before"],
        [2, "after"],
      ] as const) {
        const target = `${folder}/target ${step} ${number}`;
        await copied.restore(number, target);
        assert.deepEqual(compareTrees(`${folder}/${tree}`, restoredPath(target)), []);
      }
      assert.deepEqual((await copied.verify()).findings, []);
    });
  }
});

describe("A69: kill -9 of a restore", { concurrency: 2, timeout: 120_000 }, () => {
  for (const step of restoreSteps) {
    it(`at ${step}: the next restore completes`, async () => {
      const target = `${folder}/target ${step}`;
      await killAt("restore", step, `${folder}/base`, target, keysFile, "1");
      assert.deepEqual((await repository.verify()).findings, []);
      if (existsSync(restoredPath(target)))
        assert.deepEqual(findWrongFiles(`${folder}/before`, restoredPath(target)), []);
      await repository.restore(1, target, { overwrite: true });
      assert.deepEqual(compareTrees(`${folder}/before`, restoredPath(target)), []);
    });
  }
});
