import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLogger } from "../../src/base/log.ts";
import type { BackupRecord, Opener, RepositoryKeys } from "../../src/engine/model.ts";
import { executePrune } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createEngineClock,
  createHost,
  openRepository,
  somePassword,
  type TestRepository,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

interface About {
  readonly keys: RepositoryKeys;
  readonly newest: BackupRecord;
  readonly damagedPack: string;
  /** Of the second epoch: primary and escrow. */
  readonly openers: readonly Opener[];
}

// Written by `test/support/fixture-life-child.ts`, which says what happened to it.
const path = fileURLToPath(new URL("../fixtures/repositories/1-life", import.meta.url));
const about = JSON.parse(readFileSync(`${path}/about.json`, "utf8")) as About;
let folder = "";
let targets = 0;

before(async () => {
  folder = await makeTempFolder();
});
after(() => removeFolder(folder));

async function openIt(place: string, access: "read" | "write"): Promise<TestRepository> {
  const host = { ...createHost(), clock: createEngineClock(0), randomBytes };
  return openRepository(await openLocalStore({ path: place, access }), about.keys, somePassword, {
    ...host,
  });
}

async function restore(
  repository: TestRepository,
  number: number,
  opener: Opener = somePassword,
): Promise<void> {
  const target = `${folder}/target ${(targets += 1)}`;
  await repository.restore(number, target, { opener, setsOwner: false });
  for (const [role, seed] of [
    ["same", "same"],
    ["own", `own ${number}`],
  ])
    assert.ok(readFileSync(`${target}/${role}/dump`).equals(someContent(15_000, seed)), role);
}

describe("a repository that lived under an earlier version", { timeout: 60_000 }, () => {
  it("verifies but for the pack that was set aside", async () => {
    const repository = await openIt(path, "read");
    const { findings, backups } = await repository.verify({ ledgerHead: about.newest });
    assert.equal(backups, 4);
    assert.deepEqual(
      findings.map(({ code, object, backups: ids }) => ({ code, object, ids })),
      [{ code: "CorruptObject", object: about.damagedPack, ids: [backupIdOf(2)] }],
    );
  });

  it("opens what a key can open, and says of which backups it is not the key", async () => {
    const repository = await openIt(path, "read");
    const [primary, escrow] = about.openers;
    assert.ok(primary !== undefined && escrow !== undefined);
    const all = [2, 3, 4, 5].map(backupIdOf);
    for (const opener of [somePassword, primary, escrow]) {
      const report = await repository.verify({ depth: "content", opener });
      const [others] = report.unopened ?? [];
      assert.deepEqual(others?.backups, opener === somePassword ? all.slice(2) : all.slice(0, 2));
      assert.equal(others.recipients.length, opener === somePassword ? 2 : 1);
      assert.equal(report.unopened?.length, 1);
      assert.deepEqual(
        [...new Set(report.findings.map(({ object }) => object))],
        [about.damagedPack],
      );
      // What is not opened is hashed all the same.
      assert.equal(report.bytes, (await repository.verify()).bytes);
    }
    const stranger = { ...somePassword, keyBase64: Buffer.alloc(32, 7).toString("base64") };
    await assert.rejects(repository.verify({ depth: "content", opener: stranger }), {
      code: "DecryptionKeyMismatch",
    });
  });

  it("restores with the keys of each epoch, and with no other", async () => {
    const repository = await openIt(path, "read");
    const [primary, escrow] = about.openers;
    assert.ok(primary !== undefined && escrow !== undefined);
    await restore(repository, 3);
    for (const opener of [primary, escrow])
      for (const number of [4, 5]) await restore(repository, number, opener);
    await assert.rejects(restore(repository, 4), { code: "DecryptionKeyMismatch" });
    await assert.rejects(restore(repository, 3, primary), { code: "DecryptionKeyMismatch" });
    await assert.rejects(restore(repository, 1), { code: "BackupNotFound" });
    await assert.rejects(restore(repository, 2), { code: "CorruptObject" });
  });

  it("goes on: a backup, and the prune that its grace was waiting for", async () => {
    const place = `${folder}/lived`;
    cpSync(path, place, { recursive: true });
    const repository = await openIt(place, "write");
    const roles = ["same", "own"].map((name) =>
      aStreamRole(name, () => [someContent(15_000, name === "own" ? "own 6" : name)]),
    );
    const record = await repository.backup(6, roles, { fence: 100, ledgerHead: about.newest });
    assert.equal(record.sequence, about.newest.sequence + 1);
    assert.ok(record.storedBytes < 40_000, `${record.storedBytes}`);
    const { store, keys, host } = repository;
    const request = { remove: [backupIdOf(2)], now: host.clock.now(), graceMilliseconds: 0 };
    const result = await executePrune(await planPrune(store, keys, request), {
      ...host,
      store,
      keys,
      owner: { installationId: "an installation", jobFence: 101 },
      logger: silentLogger,
      signal: new AbortController().signal,
    });
    assert.ok(result.deleted > 4);
    assert.deepEqual((await repository.verify({ ledgerHead: record })).findings, []);
    const [primary] = about.openers;
    await restore(repository, 6, primary);
    await restore(repository, 3);
  });
});
