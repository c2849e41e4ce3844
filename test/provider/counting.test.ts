import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { counters, type Count } from "../../src/metrics/counters.ts";
import { countLeases } from "../../src/provider/metrics/counting-leases.ts";
import type { Lease, StateStore } from "../../src/state/state-store.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  locationPath,
  subscriptionId,
  withProviderWorld,
  type ProviderWorld,
} from "../support/provider-world.ts";
import { createWorkerWorld, type WorkerWorld } from "../support/worker-world.ts";

const modern = "2026-12-01";
const day = 86_400_000;

type Sums = Readonly<Record<string, number>>;

/** What was counted, as `name label label` to a number; what was counted as 0 is left out. */
function createCount(): { readonly count: Count; readonly sums: Sums } {
  const sums: Record<string, number> = {};
  const count: Count = (name, labels, by = 1) => {
    assert.deepEqual(Object.keys(labels), counters[name].labels, name);
    const key = [name.slice("holdfast_".length), ...Object.values(labels)].join(" ");
    if (by !== 0) sums[key] = (sums[key] ?? 0) + by;
  };
  return { count, sums };
}

function startCounting(world: ProviderWorld): () => Sums {
  const { count, sums } = createCount();
  world.restart({ count });
  return () => sums;
}

async function withCounting(
  use: (world: ProviderWorld, counted: () => Readonly<Record<string, number>>) => Promise<void>,
): Promise<void> {
  await withProviderWorld(
    async (world) => {
      const counted = startCounting(world);
      world.startWorker();
      await use(world, counted);
    },
    { hasWorker: false },
  );
}

async function act(world: ProviderWorld, action: string, body?: object): Promise<string> {
  await world.clock.advance(1000);
  const call = { apiVersion: modern, ...(body === undefined ? {} : { body }) };
  return (await world.finish(await world.accept("POST", `${locationPath}/${action}`, call))).state;
}

