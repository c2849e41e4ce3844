import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Sweep, sweepOrphans } from "../../src/jobs/sweeper.ts";
import { aHandler, aPut, createWorkerWorld, type WorkerWorld } from "../support/worker-world.ts";

interface Operation {
  readonly state: "running" | "ended";
  readonly jobId: string;
}

describe("sweepOrphans", () => {
  let world: WorkerWorld;
  beforeEach(async () => {
    world = await createWorkerWorld();
  });
  afterEach(() => world.close());

  const aSweep = (changes: Partial<Sweep<Operation>> = {}): Sweep<Operation> => ({
    store: world.store,
    documentKind: "setting",
    handledKinds: new Set(["work"]),
    findJobId: ({ value }) => (value.state === "running" ? value.jobId : undefined),
    endDocument: ({ key, value, etag }) =>
      Promise.resolve([{ ...aPut(key, { ...value, state: "ended" }), if: { etag } }]),
    isOrphanJob: async (job) => (await world.readValue(job.id)) === undefined,
    ...changes,
  });
  const anOperation = (jobId: string): Operation => ({ state: "running", jobId });

  it("ends documents whose job is gone or ended", async () => {
    await world.enqueue("ended");
    world.start(aHandler(() => Promise.resolve([])));
    await world.waitForEnd("ended");
    await world.store.commit([
      aPut("ended", anOperation("ended")),
      aPut("gone", anOperation("gone")),
      aPut("old", { state: "ended", jobId: "gone" }),
    ]);
    const report = await sweepOrphans(aSweep());
    assert.deepEqual(report.endedDocuments, ["ended", "gone"]);
    assert.deepEqual(await world.readValue("gone"), { state: "ended", jobId: "gone" });
    assert.deepEqual((await sweepOrphans(aSweep())).endedDocuments, []);
  });

  it("leaves documents of living jobs alone", async () => {
    await world.enqueue("queued");
    await world.enqueue("running");
    await world.store.claimJob({ owner: "dead", leaseSeconds: 1, kinds: ["work"] });
    await world.clock.advance(5000);
    await world.store.commit([
      aPut("queued", anOperation("queued")),
      aPut("running", anOperation("running")),
    ]);
    assert.deepEqual(await sweepOrphans(aSweep()), {
      endedDocuments: [],
      canceledJobs: [],
      unhandledJobs: [],
    });
  });

  it("cancels jobs that work for nothing", async () => {
    await world.enqueue("orphan");
    await world.enqueue("wanted");
    await world.store.commit([aPut("wanted", anOperation("wanted"))]);
    assert.deepEqual((await sweepOrphans(aSweep())).canceledJobs, ["orphan"]);
    assert.deepEqual((await sweepOrphans(aSweep())).canceledJobs, []);
    world.start(aHandler(() => Promise.resolve([])));
    assert.equal((await world.waitForEnd("orphan")).state, "canceled");
    assert.equal((await world.waitForEnd("wanted")).state, "succeeded");
  });

  it("only reports jobs nobody handles", async () => {
    const job = { id: "later", kind: "of a later program", payload: {}, dueAt: 0 };
    await world.store.commit([{ op: "enqueue", job }]);
    const report = await sweepOrphans(aSweep());
    assert.deepEqual(report.unhandledJobs, ["later"]);
    assert.equal((await world.readJob("later")).cancelRequested, false);
  });

  it("lets a worker that finishes meanwhile win", async () => {
    await world.store.commit([aPut("late", anOperation("gone"))]);
    const sweep = aSweep({
      endDocument: async (document) => {
        await world.store.commit([aPut("late", { state: "ended", jobId: "worker" })]);
        return aSweep().endDocument(document, undefined);
      },
    });
    assert.deepEqual((await sweepOrphans(sweep)).endedDocuments, []);
    assert.deepEqual(await world.readValue("late"), { state: "ended", jobId: "worker" });
  });

  it("sees documents beyond one page", async () => {
    const keys = Array.from({ length: 1100 }, (_, n) => `k${String(n).padStart(4, "0")}`);
    await world.store.commit(keys.map((key) => aPut(key, anOperation("gone"))));
    assert.deepEqual((await sweepOrphans(aSweep())).endedDocuments, keys);
  });
});
