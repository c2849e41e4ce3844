import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import type { Job, Lease, StateStore, Write } from "../../src/state/state-store.ts";

/** One store under test and what surrounds it. */
export interface OpenedStateStore {
  readonly store: StateStore;
  /** The time its leases are measured with. */
  now(): number;
  advance(milliseconds: number): Promise<void>;
  /** Closes and opens again. */
  reopen(): Promise<StateStore>;
  close(): Promise<void>;
}

/** What every adapter of the state port must keep. */
export function describeStateStore(
  name: string,
  open: () => Promise<OpenedStateStore>,
  options: { readonly isDurable: boolean },
): void {
  describe(`state store contract: ${name}`, () => {
    let opened: OpenedStateStore;
    let store: StateStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const enqueue = (id: string, dueAt: number = opened.now(), kind = "work"): Promise<void> =>
      store.commit([{ op: "enqueue", job: { id, kind, payload: { id }, dueAt } }]);
    const claim = (owner = "a", leaseSeconds = 30): Promise<Job | undefined> =>
      store.claimJob({ owner, leaseSeconds, kinds: ["work"] });
    const claimed = async (owner = "a"): Promise<Job> => {
      const job = await claim(owner);
      assert.ok(job, "a job to claim");
      return job;
    };

    describe("documents", () => {
      it("reads back what was put", async () => {
        const value = {
          text: "Grüße \u{1F600}\n\u0000",
          list: [1, null, { deep: true }],
          big: 2 ** 52,
        };
        await store.commit([put("a", value)]);
        const found = await store.get("location", "a");
        assert.deepEqual(found?.value, value);
        assert.equal(found?.key, "a");
        assert.equal(found?.kind, "location");
      });

      it("keeps kinds apart", async () => {
        await store.commit([put("a", 1), { op: "put", kind: "backup", key: "a", value: 2 }]);
        assert.equal((await store.get("location", "a"))?.value, 1);
        assert.equal((await store.get("backup", "a"))?.value, 2);
        assert.equal(await store.get("operation", "a"), undefined);
      });

      it("changes the etag with every write", async () => {
        const etags = new Set<string | undefined>();
        for (let round = 0; round < 5; round += 1) {
          await store.commit([put("a", "same")]);
          etags.add((await store.get("location", "a"))?.etag);
        }
        await store.commit([{ op: "delete", kind: "location", key: "a" }, put("a", "same")]);
        etags.add((await store.get("location", "a"))?.etag);
        assert.equal(etags.size, 6);
      });

      it("leaves other etags alone", async () => {
        await store.commit([put("a", 1), put("b", 1)]);
        const before = (await store.get("location", "a"))?.etag;
        await store.commit([put("b", 2)]);
        assert.equal((await store.get("location", "a"))?.etag, before);
      });

      it("creates only what is absent", async () => {
        await store.commit([{ ...put("a", 1), if: "absent" }]);
        await rejectsWith(
          store.commit([{ ...put("a", 2), if: "absent" }]),
          "StateConflict",
          "location/a",
        );
        assert.equal((await store.get("location", "a"))?.value, 1);
      });

      it("updates only under the current etag", async () => {
        await store.commit([put("a", 1)]);
        const etag = (await store.get("location", "a"))?.etag ?? "";
        await store.commit([{ ...put("a", 2), if: { etag } }]);
        await rejectsWith(
          store.commit([{ ...put("a", 3), if: { etag } }]),
          "StateConflict",
          "location/a",
        );
        await rejectsWith(
          store.commit([{ ...put("b", 3), if: { etag } }]),
          "StateConflict",
          "location/b",
        );
        assert.equal((await store.get("location", "a"))?.value, 2);
        assert.equal(await store.get("location", "b"), undefined);
      });

      it("deletes only under the current etag", async () => {
        await store.commit([put("a", 1)]);
        const stale: Write = { op: "delete", kind: "location", key: "a", if: { etag: "stale" } };
        await rejectsWith(store.commit([stale]), "StateConflict", "location/a");
        const etag = (await store.get("location", "a"))?.etag ?? "";
        await store.commit([{ ...stale, if: { etag } }]);
        assert.equal(await store.get("location", "a"), undefined);
        await store.commit([{ op: "delete", kind: "location", key: "a" }]);
      });

      it("asserts absence without writing", async () => {
        const absent: Write = { op: "delete", kind: "location", key: "a", if: "absent" };
        await store.commit([absent]);
        await store.commit([put("a", 1)]);
        await rejectsWith(store.commit([absent]), "StateConflict", "location/a");
        assert.equal((await store.get("location", "a"))?.value, 1);
      });

      it("commits all writes or none", async () => {
        await store.commit([put("last", 1)]);
        const writes: Write[] = [
          put("first", 1),
          { op: "delete", kind: "location", key: "last" },
          { op: "enqueue", job: { id: "j", kind: "work", payload: {}, dueAt: 0 } },
          { ...put("other", 1), if: { etag: "stale" } },
        ];
        await rejectsWith(store.commit(writes), "StateConflict", "location/other");
        assert.equal(await store.get("location", "first"), undefined);
        assert.equal((await store.get("location", "last"))?.value, 1);
        assert.equal(await store.getJob("j"), undefined);
      });

      it("lets one of 50 parallel creates win", async () => {
        const tries = Array.from({ length: 50 }, (_, n) =>
          store.commit([{ ...put("a", n), if: "absent" }]),
        );
        await assertOneWins(tries, async () => (await store.get<number>("location", "a"))?.value);
      });

      it("lets one of 50 parallel updates win", async () => {
        await store.commit([put("a", -1)]);
        const etag = (await store.get("location", "a"))?.etag ?? "";
        const tries = Array.from({ length: 50 }, (_, n) =>
          store.commit([{ ...put("a", n), if: { etag } }]),
        );
        await assertOneWins(tries, async () => (await store.get<number>("location", "a"))?.value);
      });

      it("refuses keys and values it cannot hold", async () => {
        for (const key of ["", "a\0b", "\ud800", "x".repeat(5000)]) {
          await rejectsWith(store.commit([put(key, 1)]), "InvalidArgument");
        }
        await rejectsWith(store.commit([put("a", undefined)]), "InvalidArgument");
      });
    });

    describe("lists", () => {
      const keys = [
        "a",
        "a%b",
        "a_b",
        "aXb",
        "a/b",
        "a/b/c",
        "b",
        "B",
        "a\u{10ffff}",
        "é",
        "\u{1F600}",
        "\uffee",
      ];
      const listKeys = async (options: Parameters<StateStore["list"]>[1]): Promise<string[]> => {
        const found = (await store.list("location", options)).map((document) => document.key);
        assert.deepEqual(await store.listKeys("location", options), found);
        return found;
      };

      beforeEach(() => store.commit(keys.map((key) => put(key, { key }))));

      it("orders by code point", async () => {
        const expected = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
        assert.deepEqual(await listKeys({}), expected);
        assert.deepEqual(await listKeys({ prefix: "" }), expected);
      });

      it("takes wildcards in a prefix literally", async () => {
        assert.deepEqual(await listKeys({ prefix: "a%" }), ["a%b"]);
        assert.deepEqual(await listKeys({ prefix: "a_" }), ["a_b"]);
        assert.deepEqual(await listKeys({ prefix: "a/b" }), ["a/b", "a/b/c"]);
        assert.deepEqual(await listKeys({ prefix: "a\u{10ffff}" }), ["a\u{10ffff}"]);
        assert.deepEqual(await listKeys({ prefix: "z" }), []);
      });

      it("pages without gaps or repeats", async () => {
        const seen: string[] = [];
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const page = await listKeys({ limit: 3, ...(after === undefined ? {} : { after }) });
          seen.push(...page);
          if (page.length < 3) break;
        }
        assert.deepEqual(seen, await listKeys({}));
        assert.equal(await store.count("location"), seen.length);
        assert.equal(await store.count("backup"), 0);
        assert.deepEqual(await listKeys({ prefix: "a/", after: "a/b", limit: 9 }), ["a/b/c"]);
      });
    });

    it("keeps the rules of a commit also where it does not wait for the disk", async () => {
      await store.commit([put("a", 1)], undefined, "loose");
      assert.equal((await store.get("location", "a"))?.value, 1);
      await rejectsWith(
        store.commit([put("b", 1), { ...put("a", 2), if: "absent" }], undefined, "loose"),
        "StateConflict",
        "location/a",
      );
      const nobody = { jobId: "j", fence: 1 };
      await rejectsWith(store.commit([put("b", 1)], nobody, "loose"), "LeaseLost", "job/j");
      assert.equal(await store.get("location", "b"), undefined);
      await store.commit([put("a", 2)]);
      assert.equal((await store.get("location", "a"))?.value, 2);
    });

    describe("revisions", () => {
      const keysAfter = async (after: number, limit = 100): Promise<readonly string[]> =>
        (await store.listChanges("location", after, limit)).map(({ key }) => key);

      it("tell what was written since, in the order of the commits", async () => {
        await store.commit([put("b", 1), put("a", 1)]);
        const before = await store.revisionOf("location");
        assert.deepEqual(await keysAfter(0), ["b", "a"]);
        assert.deepEqual(await keysAfter(before), []);
        await store.commit([put("c", 1)]);
        await store.commit([put("b", 2)]);
        assert.deepEqual(await keysAfter(0), ["a", "c", "b"]);
        assert.deepEqual(await keysAfter(before), ["c", "b"]);
        assert.deepEqual(await keysAfter(before, 1), ["c"]);
        const [, last] = await store.listChanges("location", before, 2);
        assert.equal(last?.revision, await store.revisionOf("location"));
        assert.deepEqual([last?.value, last?.etag], [2, (await store.get("location", "b"))?.etag]);
      });

      it("grow with removals, by kind, and with nothing that failed", async () => {
        await store.commit([put("a", 1)]);
        const before = await store.revisionOf("location");
        await store.commit([{ op: "put", kind: "backup", key: "a", value: 1 }]);
        await enqueue("j");
        await assert.rejects(store.commit([put("b", 1), { ...put("a", 2), if: "absent" }]));
        assert.equal(await store.revisionOf("location"), before);
        await store.commit([{ op: "delete", kind: "location", key: "a" }]);
        assert.ok((await store.revisionOf("location")) > before);
        await store.commit([put("b", 1)]);
        assert.deepEqual(await keysAfter(before), ["b"]);
      });
    });

    describe("jobs", () => {
      it("claims the oldest due job first", async () => {
        await enqueue("later", opened.now() + 60_000);
        await enqueue("first");
        await enqueue("second");
        await enqueue("foreign", opened.now(), "other");
        assert.equal((await claim())?.id, "first");
        assert.equal((await claim())?.id, "second");
        assert.equal(await claim(), undefined);
        await opened.advance(60_000);
        assert.equal((await claim())?.id, "later");
        assert.equal(await store.claimJob({ owner: "a", leaseSeconds: 30, kinds: [] }), undefined);
      });

      it("tells everything about a claimed job", async () => {
        const dueAt = opened.now();
        await enqueue("j", dueAt);
        const job = await claimed("owner");
        assert.deepEqual(job, await store.getJob("j"));
        const { leaseUntil, ...rest } = job;
        assert.ok(leaseUntil !== undefined && leaseUntil >= dueAt + 30_000);
        assert.deepEqual(rest, {
          id: "j",
          kind: "work",
          payload: { id: "j" },
          dueAt,
          state: "running",
          fence: 1,
          attempt: 1,
          owner: "owner",
          cancelRequested: false,
          error: undefined,
        });
      });

      it("refuses a job id that exists", async () => {
        await enqueue("j");
        await rejectsWith(enqueue("j"), "StateConflict", "job/j");
      });

      it("never gives one job to two claimers", async () => {
        const ids = Array.from({ length: 40 }, (_, n) => `j${n}`);
        for (const id of ids) await enqueue(id);
        const jobs = await Promise.all(Array.from({ length: 60 }, (_, n) => claim(`owner-${n}`)));
        const found = jobs.flatMap((job) => (job === undefined ? [] : [job.id]));
        assert.deepEqual(found.sort(), ids.sort());
      });

      it("gives an expired lease away with fence plus one", async () => {
        await enqueue("j");
        const stale = await claimed("dead");
        assert.equal(await claim("b"), undefined);
        await opened.advance(30_000);
        const fresh = await claimed("b");
        assert.deepEqual([fresh.fence, fresh.attempt, fresh.owner], [2, 2, "b"]);
        const attempts: readonly Write[][] = [
          [put("a", "stale")],
          [{ op: "finishJob", lease: leaseOf(stale), state: "succeeded" }],
          [{ op: "releaseJob", lease: leaseOf(stale), dueAt: 0 }],
        ];
        for (const writes of attempts) {
          await rejectsWith(store.commit(writes, leaseOf(stale)), "LeaseLost", "job/j");
          if (writes[0]?.op !== "put")
            await rejectsWith(store.commit(writes), "LeaseLost", "job/j");
        }
        await rejectsWith(store.heartbeat(leaseOf(stale), 30), "LeaseLost", "job/j");
        assert.equal(await store.get("location", "a"), undefined);
        await store.commit([put("a", "fresh")], leaseOf(fresh));
        assert.equal((await store.get("location", "a"))?.value, "fresh");
      });

      it("keeps a lease alive by heartbeats", async () => {
        await enqueue("j");
        const job = await claimed();
        for (let beat = 0; beat < 4; beat += 1) {
          await opened.advance(20_000);
          await store.heartbeat(leaseOf(job), 30);
          assert.equal(await claim("b"), undefined);
        }
      });

      it("finishes a job with its writes", async () => {
        await enqueue("j");
        const job = await claimed();
        const finish: Write = {
          op: "finishJob",
          lease: leaseOf(job),
          state: "failed",
          error: "Why",
        };
        await store.commit([put("a", 1), finish], leaseOf(job));
        const ended = await store.getJob("j");
        assert.equal(ended?.state, "failed");
        assert.equal(ended.error, "Why");
        assert.equal(ended.leaseUntil, undefined);
        await opened.advance(60_000);
        assert.equal(await claim(), undefined);
        await rejectsWith(store.commit([put("a", 2)], leaseOf(job)), "LeaseLost");
        await rejectsWith(store.commit([finish]), "LeaseLost");
        await rejectsWith(store.heartbeat(leaseOf(job), 30), "LeaseLost");
      });

      it("does not finish when another write conflicts", async () => {
        await enqueue("j");
        const job = await claimed();
        const finish: Write = { op: "finishJob", lease: leaseOf(job), state: "succeeded" };
        const stale: Write = { ...put("a", 1), if: { etag: "stale" } };
        await rejectsWith(store.commit([finish, stale], leaseOf(job)), "StateConflict");
        assert.equal((await store.getJob("j"))?.state, "running");
      });

      it("releases a job until its new time", async () => {
        await enqueue("j");
        const job = await claimed();
        const dueAt = opened.now() + 5000;
        await store.commit([{ op: "releaseJob", lease: leaseOf(job), dueAt, error: "Once" }]);
        assert.equal(await claim(), undefined);
        await opened.advance(5000);
        const again = await claimed();
        assert.deepEqual([again.fence, again.attempt, again.error], [2, 2, "Once"]);
        const handBack = { lease: leaseOf(again), dueAt: opened.now(), refundAttempt: true };
        await store.commit([{ op: "releaseJob", ...handBack }]);
        const third = await claimed();
        assert.deepEqual([third.fence, third.attempt, third.error], [3, 2, "Once"]);
      });

      it("passes a cancel on to the worker", async () => {
        await enqueue("j");
        const job = await claimed();
        assert.deepEqual(await store.heartbeat(leaseOf(job), 30), { cancelRequested: false });
        assert.equal(await store.requestCancel("j"), true);
        assert.deepEqual(await store.heartbeat(leaseOf(job), 30), { cancelRequested: true });
        await store.commit([{ op: "finishJob", lease: leaseOf(job), state: "canceled" }]);
        assert.equal(await store.requestCancel("j"), false);
        assert.equal(await store.requestCancel("unknown"), false);
      });

      it("makes a canceled job due at once", async () => {
        await enqueue("waiting", opened.now() + 3_600_000);
        await store.requestCancel("waiting");
        const waiting = await claimed();
        assert.equal(waiting.cancelRequested, true);
        const dueAt = opened.now() + 3_600_000;
        await store.commit([{ op: "releaseJob", lease: leaseOf(waiting), dueAt }]);
        assert.equal((await claimed()).id, "waiting");
      });

      it("lists jobs by state, oldest first", async () => {
        for (const id of ["c", "a", "b"]) await enqueue(id);
        const job = await claimed();
        await store.commit([{ op: "finishJob", lease: leaseOf(job), state: "canceled" }]);
        await claimed();
        const ids = async (states: readonly Job["state"][]): Promise<string[]> =>
          (await store.listJobs(states)).map(({ id }) => id);
        assert.deepEqual(await ids(["queued", "running"]), ["a", "b"]);
        assert.deepEqual(await ids(["canceled"]), ["c"]);
        assert.deepEqual(await ids(["failed"]), []);
        assert.deepEqual(await ids([]), []);
      });
    });

    it("removes jobs that ended before a time, and no other", async () => {
      for (const id of ["old", "young", "waiting"]) await enqueue(id);
      const end = async (): Promise<void> => {
        const lease = leaseOf(await claimed());
        await store.commit([{ op: "finishJob", lease, state: "failed" }]);
      };
      await end();
      await opened.advance(1000);
      const between = opened.now();
      await end();
      assert.equal(await store.removeEndedJobs(between), 1);
      assert.equal(await store.getJob("old"), undefined);
      assert.equal((await store.getJob("young"))?.state, "failed");
      assert.equal((await store.getJob("waiting"))?.state, "queued");
    });

    it("answers its health check until closed", async () => {
      await store.check();
      await store.close();
      await rejectsWith(store.check(), "StateUnavailable");
      await rejectsWith(store.get("location", "a"), "StateUnavailable");
      await rejectsWith(store.commit([put("a", 1)]), "StateUnavailable");
    });

    const keepsOverRestart = async (): Promise<void> => {
      await store.commit([put("a", { deep: [1] })]);
      const document = await store.get("location", "a");
      await enqueue("j");
      await enqueue("k");
      const job = await claimed();
      store = await opened.reopen();
      assert.deepEqual(await store.get("location", "a"), document);
      assert.deepEqual(await store.getJob("j"), job);
      await store.commit(
        [{ op: "finishJob", lease: leaseOf(job), state: "succeeded" }],
        leaseOf(job),
      );
      assert.equal((await claimed()).id, "k");
    };
    if (options.isDurable) it("keeps everything over a restart", keepsOverRestart);
  });
}

function put(key: string, value: unknown): Extract<Write, { op: "put" }> {
  return { op: "put", kind: "location", key, value };
}

function leaseOf(job: Job): Lease {
  return { jobId: job.id, fence: job.fence };
}

async function rejectsWith(
  promise: Promise<unknown>,
  code: string,
  target?: string,
): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(isAppError(error), String(error));
    assert.equal(error.code, code, error.message);
    if (target !== undefined) assert.equal(error.target, target);
    return true;
  });
}

async function assertOneWins(
  tries: readonly Promise<void>[],
  readWinner: () => Promise<number | undefined>,
): Promise<void> {
  const results = await Promise.allSettled(tries);
  const winners = results.flatMap((result, n) => (result.status === "fulfilled" ? [n] : []));
  assert.equal(winners.length, 1);
  assert.equal(await readWinner(), winners[0]);
  for (const result of results) {
    if (result.status === "rejected") assert.ok(isAppError(result.reason, "StateConflict"));
  }
}
