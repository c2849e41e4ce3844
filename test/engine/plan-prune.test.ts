import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import { ledgerHeadOf } from "../../src/engine/format/manifest.ts";
import type { ObjectReference } from "../../src/engine/format/refs.ts";
import type { ObjectEntry, ObjectStore } from "../../src/engine/object-store.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { aStreamRole, backupIdOf } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { day, makeThreeBackups, PruneWorld, same } from "../support/prune-world.ts";

const limits = { timeout: 120_000 };
let base: PruneWorld;

before(async () => {
  base = await makeThreeBackups();
});

function bytesOf(world: PruneWorld, ...lists: readonly (readonly ObjectReference[])[]): number {
  const names = lists.flat().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  return names.reduce((sum, name) => sum + (world.objects.get(name)?.bytes.length ?? 0), 0);
}

function notesOf(world: PruneWorld, folder = "tombstones/"): readonly string[] {
  return world.names(folder);
}

describe("a plan's figures", limits, () => {
  it("are what goes now, and what goes after its grace", async () => {
    const world = base.copy("figures");
    await world.prune([1]);
    const waiting = await world.plan([2]);
    assert.ok(waiting.waiting.length > 0 && waiting.mark.length > 0);
    assert.equal(waiting.bytesFreedNow, 0);
    assert.equal(waiting.bytesFreedLater, bytesOf(world, waiting.waiting, waiting.mark));
    world.clock.advance(day);
    const due = await world.plan([2]);
    assert.deepEqual(due.delete, waiting.waiting);
    assert.equal(due.bytesFreedNow, bytesOf(world, due.delete));
    assert.equal(due.bytesFreedLater, bytesOf(world, due.mark));
    const hasty = await world.plan([2], { graceMilliseconds: 0 });
    assert.equal(hasty.bytesFreedNow, bytesOf(world, hasty.delete, hasty.mark));
    assert.equal(hasty.bytesFreedLater, 0);
  });

  it("turn from waiting to due, and from young to old, with the last millisecond of the grace", async () => {
    const world = base.copy("last millisecond");
    await world.prune([1]);
    const name = `index/${"a".repeat(64)}`;
    world.objects.set(name, { bytes: Buffer.from("alien"), modifiedAt: world.clock.now() });
    const has = (list: readonly ObjectReference[]): boolean =>
      list.some((object) => object.name === name);
    world.clock.advance(day - 1);
    const early = await world.plan([]);
    assert.ok(early.waiting.length > 0 && early.delete.length === 0 && has(early.young));
    world.clock.advance(1);
    const late = await world.plan([]);
    assert.deepEqual([late.waiting, late.delete, late.young], [[], early.waiting, []]);
    assert.ok(has(late.mark));
  });

  it("name objects in their order, whatever the store lists them in", async () => {
    const turned = base.copy("turned", (store) => ({
      ...store,
      list: async function* (prefix) {
        const entries: ObjectEntry[] = [];
        for await (const entry of store.list(prefix)) entries.push(entry);
        yield* entries.toReversed();
      },
    }));
    const { mark } = await turned.plan([1, 2]);
    const names = mark.map(({ name }) => name);
    assert.ok(names.length > 3);
    assert.deepEqual(names, names.toSorted());
  });

  it("count packs as sparse below any share from none to all", async () => {
    for (const repackBelow of [0, 1]) await base.plan([], { repackBelow });
    for (const repackBelow of [-0.01, 1.01, Number.NaN])
      await assert.rejects(base.plan([], { repackBelow }), { code: "InvalidArgument" });
  });
});

