import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { toIso } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { createSigningKeys } from "../../src/engine/crypto/signing.ts";
import { acquireLease } from "../../src/engine/lease.ts";
import { ledgerHeadOf } from "../../src/engine/format/manifest.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { prepareRepository } from "../../src/engine/repository.ts";
import {
  aStreamRole,
  backupIdOf,
  openRepository,
  someDeployment,
  somePassword,
} from "../support/a-repository.ts";
import { openFaultyStore } from "../support/faulty-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { day, hour, makeThreeBackups, PruneWorld, same } from "../support/prune-world.ts";

const limits = { timeout: 120_000 };
let base: PruneWorld;

before(async () => {
  base = await makeThreeBackups();
});

describe("prune", limits, () => {
  it("marks first and deletes after the grace", async () => {
    const world = base.copy("grace");
    const packs = world.names("data/");
    const first = await world.prune([2]);
    assert.deepEqual([first.removedBackups, first.deleted], [[backupIdOf(2)], 0]);
    assert.deepEqual(world.names("data/"), packs);
    assert.equal(world.names("tombstones/").length, 1);
    await world.checkSound("ciphertext");
    world.clock.advance(day - hour);
    assert.equal((await world.prune([])).deleted, 0);
    world.clock.advance(2 * hour);
    const last = await world.prune([]);
    assert.ok(last.deleted >= 3 && last.bytesFreed > 40_000, JSON.stringify(last));
    assert.equal(world.names("data/").length, packs.length - 1);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("deletes at once without a grace", async () => {
    const world = base.copy("hasty");
    const plan = await world.plan([1, 2], { graceMilliseconds: 0 });
    const result = await world.execute(plan);
    world.contents.delete(1);
    world.contents.delete(2);
    assert.equal(result.bytesFreed, plan.bytesFreedNow);
    assert.equal(result.bytesWaiting, 0);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("marks what a young backup needed at once", async () => {
    const world = base.copy("young");
    const own = someContent(30_000, "young");
    await world.backup(4, { own });
    await world.backup(5, { same });
    const { mark, young } = await world.plan([4]);
    assert.ok(mark.some(({ name }) => name.startsWith("data/")));
    assert.deepEqual(young, []);
  });

  it("keeps what another backup needs", async () => {
    const world = base.copy("shared");
    const { mark } = await world.plan([1]);
    // The pack of backup 1 holds `same`.
    assert.ok(
      mark.every(({ name }) => !name.startsWith("data/")),
      JSON.stringify(mark),
    );
    assert.equal(mark.filter(({ name }) => name.startsWith("refs/")).length, 1);
  });

  it("is planned the same twice, and in plain data", async () => {
    const plan = await base.plan([1, 2]);
    assert.deepEqual(await base.plan([2, 1].toReversed()), plan);
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    assert.deepEqual(plan.repack, { kind: "unknown", reason: "needs the private key" });
    assert.equal(plan.keptBackups, 1);
  });

  it("leaves nothing to do behind", async () => {
    const world = base.copy("nothing left");
    await world.prune([1, 2], { graceMilliseconds: 0 });
    await world.backup(4, { same });
    world.clock.advance(2 * day);
    await world.prune([3], { graceMilliseconds: 0 });
    const plan = await world.plan([]);
    const { mark, delete: due, waiting, young, leftManifests } = plan;
    assert.deepEqual([mark, due, waiting, young, leftManifests], [[], [], [], [], []]);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("forgets tombstones that explain nothing any more", async () => {
    const world = base.copy("spent");
    await world.prune([1, 2], { graceMilliseconds: 0 });
    await world.backup(4, { own: someContent(1000, "4") });
    await world.backup(5, { own: someContent(1000, "5") });
    await world.prune([3, 4], { graceMilliseconds: 0 });
    await world.prune([], { graceMilliseconds: 0 });
    // The gap before backup 5 is still explained; the one before backup 3 is gone with it.
    assert.equal(world.names("tombstones/").length, 1);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("tells sparse packs with the private key", async () => {
    const world = await PruneWorld.create("sparse");
    await world.backup(1, { large: someContent(900_000, "large"), small: same });
    await world.backup(2, { small: same });
    const { repack } = await world.plan([1], { opener: somePassword });
    assert.ok(repack.kind === "known" && repack.packs.length === 1, JSON.stringify(repack));
    const [pack] = repack.packs;
    assert.ok((pack?.liveBytes ?? 0) >= same.length && (pack?.deadBytes ?? 0) >= 900_000);
    const before = await world.plan([], { opener: somePassword });
    assert.deepEqual(before.repack, { kind: "known", packs: [] });
    const without = await world.plan([1]);
    assert.equal(without.repack.kind, "unknown");
  });

  it("tells sparse packs of the epoch that the key opens", async () => {
    const world = await PruneWorld.create("sparse epochs");
    await world.backup(1, { large: someContent(900_000, "large"), small: same });
    await world.backup(2, { small: same });
    const other = { ...somePassword, keyBase64: Buffer.from("x".repeat(32)).toString("base64") };
    const { store, host } = world.repository;
    const keys = await prepareRepository(store, world.keys, [other], someDeployment, host);
    await openRepository(store, keys, other, host).backup(
      ...([3, [aStreamRole("small", () => [same])], { fence: 50 }] as const),
    );
    const request = { remove: [backupIdOf(1)], now: world.clock.now() };
    const old = await planPrune(store, keys, { ...request, opener: somePassword });
    assert.ok(old.repack.kind === "known" && old.repack.packs.length === 1);
    const young = await planPrune(store, keys, { ...request, opener: other });
    assert.deepEqual(young.repack, { kind: "known", packs: [] });
    const stranger = { ...other, keyBase64: Buffer.from("y".repeat(32)).toString("base64") };
    const none = await planPrune(store, keys, { ...request, opener: stranger });
    assert.equal(none.repack.kind, "unknown");
  });
});

describe("prune refuses", limits, () => {
  it("to go below the floor", async () => {
    const world = base.copy("floor");
    await assert.rejects(world.plan([1, 2], { floor: 2 }), { code: "PruneRefused" });
    await world.plan([1], { floor: 2 });
  });

  it("to remove the newest backup", async () => {
    await assert.rejects(base.plan([3]), { code: "PruneRefused" });
  });

  it("a backup nobody knows", async () => {
    await assert.rejects(base.plan([9]), { code: "BackupNotFound" });
  });

  it("while a manifest cannot be read", async () => {
    const world = base.copy("unreadable");
    damage(world, `backups/${backupIdOf(2)}`);
    await assert.rejects(
      world.plan([1]),
      (error) => isAppError(error) && /"backups\//.test(error.message),
    );
    // Named itself, it may go: nothing of it has to be believed.
    await world.prune([1, 2]);
    await world.checkSound();
    await world.checkRestores();
  });

  it("while a refs object cannot be read", async () => {
    for (const spoil of [damage, remove]) {
      const world = base.copy("refs");
      const { mark } = await world.plan([2]);
      spoil(world, mark.find(({ name }) => name.startsWith("refs/"))?.name ?? "");
      await assert.rejects(world.plan([1]), /refs\//);
    }
  });

  it("while a backup is not ours", async () => {
    const world = base.copy("foreign");
    const name = `backups/${backupIdOf(7)}`;
    const forged = createSigningKeys();
    const body: unknown = JSON.parse(
      Buffer.from(world.objects.get(`backups/${backupIdOf(3)}`)?.bytes ?? [])
        .toString()
        .split("\n")[0] ?? "",
    );
    const bytes = encodeSignedDocument(
      name,
      { ...(body as object), backupId: backupIdOf(7) },
      forged,
    );
    await world.store.put(name, bytes);
    await assert.rejects(world.plan([1]), { code: "SignatureInvalid" });
    await world.prune([1, 7]);
    await world.checkSound();
  });

  it("a gap in the ledger nobody explained", async () => {
    const world = base.copy("gap");
    remove(world, `backups/${backupIdOf(2)}`);
    await assert.rejects(world.plan([1]), { code: "MissingObject" });
    const { findings } = await world.repository.verify({ depth: "structure" });
    assert.equal(findings[0]?.code, "MissingObject");
    await world.prune([2]);
    await world.checkSound();
  });

  it("a store that was rolled back", async () => {
    const world = base.copy("rolled back");
    const record = await world.backup(4, { same });
    const ledgerHead = ledgerHeadOf(record);
    await world.plan([1], { ledgerHead });
    remove(world, `backups/${backupIdOf(4)}`);
    await assert.rejects(world.plan([1], { ledgerHead }), { code: "RollbackDetected" });
  });

  it("a clock that is behind the store's objects", async () => {
    const world = base.copy("behind");
    await assert.rejects(world.plan([1], { now: world.clock.now() - 2 * day }), {
      code: "ClockMismatch",
    });
    const skewed = base.copy("skewed", (store) => ({
      ...store,
      probe: async () => ({ ...(await store.probe()), clockSkewMilliseconds: hour }),
    }));
    await assert.rejects(skewed.plan([1]), { code: "ClockMismatch" });
  });

  for (const years of [10, -10])
    it(`A44: a store whose clock is ${years} years off, which a backup does not mind`, async () => {
      const skew = years * 365 * day;
      const world = base.copy(`years ${years}`, (store) => ({
        ...store,
        probe: async () => ({ ...(await store.probe()), clockSkewMilliseconds: skew }),
        list: async function* (prefix) {
          for await (const entry of store.list(prefix))
            yield { ...entry, modifiedAt: entry.modifiedAt + skew };
        },
      }));
      assert.equal((await world.backup(4, { same })).createdAt, toIso(world.clock.now()));
      await assert.rejects(world.plan([1]), { code: "ClockMismatch", message: /set the clocks/ });
      await world.checkRestores();
    });

  it("a clock that is not the store's", async () => {
    const world = base.copy("ahead");
    const plan = await world.plan([1]);
    const clock = { ...world.clock, now: () => world.clock.now() + day };
    await assert.rejects(world.execute(plan, { clock }), { code: "ClockMismatch" });
    await world.checkSound();
  });

  it("beside another writer", async () => {
    const world = base.copy("busy");
    const plan = await world.plan([1]);
    const owner = { installationId: "another installation", jobFence: 1 };
    const lease = await acquireLease(world.store, owner, world.repository.host);
    await assert.rejects(world.execute(plan), { code: "StoreLocked" });
    await lease.release();
    await world.execute(plan);
  });

  it("numbers that are none", async () => {
    for (const changes of [
      { graceMilliseconds: -1 },
      { graceMilliseconds: Number.NaN },
      { floor: 0 },
      { floor: 1.5 },
      { now: Number.NaN },
    ])
      await assert.rejects(base.plan([1], changes), { code: "InvalidArgument" });
  });
});

describe("between plan and prune", limits, () => {
  it("a new backup keeps what it needs", async () => {
    const world = base.copy("between");
    const plan = await world.plan([1, 2], { graceMilliseconds: 0 });
    const own = base.contents.get(2)?.["own"] ?? same;
    await world.backup(4, { own });
    await world.execute(plan);
    world.contents.delete(1);
    world.contents.delete(2);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });

  it("only what was shown is done", async () => {
    const world = base.copy("shown");
    const plan = await world.plan([1]);
    const result = await world.execute({ ...plan, removeBackups: [], mark: [] });
    assert.deepEqual([result.removedBackups, result.marked], [[], 0]);
    await world.checkSound();
  });

  it("a lost lease stops it", async () => {
    const world = base.copy("lost");
    const before = [...world.objects.keys()].filter((name) => !name.startsWith("locks/"));
    const plan = await world.plan([1, 2], { graceMilliseconds: 0 });
    const failpoint = async (step: string): Promise<void> => {
      if (step === "prune.leased") await world.store.put("locks/000000000099", Buffer.from("{}\n"));
    };
    await assert.rejects(world.execute(plan, { failpoint }), { code: "LeaseLost" });
    const after = [...world.objects.keys()].filter((name) => !name.startsWith("locks/"));
    assert.deepEqual(after, before);
  });

  it("a lease lost before deletion stops it", async () => {
    const world = base.copy("lost late");
    const packs = world.names("data/");
    const plan = await world.plan([2], { graceMilliseconds: 0 });
    const failpoint = async (step: string): Promise<void> => {
      if (step === "prune.manifests-removed")
        await world.store.put("locks/000000000099", Buffer.from("{}\n"));
    };
    await assert.rejects(world.execute(plan, { failpoint }), { code: "LeaseLost" });
    assert.deepEqual(world.names("data/"), packs);
  });
});

describe("what nobody needs", limits, () => {
  it("of a run that crashed stays while it is young", async () => {
    const world = base.copy("crashed");
    const failing = world.repository.backup(4, [], { fence: 90 });
    await assert.rejects(failing);
    const packs = world.names("data/").length;
    await crashBackup(world);
    assert.equal(world.names("data/").length, packs + 1);
    const young = await world.plan([]);
    assert.ok(young.young.some(({ name }) => name.startsWith("data/")));
    assert.deepEqual(young.mark, []);
    world.clock.advance(day + hour);
    const old = await world.plan([]);
    assert.ok(old.mark.some(({ name }) => name.startsWith("data/")));
    await world.prune([]);
    world.clock.advance(day + hour);
    await world.prune([]);
    assert.equal(world.names("data/").length, packs);
    await world.checkSound("ciphertext");
  });

  it("is stored again when it is marked", async () => {
    const world = base.copy("again");
    const own = base.contents.get(2)?.["own"] ?? same;
    await world.prune([2]);
    const packs = world.names("data/").length;
    const { storedBytes } = await world.backup(4, { own });
    assert.ok(storedBytes > 40_000, `${storedBytes}`);
    assert.equal(world.names("data/").length, packs + 1);
    world.clock.advance(day + hour);
    assert.ok((await world.prune([])).deleted > 0);
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });
});

describe("index objects", limits, () => {
  it("are renewed without packs that went", async () => {
    const world = await PruneWorld.create("index");
    // Interrupted twice, the packs of three runs end in one index object.
    await crashBackup(world, { a: someContent(50_000, "a") });
    await crashBackup(world, { b: someContent(50_000, "b") });
    await world.backup(1, { a: someContent(50_000, "a"), b: someContent(50_000, "b") });
    await world.backup(2, { b: someContent(50_000, "b") });
    assert.equal(world.names("index/").length, 1);
    await world.prune([1], { graceMilliseconds: 0 });
    assert.equal(world.names("index/").length, 2);
    await world.checkRestores();
    // No backup names the new one yet, and still it stays.
    world.clock.advance(2 * day);
    const { mark, staleIndexes } = await world.plan([]);
    assert.deepEqual([mark, staleIndexes], [[], []]);
    await world.backup(3, { b: someContent(50_000, "b") });
    await world.prune([2], { graceMilliseconds: 0 });
    assert.equal(world.names("index/").length, 1);
    await world.checkSound("ciphertext");
    await world.checkRestores();
    assert.deepEqual((await world.plan([])).staleIndexes, []);
  });
});

describe("a full store", limits, () => {
  it("is pruned of what is due when only a lock fits", async () => {
    const world = base.copy("full");
    await world.prune([2]);
    world.clock.advance(day + hour);
    const full = world.copy("full 2", (store) => ({
      ...store,
      put: (name, bytes) =>
        name.startsWith("locks/") ? store.put(name, bytes) : openFull().put(name, bytes),
    }));
    assert.ok((await full.prune([])).bytesFreed > 40_000);
    await full.checkSound("ciphertext");
    await full.checkRestores();
  });

  it("explains that its list does not fit", async () => {
    const full = base.copy("full 3", (store) => ({
      ...store,
      put: (name, bytes) =>
        name.startsWith("locks/") ? store.put(name, bytes) : openFull().put(name, bytes),
    }));
    await assert.rejects(full.execute(await full.plan([1])), (error) => {
      assert.ok(isAppError(error, "StoreFull"));
      assert.match(error.message, /free that much/);
      return true;
    });
    await full.checkSound("ciphertext");
  });

  it("explains that not even a lock fits", async () => {
    const full = base.copy("full 4", (store) =>
      openFaultyStore(store, { failAt: 1, fault: "full", operations: ["put"], isLasting: true }),
    );
    await assert.rejects(full.execute(await full.plan([1])), /not even a lock/);
    await full.checkSound("ciphertext");
    const after = full.unwrapped();
    await after.prune([1]);
    await after.checkSound();
  });

  it("makes room by the locks of ended writers", async () => {
    const world = base.copy("room");
    let isFull = true;
    const roomy = world.copy("room 2", (store) => ({
      ...store,
      put: (name, bytes) => (isFull ? openFull().put(name, bytes) : store.put(name, bytes)),
      remove: async (name) => {
        if (name.startsWith("locks/")) isFull = false;
        await store.remove(name);
      },
    }));
    await roomy.prune([1]);
    await roomy.checkSound();
    const fences = roomy.names("locks/").map((name) => name.slice(6, 18));
    assert.ok(
      fences.every((fence) => Number(fence) === 4),
      fences.join(),
    );
  });
});

function openFull(): ReturnType<typeof openFaultyStore> {
  return openFaultyStore(base.store, { failAt: 1, fault: "full", isLasting: true });
}

/** A backup that ends when its packs are stored. */
async function crashBackup(
  world: PruneWorld,
  content: Record<string, Buffer> = { lost: someContent(30_000, "lost") },
): Promise<void> {
  const roles = Object.entries(content).map(([name, bytes]) => aStreamRole(name, () => [bytes]));
  const failpoint = (step: string): void => {
    if (step === "backup.packs-stored") throw new Error(`crash at ${toIso(world.clock.now())}`);
  };
  await assert.rejects(world.repository.backup(99, roles, { fence: 0, failpoint }), /crash/);
}

function damage(world: PruneWorld, name: string): void {
  const bytes = Uint8Array.from(world.objects.get(name)?.bytes ?? []);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  world.objects.set(name, { bytes, modifiedAt: world.clock.now() });
}

function remove(world: PruneWorld, name: string): void {
  assert.ok(world.objects.delete(name), name);
}
