import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import {
  aHandler,
  aPut,
  createWorkerWorld,
  waitForSignal,
  waitUntil,
  type WorkerWorld,
} from "../support/worker-world.ts";

describe("A75: worker that is interrupted", () => {
  let world: WorkerWorld;
  beforeEach(async () => {
    world = await createWorkerWorld();
  });
  afterEach(() => world.close());

  const startBusy = async (): Promise<{
    signal: AbortSignal;
    worker: { wake(): void; stop(): Promise<void> };
  }> => {
    let signal: AbortSignal | undefined;
    await world.enqueue("j");
    const worker = world.start(
      aHandler((_, context) => {
        signal = context.signal;
        return waitForSignal(context.signal);
      }),
    );
    await waitUntil(() => signal !== undefined);
    assert.ok(signal);
    return { signal, worker };
  };

  describe("cancel", () => {
    it("reaches the handler at once when woken", async () => {
      const { signal, worker } = await startBusy();
      assert.equal(await world.store.requestCancel("j"), true);
      worker.wake();
      assert.equal((await world.waitForEnd("j")).state, "canceled");
      assert.equal((signal.reason as AppError).code, "Canceled");
      assert.equal(await world.readValue("j"), "canceled");
    });

    it("of another process is seen in seconds", async () => {
      await startBusy();
      await world.store.requestCancel("j");
      await world.clock.advance(5000);
      assert.equal((await world.readJob("j")).state, "canceled");
    });

    it("before the start runs nothing", async () => {
      await world.enqueue("j", world.clock.now() + 3_600_000);
      await world.store.requestCancel("j");
      let runs = 0;
      world.start(
        aHandler(() => {
          runs += 1;
          return Promise.resolve([]);
        }),
      );
      assert.equal((await world.waitForEnd("j")).state, "canceled");
      assert.equal(runs, 0);
      assert.equal(await world.readValue("j"), "canceled");
    });

    it("loses against work that is finished", async () => {
      await world.enqueue("j");
      const handler = aHandler(async (job, context) => {
        await world.store.requestCancel(job.id);
        worker.wake();
        await waitUntil(() => context.isCancelRequested());
        return [aPut(job.id, "done")];
      });
      const worker = world.start(handler);
      assert.equal((await world.waitForEnd("j")).state, "succeeded");
      assert.equal(await world.readValue("j"), "done");
    });

    it("rule 195: and completion have one winner in 200 races", async () => {
      const outcomes = new Map<string, number>();
      const worker = world.start(
        aHandler(
          async (job, { signal }) => {
            // Between 0 and 7 turns of work, any of which the cancel may hit.
            for (let turn = 0; turn < Number(job.id.slice(1)) % 8; turn += 1) {
              await new Promise((resolve) => setImmediate(resolve));
              signal.throwIfAborted();
            }
            return [{ ...aPut(job.id, "succeeded"), if: "absent" }];
          },
          { onCancel: (job) => Promise.resolve([{ ...aPut(job.id, "canceled"), if: "absent" }]) },
        ),
      );
      for (let round = 0; round < 200; round += 1) {
        const id = `r${round}`;
        await world.enqueue(id);
        worker.wake();
        for (let turn = 0; turn < (round >> 3) % 8; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        const isAccepted = await world.store.requestCancel(id);
        worker.wake();
        const job = await world.waitForEnd(id);
        assert.equal(await world.readValue(id), job.state, id);
        if (!isAccepted) assert.equal(job.state, "succeeded", id);
        outcomes.set(job.state, (outcomes.get(job.state) ?? 0) + 1);
      }
      // A race that always ends the same way proves nothing.
      assert.ok((outcomes.get("succeeded") ?? 0) > 0, JSON.stringify([...outcomes]));
      assert.ok((outcomes.get("canceled") ?? 0) > 0, JSON.stringify([...outcomes]));
    });

    it("ends a job whose handler ignores it", async () => {
      await world.enqueue("j");
      let lateWrite: Promise<void> | undefined;
      const worker = world.start(
        aHandler(async (_, { lease }) => {
          await world.clock.sleep(600_000);
          lateWrite = world.store.commit([aPut("late", 1)], lease);
          return lateWrite.then(() => [aPut("late", 2)]);
        }),
        { graceSeconds: 10 },
      );
      await world.clock.advance(0);
      await world.store.requestCancel("j");
      worker.wake();
      await world.clock.advance(9999);
      assert.equal((await world.readJob("j")).state, "running");
      await world.clock.advance(1);
      assert.equal((await world.readJob("j")).state, "canceled");
      assert.ok(world.lines.includes("error Job handler ignores its signal and is left behind"));
      await world.clock.advance(600_000);
      assert.ok(lateWrite);
      await assert.rejects(lateWrite, { code: "LeaseLost" });
      assert.equal(await world.readValue("late"), undefined);
    });
  });

  describe("lease", () => {
    it("rule 281: lives as long as the work", async () => {
      await world.enqueue("j");
      const handler = aHandler(async () => {
        await world.clock.sleep(600_000);
        return [];
      });
      world.start(handler);
      await world.clock.advance(600_000);
      const job = await world.readJob("j");
      assert.deepEqual([job.state, job.fence], ["succeeded", 1]);
    });

    it("survives a store that is briefly away", async () => {
      let isDown = false;
      const store: StateStore = {
        ...world.store,
        heartbeat: (lease, seconds) =>
          isDown
            ? Promise.reject(new AppError("StateUnavailable", "Down"))
            : world.store.heartbeat(lease, seconds),
      };
      let aborted = false;
      await world.enqueue("j");
      world.start(
        aHandler(async (_, { signal }) => {
          signal.addEventListener("abort", () => (aborted = true));
          await world.clock.sleep(100_000);
          return [];
        }),
        { store },
      );
      await world.clock.advance(10_000);
      isDown = true;
      await world.clock.advance(29_000);
      isDown = false;
      await world.clock.advance(100_000);
      assert.equal(aborted, false);
      assert.equal((await world.readJob("j")).state, "succeeded");
    });

    it("that is lost stops the work without a write", async () => {
      const store: StateStore = {
        ...world.store,
        heartbeat: () => Promise.reject(new AppError("StateUnavailable", "Down")),
      };
      const reasons: string[] = [];
      await world.enqueue("j");
      const paused = aHandler(async (_, { signal }) => {
        await waitForSignal(signal).catch((error: AppError) => reasons.push(error.code));
        return [aPut("j", "stale")];
      });
      world.start(paused, { store, owner: "paused", concurrency: 1 });
      await world.clock.advance(29_999);
      assert.deepEqual(reasons, []);
      await world.clock.advance(1);
      assert.deepEqual(reasons, ["LeaseLost"]);
      assert.equal(await world.readValue("j"), undefined);
      assert.ok(world.lines.includes("warn Job lease lost"));
    });

    it("is given up when a heartbeat is refused", async () => {
      const { signal } = await startBusy();
      // Ended by somebody else's hand, long before the lease runs out.
      const lease = { jobId: "j", fence: 1 };
      await world.store.commit([{ op: "finishJob", lease, state: "failed" }]);
      await world.clock.advance(5000);
      assert.equal((signal.reason as AppError).code, "LeaseLost");
      assert.equal(world.lines.at(-1), "warn Job lease lost");
    });

    it("is given up when the store hangs", async () => {
      const store: StateStore = { ...world.store, heartbeat: () => new Promise(() => undefined) };
      const reasons: unknown[] = [];
      await world.enqueue("j");
      const handler = aHandler((_, { signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        return waitForSignal(signal);
      });
      world.start(handler, { store, concurrency: 1, pollMilliseconds: 3_600_000 });
      await world.clock.advance(29_999);
      assert.deepEqual(reasons, []);
      await world.clock.advance(1);
      assert.deepEqual(
        reasons.map((reason) => (reason as AppError).code),
        ["LeaseLost"],
      );
    });

    it("rule 282: that passed on refuses the slow worker", async () => {
      await world.enqueue("j");
      let release: (() => void) | undefined;
      const slow = aHandler(async () => {
        await new Promise<void>((resolve) => (release = resolve));
        return [aPut("j", "slow")];
      });
      // As if the process had slept: it does not know that its lease ran out.
      const store: StateStore = {
        ...world.store,
        heartbeat: () => Promise.resolve({ cancelRequested: false }),
      };
      const worker = world.start(slow, { store, owner: "slow", concurrency: 1 });
      await world.clock.advance(0);
      await world.clock.advance(30_000);
      const taken = await world.store.claimJob({ owner: "two", leaseSeconds: 60, kinds: ["work"] });
      assert.equal(taken?.fence, 2);
      release?.();
      await waitUntil(() => world.lines.includes("warn Job lease lost"));
      assert.equal(await world.readValue("j"), undefined);
      assert.equal((await world.readJob("j")).owner, "two");
      await worker.stop();
    });
  });

  describe("stop", () => {
    it("hands the job to the next process at once", async () => {
      const { signal, worker } = await startBusy();
      await worker.stop();
      assert.equal((signal.reason as AppError).code, "Interrupted");
      const job = await world.readJob("j");
      assert.deepEqual([job.state, job.attempt, job.dueAt], ["queued", 0, world.clock.now()]);
      assert.equal(world.lines.at(-1), "info Job handed back");
      world.start(
        aHandler(() => Promise.resolve([aPut("j", "resumed")])),
        { owner: "two" },
      );
      assert.equal((await world.waitForEnd("j")).attempt, 1);
      assert.equal(await world.readValue("j"), "resumed");
    });

    it("claims nothing more", async () => {
      const worker = world.start(aHandler(() => Promise.resolve([])));
      await worker.stop();
      await worker.stop();
      await world.enqueue("j");
      worker.wake();
      await world.clock.advance(10_000);
      assert.equal((await world.readJob("j")).state, "queued");
    });

    it("hands back a job claimed meanwhile", async () => {
      let runs = 0;
      let stopped: Promise<void> | undefined;
      const store: StateStore = {
        ...world.store,
        claimJob: async (claim) => {
          const job = await world.store.claimJob(claim);
          stopped ??= worker.stop();
          return job;
        },
      };
      await world.enqueue("j");
      const handler = aHandler(() => {
        runs += 1;
        return Promise.resolve([]);
      });
      const worker = world.start(handler, { store });
      await waitUntil(() => stopped !== undefined);
      await stopped;
      const job = await world.readJob("j");
      assert.deepEqual([job.state, job.attempt, runs], ["queued", 0, 0]);
    });

    it("keeps work that finishes anyway", async () => {
      await world.enqueue("j");
      let isRunning = false;
      const worker = world.start(
        aHandler(async (_, { signal }) => {
          isRunning = true;
          await waitForSignal(signal).catch(() => undefined);
          return [aPut("j", "done")];
        }),
      );
      await waitUntil(() => isRunning);
      await worker.stop();
      assert.equal((await world.readJob("j")).state, "succeeded");
    });

    it("waits no longer than the grace", async () => {
      await world.enqueue("j");
      let isRunning = false;
      const worker = world.start(
        aHandler(() => {
          isRunning = true;
          return new Promise(() => undefined);
        }),
        { graceSeconds: 10 },
      );
      await waitUntil(() => isRunning);
      let isStopped = false;
      const stopping = worker.stop().then(() => (isStopped = true));
      await world.clock.advance(9999);
      assert.equal(isStopped, false);
      await world.clock.advance(1);
      await stopping;
      assert.equal((await world.readJob("j")).state, "queued");
      assert.deepEqual(world.clock.wakeTimes, []);
    });
  });
});
