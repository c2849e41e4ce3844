import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { after, before, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import { executePrune, type PruneResult } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createRepository,
  type BackupChanges,
  type TestRepository,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

// Only root may mount; everybody else has no small file system to fill.
const isRoot = process.getuid?.() === 0;

describe("a store on a small file system", { skip: !isRoot, timeout: 120_000 }, () => {
  let folder = "";
  let disk = "";
  let ballasts = 0;
  let repository: TestRepository;

  before(async () => {
    folder = await makeTempFolder();
    disk = `${folder}/disk`;
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
    repository = await createRepository(await openLocalStore({ path: disk }));
    for (const number of [1, 2, 3]) await backup(number);
  });
  after(async () => {
    execFileSync("umount", ["-l", disk]);
    await removeFolder(folder);
  });

  function backup(number: number, changes: BackupChanges = {}): Promise<unknown> {
    const role = aStreamRole("dump", () => [someContent(500_000, `content ${number}`)]);
    return repository.backup(number, [role], changes);
  }

  /** Takes what is free but for so many bytes. */
  function fill(leaveBytes: number): void {
    const file = openSync(`${disk}/ballast ${(ballasts += 1)}`, "w");
    const page = Buffer.alloc(4096);
    try {
      while (freeBytes() > leaveBytes) writeSync(file, page);
    } finally {
      closeSync(file);
    }
  }

  function freeBytes(): number {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize;
  }

  /** What the store holds, but for the locks that writers leave behind. */
  function stored(): readonly string[] {
    const names = readdirSync(disk, { recursive: true, withFileTypes: true });
    return names
      .filter((entry) => entry.isFile() && !entry.parentPath.endsWith("/locks"))
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .toSorted();
  }

  async function checkSound(number: number): Promise<void> {
    assert.deepEqual((await repository.verify()).findings, []);
    const target = `${folder}/target`;
    await repository.restore(number, target, { overwrite: true });
    const restored = readFileSync(`${target}/dump/dump`);
    assert.ok(restored.equals(someContent(500_000, `content ${number}`)));
  }

  async function prune(): Promise<PruneResult> {
    const { store, keys, host } = repository;
    const remove = [backupIdOf(1), backupIdOf(2)];
    const request = { remove, now: host.clock.now(), graceMilliseconds: 0 };
    return executePrune(await planPrune(store, keys, request), {
      ...host,
      store,
      keys,
      owner: { installationId: "an installation", jobFence: 50 },
      logger: silentLogger,
      signal: new AbortController().signal,
    });
  }

  it("that fills up at any moment of a backup harms nothing older", async () => {
    for (const pages of [125, 124, 40, 20, 5, 2, 1, 0]) {
      fill(pages * 4096);
      const before = stored();
      await assert.rejects(backup(4), (error) => isAppError(error, "StoreFull"), `${pages} pages`);
      assert.deepEqual(stored(), before, "nothing of the run is left");
      await checkSound(3);
    }
  });

  it("is pruned with no byte free, and takes the next backup then", async () => {
    fill(0);
    assert.equal(freeBytes(), 0);
    const { removedBackups } = await prune();
    assert.deepEqual(removedBackups, [backupIdOf(1), backupIdOf(2)]);
    assert.ok(freeBytes() > 900_000, `${freeBytes()} bytes free`);
    await checkSound(3);
    await backup(5, { fence: 60 });
    await checkSound(5);
  });
});
