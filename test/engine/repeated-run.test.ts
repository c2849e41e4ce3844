import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { acquireLease } from "../../src/engine/lease.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { listNames } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeThreeBackups, type PruneWorld } from "../support/prune-world.ts";

const limits = { timeout: 60_000 };
let base: PruneWorld;
before(async () => {
  base = await makeThreeBackups();
});
const content = { same: someContent(60_000, "same"), own: someContent(40_000, "own 4") };

describe("a run repeated after it lost its lease", limits, () => {
  it("makes the backup that was withdrawn, and no lie of what is left of it", async () => {
    let keeps = true;
    const world = await loseLease((store) => ({
      ...store,
      remove: async (name) => {
        if (keeps && name.startsWith("backups/"))
          throw new AppError("StoreUnreachable", "The network is gone");
        await store.remove(name);
      },
    }));
    assert.equal((await listNames(world.store, "backups/")).length, 4);
    const listed = (await listBackups(world.store)).backups;
    assert.equal(listed.length, 3, "the tombstone says that it is gone");
    await assert.rejects(world.backup(4, content), { code: "StoreUnreachable" });
    keeps = false;
    const record = await world.backup(4, content);
    assert.equal(record.status, "Succeeded");
    const { backups } = await listBackups(world.store);
    assert.equal(backups.at(-1)?.record.manifestHash, record.manifestHash);
    await world.checkSound("ciphertext");
    await world.checkRestores([3, 4]);
  });

  it("fails where the store keeps what was withdrawn for ever", async () => {
    const world = await loseLease((store) => ({
      ...store,
      remove: async (name) => {
        throw new AppError("StoreReadOnly", `The store keeps "${name}"`);
      },
    }));
    await assert.rejects(world.backup(4, content), { code: "StoreReadOnly" });
    world.contents.delete(4);
    await world.checkSound("ciphertext");
  });
});

describe("a run repeated after its process died", limits, () => {
  let published: PruneWorld;
  let first: BackupRecord;
  before(async () => {
    published = base.copy("published");
    first = await published.backup(4, content);
  });

  for (const [folder, change] of [
    ["data/", "lost"],
    ["data/", "truncated"],
    ["index/", "lost"],
    ["keys/", "lost"],
    ["refs/", "lost"],
    ["refs/", "truncated"],
  ] as const)
    it(`does not call whole what has something ${change} in ${folder}`, async () => {
      const world = published.copy(`${folder} ${change}`);
      const [name = ""] = world.names(folder).filter((found) => !base.objects.has(found));
      const object = world.objects.get(name);
      assert.ok(object !== undefined);
      if (change === "lost") world.objects.delete(name);
      else world.objects.set(name, { ...object, bytes: object.bytes.subarray(1) });
      const again = await world.backup(4, content);
      assert.equal(again.status, "Succeeded");
      assert.notEqual(again.manifestHash, first.manifestHash);
      assert.equal(again.sequence, first.sequence);
      const { findings } = await world.repository.verify({ depth: "structure" });
      assert.deepEqual(
        findings.filter(({ backups }) => backups.length > 0),
        [],
      );
      await world.checkRestores([3, 4]);
    });

  it("waits for whoever took the lease since, whose prune may have been planned before", async () => {
    const world = published.copy("another at work");
    const owner = { installationId: "another installation", jobFence: 1 };
    const lease = await acquireLease(world.store, owner, world.repository.host);
    await assert.rejects(world.backup(4, content), { code: "StoreLocked" });
    const [pack = ""] = world.names("data/").filter((found) => !base.objects.has(found));
    world.objects.delete(pack);
    await lease.release();
    assert.notEqual((await world.backup(4, content)).manifestHash, first.manifestHash);
    await world.checkRestores([3, 4]);
  });

  it("gives the same record where another had the lease and took nothing away", async () => {
    const world = published.copy("another was at work");
    const owner = { installationId: "another installation", jobFence: 1 };
    await (await acquireLease(world.store, owner, world.repository.host)).release();
    assert.deepEqual(await world.backup(4, content), first);
  });

  it("gives the same record where all of it is there, and changes nothing", async () => {
    const world = published.copy("the same");
    assert.deepEqual(await world.backup(4, content), first);
    assert.deepEqual(world.names(""), published.names(""));
  });
});

/** Another job takes the lease in the moment in which the fourth backup is published. */
async function loseLease(wrap: (store: ObjectStore) => ObjectStore): Promise<PruneWorld> {
  const world = base.copy("a lost lease", wrap);
  const { repository } = world;
  let published = false;
  const stealing = {
    ...world.store,
    put: async (name: string, bytes: Uint8Array): Promise<void> => {
      await world.store.put(name, bytes);
      if (published || !name.startsWith("backups/")) return;
      published = true;
      const owner = { installationId: "an installation", jobFence: 1000 };
      await (await acquireLease(world.store, owner, repository.host)).release();
    },
  };
  await assert.rejects(world.seenThrough(stealing).backup(4, content), { code: "LeaseLost" });
  assert.ok(published);
  return world;
}
