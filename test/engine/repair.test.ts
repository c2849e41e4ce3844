import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { silentLogger } from "../../src/base/log.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { rebuildIndex } from "../../src/engine/repair/rebuild-index.ts";
import {
  executeRepair,
  planRepair,
  type RepairPlan,
  type RepairResult,
} from "../../src/engine/repair/repair-repository.ts";
import { buildIndexObjects, loadIndex } from "../../src/engine/index-objects.ts";
import { backupIdOf } from "../support/a-repository.ts";
import { faults, openFaultyStore } from "../support/faulty-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { day, hour, PruneWorld } from "../support/prune-world.ts";

const limits = { timeout: 120_000 };
const same = someContent(60_000, "same");
let base: PruneWorld;

before(async () => {
  base = await PruneWorld.create("repair");
  for (const number of [1, 2]) {
    await base.backup(number, { same, own: someContent(40_000, `own ${number}`) });
    base.clock.advance(hour);
  }
});

function options(world: PruneWorld, store: ObjectStore = world.store) {
  return {
    ...world.repository.host,
    store,
    keys: world.keys,
    workers: 1,
    owner: { installationId: "an installation", jobFence: 1000 },
    logger: silentLogger,
    signal: new AbortController().signal,
  };
}

async function repair(world: PruneWorld): Promise<{ plan: RepairPlan; result: RepairResult }> {
  const plan = await planRepair(options(world));
  const before = [...world.objects.keys()].filter((name) => !name.startsWith("locks/"));
  const result = await executeRepair(plan, options(world));
  for (const name of before) assert.ok(world.objects.has(name), `${name} was removed`);
  return { plan, result };
}

function damage(world: PruneWorld, name: string): void {
  const bytes = Uint8Array.from(world.objects.get(name)?.bytes ?? []);
  const place = bytes.length >> 1;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  world.objects.set(name, { bytes, modifiedAt: world.clock.now() });
}

/** A name of the kind that backup 1 needs. */
function firstOf(world: PruneWorld, folder: string): string {
  const refs = Buffer.from(world.objects.get(refsOf(world, 1))?.bytes ?? []).toString();
  return (
    refs
      .split("\n")
      .find((line) => line.startsWith(folder))
      ?.split(" ")[0] ?? ""
  );
}

function refsOf(world: PruneWorld, number: number): string {
  const bytes = world.objects.get(`backups/${backupIdOf(number)}`)?.bytes ?? [];
  const body = JSON.parse(Buffer.from(bytes).toString().split("\n")[0] ?? "") as { refs: string };
  return body.refs;
}

