import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { PruneReport } from "../../src/engine/model.ts";
import { pruneStore, type PruneStoreOptions } from "../../src/engine/prune/prune-store.ts";
import { backupIdOf } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { day, PruneWorld } from "../support/prune-world.ts";

function prune(
  world: PruneWorld,
  jobFence: number,
  changes: Partial<PruneStoreOptions> = {},
): Promise<PruneReport> {
  return pruneStore({
    ...world.repository.host,
    store: world.store,
    keys: world.keys,
    owner: { installationId: "an installation", jobFence },
    logger: silentLogger,
    signal: new AbortController().signal,
    isDryRun: false,
    policy: undefined,
    ledgerHead: undefined,
    ...changes,
  });
}

/** One backup a day, each with content of its own. */
async function makeDays(count: number): Promise<PruneWorld> {
  const world = await PruneWorld.create("days");
  for (let number = 1; number <= count; number += 1) {
    await world.backup(number, { own: someContent(4000, `day ${number}`) });
    world.clock.advance(day);
  }
  return world;
}

describe("prune in one go", () => {
  it("a dry run names what a real one removes, and changes nothing", async () => {
    const world = await makeDays(5);
    const policy = { keepWithinDays: 2 };
    const before = new Map(world.objects);
    const planned = await prune(world, 100, { isDryRun: true, policy });
    assert.deepEqual(world.objects, before);
    assert.deepEqual(planned.removedBackups.toSorted(), [1, 2].map(backupIdOf));
    const done = await prune(world, 101, { policy });
    assert.deepEqual(done, { ...planned, isDryRun: false });
    for (const number of [1, 2]) world.contents.delete(number);
    await world.checkSound("ciphertext");
    await world.checkRestores();
    assert.deepEqual((await prune(world, 102, { policy })).objects, []);
    world.clock.advance(2 * day);
    const late = await prune(world, 103, { policy });
    assert.ok(late.bytesFreedNow > 0);
    for (const name of late.objects) assert.ok(!world.objects.has(name), name);
  });

  it("what is withdrawn at the last word stays whole, and the others go", async () => {
    const world = await makeDays(5);
    const asked: (readonly string[])[] = [];
    const confirm = (ids: readonly string[]): Promise<readonly string[]> => {
      asked.push(ids);
      return Promise.resolve(ids.filter((id) => id !== backupIdOf(2)));
    };
    const { removedBackups, objects } = await prune(world, 100, {
      policy: { keepWithinDays: 1 },
      confirm,
    });
    assert.deepEqual(removedBackups.toSorted(), [1, 3].map(backupIdOf));
    assert.deepEqual(
      asked.map((ids) => ids.toSorted()),
      [[1, 2, 3].map(backupIdOf), [1, 3].map(backupIdOf)],
    );
    assert.ok(!objects.includes(`backups/${backupIdOf(2)}`));
    for (const number of [1, 3]) world.contents.delete(number);
    await world.checkSound("ciphertext");
    await world.checkRestores();
    world.clock.advance(2 * day);
    await prune(world, 101, { confirm });
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("a last word that fails leaves every backup and lets go of the store", async () => {
    const world = await makeDays(5);
    const policy = { keepWithinDays: 1 };
    const confirm = (): Promise<never> => Promise.reject(new AppError("BackupPinned", "Pinned"));
    await assert.rejects(prune(world, 100, { policy, confirm }), { code: "BackupPinned" });
    await world.checkSound("ciphertext");
    await world.checkRestores();
    await prune(world, 101, { policy });
  });

  it("without a policy every backup stays", async () => {
    const world = await makeDays(3);
    world.clock.advance(100 * day);
    assert.deepEqual((await prune(world, 100)).removedBackups, []);
    await world.checkSound();
  });

  it("a store that was rolled back is left alone", async () => {
    const world = await makeDays(3);
    const ledgerHead = { sequence: 9, backupId: backupIdOf(9), manifestHash: "0".repeat(64) };
    await assert.rejects(prune(world, 100, { policy: { keepWithinDays: 1 }, ledgerHead }), {
      code: "RollbackDetected",
    });
    await world.checkSound();
  });

  it("refuses by name while another installation writes", async () => {
    const world = await makeDays(3);
    const busy = world.repository.backup(9, [], {
      installationId: "another",
      fence: 1,
      failpoint: async (step) => {
        if (step !== "backup.leased") return;
        await assert.rejects(prune(world, 100), { code: "StoreLocked" });
        throw new Error("enough");
      },
    });
    await assert.rejects(busy, { message: "enough" });
    await prune(world, 101);
  });
});