describe("what the provider counts", () => {
  it("attempts at backups by what asked for them and how they ended, and roles that failed", () =>
    withCounting(async (world, counted) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 });
      await makeBackup(world);
      const error = { code: "SourceFailed", message: "No" };
      world.engine.behavior = {
        record: (record) => ({
          ...record,
          status: "PartialSucceeded",
          roles: record.roles.map((role) => ({ ...role, status: "Failed", error })),
        }),
      };
      await act(world, "createBackup");
      world.engine.behavior = { backup: () => Promise.reject(new AppError("StoreFull", "Full")) };
      assert.equal(await act(world, "createBackup"), "Failed");
      world.engine.behavior = {};
      await world.stopWorkers();
      await world.clock.advance(4 * 3_600_000);
      await world.provider.runScheduler();
      world.startWorker();
      const running = await world.store.listJobs(["queued", "running"]);
      await world.finish(running[0]?.id ?? assert.fail());
      assert.deepEqual(counted(), {
        "backup_attempts_total request Succeeded": 1,
        "backup_attempts_total request PartialSucceeded": 1,
        "backup_attempts_total request Failed": 1,
        "backup_attempts_total schedule Succeeded": 1,
        "role_failures_total files SourceFailed": 1,
      });
    }));

  it("a backup that somebody stops", () =>
    withCounting(async (world, counted) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: (_run, _report, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
          }),
      };
      const { id } = await world.accept("POST", `${locationPath}/createBackup`);
      while (world.engine.backupRuns.length === 0) await world.clock.advance(100);
      const operations = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/locations/redmond/operationStatuses`;
      await world.call("POST", `${operations}/${id}/cancel`, { apiVersion: modern });
      await world.clock.advance(60_000);
      assert.equal((await world.finish(id)).state, "Canceled");
      assert.deepEqual(counted(), { "backup_attempts_total request Stopped": 1 });
    }));

  it("verifications by their depth and what they found", () =>
    withCounting(async (world, counted) => {
      await setUpLocation(world);
      await makeBackup(world);
      await act(world, "verify", { depth: "Structure" });
      await act(world, "verify", { depth: "Ciphertext" });
      world.engine.behavior = {
        verify: () => Promise.reject(new AppError("StoreTimeout", "Slow")),
      };
      await act(world, "verify", { depth: "Ciphertext" });
      const found = Object.entries(counted()).filter(([name]) => name.startsWith("verif"));
      assert.deepEqual(Object.fromEntries(found), {
        "verifications_total structure Clean": 1,
        "verifications_total ciphertext Clean": 1,
        "verifications_total ciphertext Failed": 1,
      });
    }));

  it("deletions by their reason: a request, retention, age; and clean-ups that fail", () =>
    withCounting(async (world, counted) => {
      await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
      const first = await makeBackup(world);
      await world.clock.advance(1000);
      await makeBackup(world);
      await world.clock.advance(1000);
      await makeBackup(world);
      const path = `${locationPath}/backups/${first}`;
      await world.finish(await world.accept("DELETE", path, { apiVersion: modern }));
      world.engine.behavior = { prune: () => Promise.reject(new AppError("StoreReadOnly", "No")) };
      await act(world, "pruneExternalStore");
      world.engine.behavior = {};
      await act(world, "pruneExternalStore", { operationType: "DryRun", applyRetention: true });
      const byNow = (name: string): number => counted()[`deletions_total ${name}`] ?? 0;
      assert.equal(byNow("backup request"), 1);
      assert.equal(byNow("backup retention"), 0);
      await world.stopWorkers();
      await world.clock.advance(3 * day);
      world.startWorker();
      await makeBackup(world);
      await act(world, "pruneExternalStore", { applyRetention: true });
      assert.equal(byNow("backup retention"), 2);
      assert.equal(counted()["deletion_failures_total StoreReadOnly"], 1);
      await world.provider.runWatch();
      await world.stopWorkers();
      await world.clock.advance(8 * day);
      await world.provider.runUpkeep();
      assert.ok(byNow("operation expired") >= 5, JSON.stringify(counted()));
    }));
});

describe("rule 276: what is counted of the leases of work", () => {
  async function withLeases(
    use: (world: WorkerWorld, store: StateStore, sums: Sums) => Promise<void>,
  ): Promise<void> {
    const world = await createWorkerWorld();
    const { count, sums } = createCount();
    try {
      await world.enqueue("j");
      await use(world, countLeases(world.store, count), sums);
    } finally {
      await world.close();
    }
  }
  async function claim(store: StateStore): Promise<Lease> {
    const job = await store.claimJob({ owner: "one", leaseSeconds: 30, kinds: ["work"] });
    assert.ok(job);
    return { jobId: job.id, fence: job.fence };
  }
  const lost = (call: Promise<unknown>): Promise<void> =>
    assert.rejects(call, (error) => error instanceof AppError && error.code === "LeaseLost");

  it("each attempt, also after a hand-back, and no lease that was given back or ended", () =>
    withLeases(async (world, store, sums) => {
      const first = await claim(store);
      await store.heartbeat(first, 30);
      await store.commit([{ op: "releaseJob", lease: first, dueAt: world.clock.now() }], first);
      const second = await claim(store);
      await store.commit([{ op: "finishJob", lease: second, state: "succeeded" }], second);
      assert.equal(
        await store.claimJob({ owner: "one", leaseSeconds: 30, kinds: ["work"] }),
        undefined,
      );
      assert.deepEqual(sums, { "work_attempts_total work": 2 });
    }));

  it("a lease that somebody else has, once, whether a heartbeat or a write finds out", () =>
    withLeases(async (world, store, sums) => {
      const heart = await claim(store);
      await world.clock.advance(30_000);
      const other = await claim(world.store);
      await lost(store.heartbeat(heart, 30));
      await lost(store.commit([{ op: "finishJob", lease: heart, state: "failed" }], heart));
      assert.deepEqual(sums, { "work_attempts_total work": 1, "work_leases_lost_total work": 1 });
      await world.store.commit([{ op: "releaseJob", lease: other, dueAt: 0 }], other);
      const writer = await claim(store);
      await world.clock.advance(30_000);
      await claim(world.store);
      await lost(store.commit([], writer));
      assert.deepEqual(sums, { "work_attempts_total work": 2, "work_leases_lost_total work": 2 });
    }));

  it("a lease that ran out while nobody could be asked, when the work is taken up again", () =>
    withLeases(async (world, store, sums) => {
      await claim(store);
      await world.clock.advance(30_000);
      const again = await claim(store);
      assert.deepEqual(sums, { "work_attempts_total work": 2, "work_leases_lost_total work": 1 });
      await store.heartbeat(again, 30);
      assert.equal(sums["work_leases_lost_total work"], 1);
    }));
});
