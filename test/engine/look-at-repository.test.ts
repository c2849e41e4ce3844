import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { acquireLease } from "../../src/engine/lease.ts";
import { lookAtRepository, lookForNewest } from "../../src/engine/look-at-repository.ts";
import type {
  BackupRecord,
  LeaseLook,
  LedgerHead,
  RememberedRepository,
} from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { createSeededRandom } from "../support/a-repository.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { openLaggingStore } from "../support/lagging-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld } from "../support/prune-world.ts";

describe("a look for the newest backup that is remembered", () => {
  let world: PruneWorld;
  let records: readonly BackupRecord[];
  before(async () => {
    world = await PruneWorld.create("newest");
    const content = { files: someContent(3000, "newest") };
    records = [await world.backup(1, content), await world.backup(2, content)];
  });

  const remember = (index: number, hash?: string): RememberedRepository => {
    const { sequence, backupId, manifestHash } = records[index] ?? assert.fail();
    const ledgerHead: LedgerHead = {
      sequence,
      backupId,
      manifestHash: hash ?? manifestHash,
    };
    const { repositoryId, signingPublicKey } = world.keys;
    return { repositoryId, signingPublicKey, ledgerHead };
  };

  it("finds it listed, and asks for nothing more", async () => {
    const asked: string[] = [];
    const store: ObjectStore = {
      ...world.store,
      stat: (name) => {
        asked.push(name);
        return world.store.stat(name);
      },
    };
    assert.equal(await lookForNewest(store, remember(1)), "shown");
    assert.deepEqual(asked, []);
  });

  it("tells a listing that lags from a backup that is gone", async () => {
    const copy = world.copy("lagging");
    const { backupId } = records[1] ?? assert.fail();
    const bytes = await copy.store.get(`backups/${backupId}`);
    await copy.store.remove(`backups/${backupId}`);
    assert.equal(await lookForNewest(copy.store, remember(1)), "missing");
    const lagging = openLaggingStore(copy.store, 1000);
    assert.equal(await lookForNewest(lagging, remember(1)), "missing");
    await lagging.put(`backups/${backupId}`, bytes);
    assert.equal(await lookForNewest(lagging, remember(1)), "unlisted");
    assert.equal(await lookForNewest(copy.store, remember(1)), "shown");
  });

  it("takes no removal that was signed for a loss, and every other one", async () => {
    const copy = world.copy("pruned");
    const removed = remember(0);
    await copy.prune([1]);
    assert.equal(await lookForNewest(copy.store, removed), "shown");
    assert.equal(await lookForNewest(copy.store, remember(0, "0".repeat(64))), "missing");
    const stranger = {
      ...removed,
      repositoryId: "00000000-0000-4000-8000-0000000000ff",
    };
    assert.equal(await lookForNewest(copy.store, stranger), "missing");
  });

  it("is left out where nothing is remembered", async () => {
    const now = world.clock.now();
    assert.deepEqual(await lookAtRepository(world.store, undefined, now), {
      lease: { kind: "free" },
    });
    assert.deepEqual(await lookAtRepository(world.store, remember(1), now), {
      lease: { kind: "free" },
      newest: "shown",
    });
  });
});

describe("a look at the lease", () => {
  const minute = 60_000;
  const look = async (store: ObjectStore, clock: FakeClock): Promise<LeaseLook> =>
    (await lookAtRepository(store, undefined, clock.now())).lease;
  const acquire = (store: ObjectStore, clock: FakeClock) =>
    acquireLease(
      store,
      { installationId: "a", jobFence: 1 },
      { clock, randomBytes: createSeededRandom("look") },
    );

  it("tells who holds it, until it is released", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    assert.deepEqual(await look(store, clock), { kind: "free" });
    const lease = await acquire(store, clock);
    const begun = clock.now();
    const held = { kind: "held", installationId: "a" };
    assert.deepEqual(await look(store, clock), {
      ...held,
      validUntil: begun + 2 * minute,
    });
    await clock.advance(10 * minute);
    const renewed = { ...held, validUntil: clock.now() + 2 * minute };
    assert.deepEqual(await look(store, clock), renewed);
    await lease.release();
    assert.deepEqual(await look(store, clock), { kind: "free" });
  });

  it("tells a dead holder as soon as another may take over, and not before", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    await acquire(store, createFakeClock(clock.now()));
    const validUntil = clock.now() + 2 * minute;
    await clock.advance(3 * minute);
    assert.deepEqual(await look(store, clock), {
      kind: "held",
      installationId: "a",
      validUntil,
    });
    await clock.advance(1);
    assert.deepEqual(await look(store, clock), {
      kind: "stale",
      installationId: "a",
      validUntil,
    });
  });

  it("tells a lock that nobody can read", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    await store.put("locks/000000000007", Buffer.from("{"));
    const unreadable = { kind: "stale", installationId: "", validUntil: 0 };
    assert.deepEqual(await look(store, clock), unreadable);
  });
});
