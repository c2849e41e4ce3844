import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aFolderRole,
  backupIdOf,
  createRepository,
  listNames,
  restoredPath,
  type TestRepository,
} from "../support/a-repository.ts";
import { startScript, type ScriptChild } from "../support/child-process.ts";
import { compareTrees, someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let repository: TestRepository;

before(async () => {
  folder = await makeTempFolder();
  for (const name of ["base", "before", "after"]) mkdirSync(`${folder}/${name}`);
  writeFileSync(`${folder}/before/file`, someContent(90_000, "before"));
  writeFileSync(`${folder}/after/file`, someContent(90_000, "after"));
  repository = await createRepository(await openLocalStore({ path: `${folder}/base` }));
  writeFileSync(`${folder}/keys`, JSON.stringify(repository.keys), { mode: 0o600 });
  for (const number of [1, 2, 3])
    await repository.backup(number, [aFolderRole(`${folder}/before`)]);
});
after(() => removeFolder(folder));

describe("a process that stood still while another took its lease", { timeout: 120_000 }, () => {
  for (const step of ["backup.pack-stored", "backup.before-manifest", "backup.manifest-stored"]) {
    it(`at ${step}: publishes nothing that prune has emptied`, async () => {
      const path = `${folder}/store ${step}`;
      cpSync(`${folder}/base`, path, { recursive: true });
      const stopped = startScript(
        ...["engine-child.ts", "backup", path, `${folder}/after`, `${folder}/keys`, "4"],
        ...[step, "SIGSTOP"],
      );
      await untilStopped(stopped);
      // Without a grace it deletes what no manifest names: all that the other has written.
      const prune = startScript("prune-child.ts", path, `${folder}/keys`, "never", "1", "11");
      assert.equal(await prune.ended, 0, prune.readErrors());
      stopped.process.kill("SIGCONT");
      const code = await stopped.ended;
      const copied = repository.on(await openLocalStore({ path }));
      assert.equal(code, 1, stopped.readErrors());
      assert.match(stopped.readErrors(), /LeaseLost/);
      assert.deepEqual((await copied.verify()).findings, []);
      const manifests = await listNames(copied.store, "backups/");
      assert.deepEqual(manifests, [`backups/${backupIdOf(3)}`]);
      await copied.backup(5, [aFolderRole(`${folder}/after`)], { fence: 30 });
      assert.deepEqual((await copied.verify()).findings, []);
      await checkRestore(copied, 3, "before", step);
      await checkRestore(copied, 5, "after", step);
    });
  }
});

async function checkRestore(
  copied: TestRepository,
  number: number,
  source: string,
  step: string,
): Promise<void> {
  const target = `${folder}/target ${step} ${number}`;
  await copied.restore(number, target);
  assert.deepEqual(compareTrees(`${folder}/${source}`, restoredPath(target)), []);
}

/** The state of the process as the kernel tells it: T is stopped. */
async function untilStopped(script: ScriptChild): Promise<void> {
  const child = script.process;
  const stat = `/proc/${child.pid ?? 0}/stat`;
  const isStopped = (): boolean => /\) T /.test(readFileSync(stat, "utf8"));
  for (;;) {
    assert.ok(existsSync(stat) && child.exitCode === null, script.readErrors());
    if (isStopped()) return;
    await sleep(20);
  }
}