describe("a note is kept", limits, () => {
  /** Two backups share an index object; the pack that only the first needs goes, and no new one can be written. */
  async function loseIndexedPack(): Promise<PruneWorld> {
    const world = await PruneWorld.create("indexed");
    const [a, b] = [someContent(50_000, "a"), someContent(50_000, "b")];
    for (const content of [{ a }, { b }] as const) {
      const roles = Object.entries(content).map(([name, bytes]) =>
        aStreamRole(name, () => [bytes]),
      );
      const failpoint = (step: string): void => {
        if (step === "backup.packs-stored") throw new Error("crash");
      };
      await assert.rejects(world.repository.backup(99, roles, { fence: 0, failpoint }), /crash/);
    }
    await world.backup(1, { a, b });
    for (const number of [2, 3, 4]) await world.backup(number, { b });
    return world;
  }

  const withoutIndex = (store: ObjectStore): ObjectStore => ({
    ...store,
    put: async (name, bytes) => {
      if (name.startsWith("index/")) throw new AppError("StoreFull", "No room");
      await store.put(name, bytes);
    },
  });

  it("while an index object names what it is about", async () => {
    const world = await loseIndexedPack();
    const first = await world.plan([1], { graceMilliseconds: 0 });
    assert.deepEqual(first.staleIndexes, world.names("index/"));
    const full = world.seenThrough(withoutIndex(world.store));
    const result = await full.prune([1], { graceMilliseconds: 0 });
    assert.equal(result.isIndexRenewed, false);
    const [note = ""] = notesOf(world);
    // Nothing else speaks for it any more: its objects are gone, and the ledger has no gap there.
    await world.seenThrough(withoutIndex(world.store)).prune([2], { graceMilliseconds: 0 });
    const plan = await world.plan([]);
    assert.deepEqual(plan.staleIndexes, world.names("index/"));
    assert.ok(world.objects.has(note) && !plan.spentNotes.includes(note));
    await world.prune([], { graceMilliseconds: 0 });
    assert.ok(!(await world.plan([])).staleIndexes.some((name) => world.objects.has(name)));
    await world.checkSound("ciphertext");
    await world.checkRestores([3, 4]);
  });

  it("while it explains that the newest backup is not there", async () => {
    const world = base.copy("newest");
    const ledgerHead = ledgerHeadOf(await world.backup(4, { same }));
    world.objects.delete(`backups/${backupIdOf(4)}`);
    await world.prune([4], { ledgerHead, graceMilliseconds: 0 });
    world.clock.advance(2 * day);
    await world.prune([], { ledgerHead, graceMilliseconds: 0 });
    const [note = ""] = notesOf(world);
    assert.ok(!(await world.plan([], { ledgerHead })).spentNotes.includes(note));
    assert.deepEqual((await world.plan([])).spentNotes, [note]);
  });

  it("while the store keeps the manifest that it has removed", async () => {
    const kept = `backups/${backupIdOf(1)}`;
    const world = base.copy("kept", (store) => ({
      ...store,
      remove: async (name) => {
        if (name === kept) throw new AppError("StoreReadOnly", "Locked");
        await store.remove(name);
      },
    }));
    await world.prune([1], { graceMilliseconds: 0 });
    const [note = ""] = notesOf(world);
    await world.prune([2], { graceMilliseconds: 0 });
    const plan = await world.plan([]);
    assert.deepEqual(plan.leftManifests, [kept]);
    assert.ok(!plan.spentNotes.includes(note));
    world.objects.delete(kept);
    assert.ok((await world.plan([])).spentNotes.includes(note));
  });

  it("while what it sets aside is there, or a backup needs it", async () => {
    const world = base.copy("set aside");
    const [name = ""] = world.names("data/");
    const sound = world.objects.get(name);
    const bytes = Uint8Array.from(sound?.bytes ?? []);
    bytes[bytes.length >> 1]! ^= 1;
    world.objects.set(name, { bytes, modifiedAt: world.clock.now() });
    const job = {
      ...world.repository.host,
      ...{ store: world.store, keys: world.keys, workers: 1, logger: silentLogger },
      owner: { installationId: "an installation", jobFence: 1000 },
      signal: new AbortController().signal,
    };
    await executeRepair(await planRepair(job), job);
    const [note = ""] = notesOf(world, "quarantine/");
    const isSpent = async (remove: readonly number[]): Promise<boolean> =>
      (await world.plan(remove)).spentNotes.includes(note);
    await world.backup(4, { own: someContent(1000, "4") });
    assert.equal(await isSpent([]), false, "there and needed");
    assert.equal(await isSpent([1, 2, 3]), false, "there");
    world.objects.delete(name);
    assert.equal(await isSpent([]), false, "needed");
    assert.equal(await isSpent([1, 2, 3]), true, "neither");
  });
});
