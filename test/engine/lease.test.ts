import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, isAppError } from "../../src/base/errors.ts";
import type { BackupRole } from "../../src/engine/backup/options.ts";
import { acquireLease, type WriterLease } from "../../src/engine/lease.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import {
  aSource,
  aStreamRole,
  createRepository,
  createSeededRandom,
  listNames,
} from "../support/a-repository.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const minute = 60_000;

function acquire(
  store: ObjectStore,
  clock: FakeClock,
  installationId: string,
  jobFence = 1,
): Promise<WriterLease> {
  const host = { clock, randomBytes: createSeededRandom("lease") };
  return acquireLease(store, { installationId, jobFence }, host);
}

describe("the writer's lease", () => {
  it("is refused to a second installation", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    const first = await acquire(store, clock, "a");
    await assert.rejects(acquire(store, clock, "b", 99), { code: "StoreLocked", retryable: true });
    await first.assertHeld();
    await first.release();
    const second = await acquire(store, clock, "b");
    assert.ok(second.fence > first.fence);
    await second.assertHeld();
    await assert.rejects(first.assertHeld(), { code: "LeaseLost" });
    await second.release();
  });

  it("lives on while it is renewed", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    const first = await acquire(store, clock, "a");
    await clock.advance(60 * minute);
    await assert.rejects(acquire(store, clock, "b"), { code: "StoreLocked" });
    await first.assertHeld();
    await first.release();
  });

  it("of a dead holder frees itself", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    const dead = createFakeClock(clock.now());
    await acquire(store, dead, "a");
    await clock.advance(2.5 * minute);
    await assert.rejects(acquire(store, clock, "b"), { code: "StoreLocked" });
    await clock.advance(minute);
    const second = await acquire(store, clock, "b");
    await second.assertHeld();
    await second.release();
  });

  it("runs out where it cannot be renewed", async () => {
    const [inner, clock] = [openMemoryStore(), createFakeClock()];
    let isGone = false;
    const store: ObjectStore = {
      ...inner,
      put: async (name, bytes) => {
        if (isGone) throw new AppError("StoreUnreachable", "The network is gone");
        return inner.put(name, bytes);
      },
    };
    const lease = await acquire(store, clock, "a");
    isGone = true;
    await clock.advance(minute);
    await lease.assertHeld();
    await clock.advance(minute);
    await assert.rejects(lease.assertHeld(), { code: "LeaseLost" });
    await lease.release();
  });

  it("goes at once to a newer job of its installation", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    const older = await acquire(store, clock, "a", 5);
    await assert.rejects(acquire(store, clock, "a", 5), { code: "StoreLocked" });
    await assert.rejects(acquire(store, clock, "a", 4), { code: "StoreLocked" });
    const newer = await acquire(store, clock, "a", 6);
    await assert.rejects(older.assertHeld(), { code: "LeaseLost" });
    await newer.assertHeld();
    // The older one still renews: that gives it nothing back.
    await clock.advance(minute);
    await assert.rejects(older.assertHeld(), { code: "LeaseLost" });
    await newer.assertHeld();
    await older.release();
    await newer.assertHeld();
    await newer.release();
  });

  it("is won by one of twenty contenders", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [store, clock] = [openMemoryStore(), createFakeClock()];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => acquire(store, clock, `installation ${index}`)),
      );
      const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
      assert.equal(won.length, 1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected")
          assert.ok(isAppError(outcome.reason, "StoreLocked"), String(outcome.reason));
      await won[0]?.value.assertHeld();
      await won[0]?.value.release();
    }
  });

  it("keeps few objects, and works where none can be removed", async () => {
    const [inner, clock] = [openMemoryStore(), createFakeClock()];
    for (let turn = 1; turn <= 4; turn += 1) {
      const lease = await acquire(inner, clock, "a", turn);
      await clock.advance(2 * minute);
      await lease.release();
    }
    assert.ok((await listNames(inner, "locks/")).length < 8);
    const worm: ObjectStore = {
      ...inner,
      remove: () => Promise.reject(new AppError("StoreReadOnly", "Objects stay")),
    };
    for (let turn = 5; turn <= 8; turn += 1) {
      const lease = await acquire(worm, clock, "a", turn);
      await clock.advance(10 * minute);
      await lease.assertHeld();
      await lease.release();
    }
  });

  it("takes over where the newest lock is garbage", async () => {
    const [store, clock] = [openMemoryStore(), createFakeClock()];
    await store.put("locks/000000000007", Buffer.from("{"));
    await store.put("locks/notes", Buffer.from("alien"));
    const lease = await acquire(store, clock, "a");
    assert.equal(lease.fence, 8);
    await lease.release();
  });
});

describe("a run that lost its lease", () => {
  it("does not publish its manifest", async () => {
    const repository = await createRepository();
    let isTaken = false;
    const failpoint = async (step: string): Promise<void> => {
      if (step !== "backup.refs-stored" || isTaken) return;
      isTaken = true;
      await repository.backup(2, [aStreamRole("a", () => [Buffer.of(2)])], { fence: 20 });
    };
    const old = repository.backup(1, [aStreamRole("a", () => [Buffer.of(1)])], {
      fence: 19,
      failpoint,
    });
    await assert.rejects(old, { code: "LeaseLost" });
    const manifests = await listNames(repository.store, "backups/");
    assert.deepEqual(manifests, ["backups/00000000-0000-4000-8000-000000000002"]);
    assert.deepEqual((await repository.verify({ depth: "structure" })).findings, []);
  });
});

describe("a run that is not given the lease", () => {
  it("has opened only roles that look, and closed them", async () => {
    const repository = await createRepository();
    const told: string[] = [];
    const aWatchedRole = (name: string, onlyLooks: boolean): BackupRole => ({
      ...aStreamRole(name, () => [Buffer.of(1)]),
      onlyLooks,
      open: () => ({
        ...aSource([]),
        prepare: async () => void told.push(`${name} prepared`),
        close: async () => void told.push(`${name} closed`),
      }),
    });
    const roles = [aWatchedRole("acts", false), aWatchedRole("looks", true)];
    const failpoint = async (step: string): Promise<void> => {
      if (step !== "backup.leased") return;
      const other = repository.backup(2, roles, { installationId: "another" });
      await assert.rejects(other, { code: "StoreLocked" });
    };
    await repository.backup(1, [aStreamRole("a", () => [Buffer.of(1)])], { failpoint });
    assert.deepEqual(told, ["looks prepared", "looks closed"]);
  });
});
