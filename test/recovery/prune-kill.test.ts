import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import { executePrune, pruneSteps } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createRepository,
  type TestRepository,
} from "../support/a-repository.ts";
import { startScript } from "../support/child-process.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let repository: TestRepository;
const kept = someContent(30_000, "kept");

before(async () => {
  folder = await makeTempFolder();
  mkdirSync(`${folder}/base`);
  repository = await createRepository(await openLocalStore({ path: `${folder}/base` }));
  writeFileSync(`${folder}/keys`, JSON.stringify(repository.keys), { mode: 0o600 });
  // A pack that an index object names and no backup needs: the index has to be renewed.
  const failpoint = (step: string): void => {
    if (step === "backup.packs-stored") throw new Error("A crash");
  };
  const lost = aStreamRole("lost", () => [someContent(5000, "lost")]);
  await assert.rejects(repository.backup(9, [lost], { fence: 1, failpoint }), /A crash/);
  const same = aStreamRole("kept", () => [kept]);
  for (const number of [1, 2, 3]) {
    const own = aStreamRole("own", () => [someContent(20_000, `own ${number}`)]);
    await repository.backup(number, number === 2 ? [own] : [same, own], { fence: number + 1 });
  }
});
after(() => removeFolder(folder));

describe("kill -9 of a prune", { concurrency: 2, timeout: 120_000 }, () => {
  const moments = [
    ...pruneSteps.map((step) => [step, 1] as const),
    ["prune.object-deleted", 2] as const,
    ["prune.object-deleted", 4] as const,
  ];
  for (const [step, times] of moments) {
    it(`at ${step} ${times}: what stays restores, the next one ends it`, async () => {
      const path = `${folder}/store ${step} ${times}`;
      cpSync(`${folder}/base`, path, { recursive: true });
      const child = startScript("prune-child.ts", path, `${folder}/keys`, step, String(times));
      assert.equal(await child.ended, "SIGKILL", child.readErrors());
      const copied = repository.on(await openLocalStore({ path }));
      assert.deepEqual((await copied.verify()).findings, []);
      await checkKept(copied, `${folder}/target ${step} ${times}`);
      await pruneToEnd(copied);
      assert.deepEqual((await copied.verify()).findings, []);
      await copied.backup(4, [aStreamRole("kept", () => [kept])], { fence: 30 });
      assert.deepEqual((await copied.verify()).findings, []);
      await checkKept(copied, `${folder}/target again ${step} ${times}`);
    });
  }
});

async function checkKept(copied: TestRepository, target: string): Promise<void> {
  await copied.restore(3, target);
  assert.ok(readFileSync(`${target}/kept/dump`).equals(kept));
}

async function pruneToEnd({ store, keys, host }: TestRepository): Promise<void> {
  const { backups } = await listBackups(store, keys.signingPublicKey);
  const ids = backups.map(({ record }) => record.backupId);
  const request = {
    remove: ids.filter((id) => id !== backupIdOf(3)),
    now: host.clock.now(),
    graceMilliseconds: 0,
  };
  await executePrune(await planPrune(store, keys, request), {
    ...host,
    store,
    keys,
    owner: { installationId: "an installation", jobFence: 20 },
    logger: silentLogger,
    signal: new AbortController().signal,
  });
  const left = await planPrune(store, keys, { ...request, remove: [] });
  assert.deepEqual([left.mark, left.delete, left.leftManifests], [[], [], []]);
}