describe("repair", limits, () => {
  it("finds nothing in a sound repository", async () => {
    const world = base.copy("sound");
    const { plan, result } = await repair(world);
    assert.deepEqual(plan, { setAside: [], beyondRepair: [] });
    assert.deepEqual(result.index, { added: [], packs: 0, unreadable: [] });
    assert.deepEqual(world.names("quarantine/"), []);
  });

  for (const folder of ["data/", "keys/"]) {
    it(`sets damaged ${folder} aside; the next backup is whole`, async () => {
      const world = base.copy(folder);
      const name = firstOf(world, folder);
      damage(world, name);
      const { plan, result } = await repair(world);
      assert.deepEqual(
        plan.setAside.map(({ object }) => object),
        [name],
      );
      assert.deepEqual(plan.setAside[0]?.backups, [1, 2].map(backupIdOf));
      assert.deepEqual(result.setAside, [name]);
      const { storedBytes } = await world.backup(3, { same });
      assert.ok(storedBytes > same.length, `${storedBytes}`);
      await world.checkRestores([3]);
      const { findings } = await world.repository.verify();
      assert.ok(findings.every(({ backups }) => !backups.includes(backupIdOf(3))));
      assert.deepEqual((await planRepair(options(world))).setAside, []);
      // When nothing needs it any more, prune takes it away, and the note with it.
      await world.prune([1, 2], { graceMilliseconds: 0 });
      await world.prune([], { graceMilliseconds: 0 });
      assert.ok(!world.objects.has(name));
      assert.deepEqual(world.names("quarantine/"), []);
      await world.checkSound("ciphertext");
    });
  }

  it("without it, damage is built upon", async () => {
    const world = base.copy("no repair");
    damage(world, firstOf(world, "data/"));
    await world.backup(3, { same });
    await assert.rejects(world.checkRestores([3]), { code: "CorruptObject" });
  });

  for (const [what, spoil] of [
    ["damaged", damage],
    ["lost", (world: PruneWorld, name: string) => world.objects.delete(name)],
  ] as const) {
    it(`makes ${what} index objects anew`, async () => {
      const world = base.copy(`index ${what}`);
      const name = firstOf(world, "index/");
      spoil(world, name);
      await assert.rejects(world.checkRestores([1]));
      const { plan, result } = await repair(world);
      assert.deepEqual(
        plan.setAside.map(({ object }) => object),
        [name],
      );
      assert.equal(result.index.added.length, 1);
      await world.checkSound("ciphertext");
      await world.checkRestores();
      await world.backup(3, { same });
      world.clock.advance(2 * day);
      await world.prune([1]);
      await world.checkSound("ciphertext");
      await world.checkRestores();
    });
  }

  it("notices when a replacement is lost in turn", async () => {
    const world = base.copy("lost in turn");
    const name = firstOf(world, "index/");
    damage(world, name);
    const { result } = await repair(world);
    world.objects.delete(result.index.added[0] ?? "");
    const { findings } = await world.repository.verify();
    assert.ok(findings.some(({ backups }) => backups.includes(backupIdOf(1))));
    await repair(world);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("keeps replacements though others name their packs", async () => {
    const world = base.copy("replacements");
    world.objects.delete(firstOf(world, "index/"));
    await repair(world);
    const [epoch] = world.keys.epochs;
    assert.ok(epoch !== undefined);
    const { packs } = await loadIndex(world.store, world.keys.repositoryId, epoch);
    const { randomBytes } = world.repository.host;
    for (const { name, bytes } of buildIndexObjects(
      packs,
      world.keys.repositoryId,
      epoch,
      randomBytes,
    ))
      await world.store.put(name, bytes);
    // The next backup relies on the one that names most.
    await world.backup(3, { same, own: base.contents.get(2)?.["own"] ?? same });
    world.clock.advance(2 * day);
    await world.prune([2], { graceMilliseconds: 0 });
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("says what it cannot mend", async () => {
    const world = base.copy("beyond");
    damage(world, refsOf(world, 1));
    world.objects.delete(firstOf(base, "data/"));
    const { plan } = await repair(world);
    assert.deepEqual(plan.setAside, []);
    assert.deepEqual(plan.beyondRepair.map(({ code }) => code).sort(), [
      "CorruptObject",
      "MissingObject",
    ]);
  });

  it("does not set aside what reads well the second time", async () => {
    const world = base.copy("flaky");
    const [name = ""] = world.names("data/");
    const flaky: ObjectStore = {
      ...world.store,
      get: async (asked, range, signal) => {
        const bytes = await world.store.get(asked, range, signal);
        if (asked === name && range?.offset === 0) bytes[100] = (bytes[100] ?? 0) ^ 1;
        return bytes;
      },
    };
    const plan = await planRepair(options(world, flaky));
    assert.deepEqual(
      plan.setAside.map(({ object }) => object),
      [name],
    );
    const result = await executeRepair(plan, options(world));
    assert.deepEqual([result.setAside, result.soundAfterAll], [[], [name]]);
    assert.deepEqual(world.names("quarantine/"), []);
  });

  it("survives a fault at every operation", async () => {
    const spoiled = base.copy("spoiled");
    damage(spoiled, firstOf(spoiled, "data/"));
    spoiled.objects.delete(firstOf(spoiled, "index/"));
    const plan = await planRepair(options(spoiled));
    let operations = 1;
    for (let failAt = 1; failAt <= operations; failAt += 1) {
      const world = spoiled.copy(`fault ${failAt}`);
      const fault = faults[failAt % faults.length] ?? "full";
      const faulty = openFaultyStore(world.store, { failAt, fault });
      await executeRepair(plan, options(world, faulty)).catch(() => undefined);
      if (failAt === 1) {
        const counting = openFaultyStore(spoiled.copy("count").store, { failAt: 0, fault });
        await executeRepair(plan, options(spoiled, counting));
        operations = counting.countOperations();
      }
      const again = {
        ...options(world),
        owner: { installationId: "an installation", jobFence: 2000 },
      };
      await executeRepair(await planRepair(again), again);
      if (failAt % 5 !== 0) continue;
      await world.unwrapped().backup(3, { same });
      await world.checkRestores([3]);
    }
  });
});

describe("an index made anew", limits, () => {
  it("says what the lost ones said", async () => {
    const world = base.copy("all index objects");
    const names = world.names("index/");
    for (const name of names) world.objects.delete(name);
    const rebuilt = await rebuildIndex(world.store, world.keys, 3, world.repository.host);
    assert.equal(rebuilt.packs, world.names("data/").length);
    await world.checkRestores();
    const { storedBytes } = await world.backup(3, { same });
    assert.ok(storedBytes < same.length, `${storedBytes}`);
    const again = await rebuildIndex(world.store, world.keys, 3, world.repository.host);
    assert.deepEqual(again.added, []);
  });

  it("leaves out packs that are damaged", async () => {
    const world = base.copy("damaged packs");
    for (const name of world.names("index/")) world.objects.delete(name);
    const [first = "", second = ""] = world.names("data/");
    damage(world, first);
    const bytes = world.objects.get(second)?.bytes.subarray(0, 40) ?? new Uint8Array(0);
    world.objects.set(second, { bytes, modifiedAt: world.clock.now() });
    const rebuilt = await rebuildIndex(world.store, world.keys, 3, world.repository.host);
    assert.deepEqual(rebuilt.unreadable.map(({ name }) => name).sort(), [first, second].sort());
  });
});
