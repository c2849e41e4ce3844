import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import {
  aHandler,
  aPut,
  createWorkerWorld,
  waitUntil,
  type WorkerWorld,
} from "../support/worker-world.ts";

const aFailure = (retryable: boolean): AppError =>
  new AppError("StoreUnreachable", "Cannot reach the store", { retryable });

describe("worker", () => {
  let world: WorkerWorld;
  beforeEach(async () => {
    world = await createWorkerWorld();
  });
  afterEach(() => world.close());

  describe("claiming", () => {
    it("runs a job at once when woken", async () => {
      const worker = world.start(aHandler((job) => Promise.resolve([aPut(job.id, "done")])));
      await world.clock.advance(0);
      await world.enqueue("j");
      worker.wake();
      const job = await world.waitForEnd("j");
      assert.equal(job.state, "succeeded");
      assert.equal(await world.readValue("j"), "done");
    });

    it("rule 288: finds work without being woken", async () => {
      world.start(aHandler(() => Promise.resolve([])));
      await world.clock.advance(0);
      await world.enqueue("j");
      await world.clock.advance(999);
      assert.equal((await world.readJob("j")).state, "queued");
      await world.clock.advance(1);
      assert.equal((await world.readJob("j")).state, "succeeded");
    });

    it("remembers a wake during a claim", async () => {
      let claims = 0;
      const store: StateStore = {
        ...world.store,
        claimJob: async (claim) => {
          const job = await world.store.claimJob(claim);
          claims += 1;
          if (claims === 1) {
            // The claim has seen an empty table; the enqueue comes before it returns.
            await world.enqueue("j");
            worker.wake();
          }
          return job;
        },
      };
      const worker = world.start(
        aHandler(() => Promise.resolve([])),
        { store },
      );
      await waitUntil(async () => (await world.store.getJob("j")) !== undefined);
      assert.equal((await world.waitForEnd("j")).state, "succeeded");
    });

    it("runs no more jobs at a time than allowed", async () => {
      let running = 0;
      let most = 0;
      const handler = aHandler(async () => {
        running += 1;
        most = Math.max(most, running);
        await world.clock.sleep(100);
        running -= 1;
        return [];
      });
      for (const id of ["a", "b", "c", "d", "e"]) await world.enqueue(id);
      world.start(handler, { concurrency: 2 });
      await world.clock.advance(300);
      assert.equal(most, 2);
      assert.equal((await world.store.listJobs(["succeeded"])).length, 5);
    });

    it("leaves kinds without a handler alone", async () => {
      const job = { id: "j", kind: "foreign", payload: {}, dueAt: 0 };
      await world.store.commit([{ op: "enqueue", job }]);
      world.start(aHandler(() => Promise.resolve([])));
      await world.clock.advance(5000);
      assert.equal((await world.readJob("j")).state, "queued");
    });

    it("tells a failing store once", async () => {
      let isDown = true;
      const store: StateStore = {
        ...world.store,
        claimJob: (claim) =>
          isDown
            ? Promise.reject(new AppError("StateUnavailable", "Down"))
            : world.store.claimJob(claim),
      };
      await world.enqueue("j");
      world.start(
        aHandler(() => Promise.resolve([])),
        { store },
      );
      await world.clock.advance(10_000);
      isDown = false;
      await world.clock.advance(1000);
      assert.equal((await world.readJob("j")).state, "succeeded");
      assert.deepEqual(world.lines, [
        "error Worker cannot claim jobs",
        "info Worker can claim jobs again",
        "info Job started",
        "info Job succeeded",
      ]);
    });
  });

  describe("failures", () => {
    it("rule 286: tries again after doubling pauses", async () => {
      const start = world.clock.now();
      const times: number[] = [];
      const attempts: number[] = [];
      const handler = aHandler((_, context) => {
        times.push(world.clock.now() - start);
        attempts.push(context.attempt);
        return Promise.reject(aFailure(true));
      });
      await world.enqueue("j");
      world.start(handler, { maxAttempts: 5, maxRetryMilliseconds: 5000 });
      await world.clock.advance(3000);
      assert.equal((await world.readJob("j")).error, "StoreUnreachable: Cannot reach the store");
      await world.clock.advance(60_000);
      assert.deepEqual(times, [0, 1000, 3000, 7000, 12_000]);
      assert.deepEqual(attempts, [1, 2, 3, 4, 5]);
      const job = await world.readJob("j");
      assert.equal(job.state, "failed");
      assert.equal(job.error, "StoreUnreachable: Cannot reach the store");
      assert.equal(await world.readValue("j"), "failed StoreUnreachable");
    });

    it("fails at once what cannot get better", async () => {
      await world.enqueue("j");
      world.start(aHandler(() => Promise.reject(aFailure(false))));
      const job = await world.waitForEnd("j");
      assert.deepEqual([job.state, job.attempt], ["failed", 1]);
      assert.equal(await world.readValue("j"), "failed StoreUnreachable");
    });

    it("keeps the cause of the unexpected in the log", async () => {
      await world.enqueue("j");
      world.start(aHandler(() => Promise.reject(new TypeError("Planted"))));
      const job = await world.waitForEnd("j");
      assert.match(job.error ?? "", /^Internal: /);
      assert.equal(await world.readValue("j"), "failed Internal");
      await waitUntil(() => world.lines.includes("error Job failed"));
      assert.match(String(world.fields.at(-1)?.["cause"]), /TypeError: Planted/);
    });

    it("rule 284: ends a job whose process always died", async () => {
      await world.enqueue("j");
      for (let death = 1; death <= 3; death += 1) {
        const dead = await world.store.claimJob({
          owner: "dead",
          leaseSeconds: 30,
          kinds: ["work"],
        });
        assert.equal(dead?.attempt, death);
        await world.clock.advance(30_000);
      }
      let runs = 0;
      const handler = aHandler(() => {
        runs += 1;
        return Promise.resolve([]);
      });
      world.start(handler, { maxAttempts: 3 });
      const job = await world.waitForEnd("j");
      assert.equal(runs, 0);
      assert.equal(job.state, "failed");
      assert.match(job.error ?? "", /^Interrupted: .*"3" times/);
      assert.equal(await world.readValue("j"), "failed Interrupted");
    });

    it("rule 284: names the last known error of an interrupted job", async () => {
      await world.enqueue("j");
      const claim = { owner: "dead", leaseSeconds: 30, kinds: ["work"] };
      const first = await world.store.claimJob(claim);
      const lease = { jobId: "j", fence: first?.fence ?? 0 };
      await world.store.commit([
        { op: "releaseJob", lease, dueAt: 0, error: "StoreFull: No space" },
      ]);
      await world.store.claimJob(claim);
      await world.clock.advance(30_000);
      world.start(
        aHandler(() => Promise.resolve([])),
        { maxAttempts: 2 },
      );
      assert.match(
        (await world.waitForEnd("j")).error ?? "",
        /^Interrupted: .*"StoreFull: No space"/,
      );
    });

    it("makes the writes anew when they conflict", async () => {
      await world.store.commit([aPut("shared", "old")]);
      await world.enqueue("j");
      let reads = 0;
      const handler = aHandler(() =>
        Promise.resolve(async () => {
          const found = await world.store.get("setting", "shared");
          reads += 1;
          if (reads === 1) await world.store.commit([aPut("shared", "somebody else")]);
          const value = `${String(found?.value)} and done`;
          return [{ ...aPut("shared", value), if: { etag: found?.etag ?? "" } }];
        }),
      );
      world.start(handler);
      const job = await world.waitForEnd("j");
      assert.deepEqual([job.state, job.attempt, reads], ["succeeded", 1, 2]);
      assert.equal(await world.readValue("shared"), "somebody else and done");
    });

    it("tries a job with stale writes again", async () => {
      await world.enqueue("j");
      const handler = aHandler((_, { attempt }) => {
        const write = aPut("shared", "done");
        return Promise.resolve([attempt === 1 ? { ...write, if: { etag: "stale" } } : write]);
      });
      world.start(handler);
      await world.clock.advance(2000);
      const job = await world.readJob("j");
      assert.deepEqual([job.state, job.attempt], ["succeeded", 2]);
    });

    it("ends a job whose failure cannot be written", async () => {
      await world.enqueue("j");
      const handler = aHandler(() => Promise.reject(aFailure(false)), {
        onFailure: () => Promise.reject(new TypeError("Planted")),
      });
      world.start(handler);
      await world.clock.advance(30_000);
      const job = await world.readJob("j");
      assert.deepEqual([job.state, job.attempt], ["failed", 3]);
      assert.match(job.error ?? "", /StoreUnreachable/);
    });

    it("holds finished work until the store is back", async () => {
      let isDown = false;
      let runs = 0;
      const store: StateStore = {
        ...world.store,
        commit: (writes, guard) =>
          isDown
            ? Promise.reject(new AppError("StateUnavailable", "Down"))
            : world.store.commit(writes, guard),
      };
      const handler = aHandler(() => {
        runs += 1;
        isDown = true;
        return Promise.resolve([aPut("j", "done")]);
      });
      await world.enqueue("j");
      world.start(handler, { store });
      await world.clock.advance(100_000);
      assert.equal((await world.readJob("j")).state, "running");
      isDown = false;
      await world.clock.advance(1000);
      assert.equal((await world.readJob("j")).state, "succeeded");
      assert.equal(runs, 1);
    });
  });

  describe("logging", () => {
    it("rule 273: writes one line per transition", async () => {
      await world.enqueue("j");
      world.start(
        aHandler((_, { attempt }) =>
          attempt === 1 ? Promise.reject(aFailure(true)) : Promise.resolve([]),
        ),
      );
      await world.clock.advance(60_000);
      assert.deepEqual(world.lines, [
        "info Job started",
        "warn Job will be tried again",
        "info Job started",
        "info Job succeeded",
      ]);
      assert.deepEqual(
        world.fields.map((fields) => [fields["jobId"], fields["jobKind"], fields["attempt"]]),
        [1, 1, 2, 2].map((attempt) => ["j", "work", attempt]),
      );
    });
  });
});
