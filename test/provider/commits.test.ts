import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { isTerminal, type OperationRecord } from "../../src/arm/operation-record.ts";
import { startWorker, type Worker } from "../../src/jobs/worker.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import { createLogger } from "../../src/server/logger.ts";
import type { StateStore, Write } from "../../src/state/state-store.ts";
import { aPfx } from "../support/fake-identity.ts";
import { aBody, makeBackup, setUpLocation, refuse } from "../support/provider-steps.ts";
import {
  groupPath,
  type Json,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { waitForSignal, waitUntil } from "../support/worker-world.ts";

const apiVersion = "2026-12-01";

/** The store, which tells every state that is written of a location; the same one again is none. */
function watchStates(store: StateStore, states: string[]): StateStore {
  return watchCommits(store, (writes) => {
    for (const write of writes) {
      if (!("kind" in write) || write.kind !== "location") continue;
      const state = write.op === "put" ? (write.value as BackupLocation).provisioningState : "gone";
      if (states.at(-1) !== state) states.push(state);
    }
  });
}

/** The store, which tells what was committed. */
function watchCommits(store: StateStore, tell: (writes: readonly Write[]) => void): StateStore {
  return {
    ...store,
    commit: async (writes, ...rest) => {
      await store.commit(writes, ...rest);
      tell(writes);
    },
  };
}

describe("what is committed", () => {
  it("rules 127, 128 and 130: no end follows another end directly, whatever happens", () => {
    const states: string[] = [];
    return withProviderWorld(
      async (world) => {
        const put = (path: string): Promise<OperationRecord> =>
          world.accept("PUT", locationPath, { body: aBody({ path }) });
        await setUpLocation(world);
        const happenings: readonly (() => Promise<unknown>)[] = [
          async () => world.finish(await put("/backup")),
          async () => {
            world.engine.behavior = { probe: refuse };
            await world.finish(await put("/other"));
            world.engine.behavior = {};
          },
          async () => {
            world.engine.behavior = {
              probe: () => new Promise(() => undefined),
            };
            await world.stopWorkers();
            const { id } = await put("/third");
            await world.store.requestCancel(id);
            world.engine.behavior = {};
            world.startWorker();
            await world.finish(id);
          },
          () => world.call("PATCH", locationPath, { apiVersion, body: { tags: { a: "b" } } }),
          async () => {
            await world.stopWorkers();
            await put("/fourth");
            const removal = await world.accept("DELETE", locationPath, { apiVersion });
            await world.store.requestCancel(removal.id);
            world.startWorker();
            await world.finish(removal);
          },
          async () => {
            await world.stopWorkers();
            await put("/fifth");
            // Nobody will ever work on it.
            const job = await world.store.claimJob({
              ...{ owner: "dead", leaseSeconds: 1, kinds: ["configureLocation"] },
            });
            const lease = { jobId: job?.id ?? "", fence: job?.fence ?? 0 };
            await world.store.commit([{ op: "finishJob", lease, state: "failed" }]);
            await world.provider.runUpkeep();
            world.startWorker();
          },
        ];
        // Every one after every other.
        for (const first of happenings)
          for (const second of happenings) {
            await first().catch(ignoreBusy);
            await second().catch(ignoreBusy);
          }
        const ends = ["Succeeded", "Failed", "Canceled"];
        const between = ["Creating", "Updating", "Deleting"];
        for (const state of states) assert.ok([...ends, ...between, "gone"].includes(state), state);
        for (const state of [...ends, ...between]) assert.ok(states.includes(state), state);
        for (const [at, state] of states.entries()) {
          const next = states[at + 1];
          assert.ok(!(ends.includes(state) && ends.includes(next ?? "")), `${state} then ${next}`);
        }
      },
      { wrapStore: (store) => watchStates(store, states) },
    );
  });

  it("rules 152 and 156: resource, operation and job are one commit, for every kind of work", () =>
    withProviderWorld(
      async (world) => {
        const worker = world.startWorker();
        await setUpLocation(world);
        const backup = await makeBackup(world);
        await makeBackup(world);
        const other = `${groupPath}/backupLocations/other`;
        const body = aBody({ path: "/copies" });
        await world.finish(await world.accept("PUT", other, { body }));
        await worker.stop();
        const commits: (readonly Write[])[] = [];
        world.restart({ store: watchCommits(world.store, (writes) => void commits.push(writes)) });
        const target = `${world.restoreRoot}/x`;
        const key = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
        const calls: readonly (readonly [string, string, object?])[] = [
          ["PUT", "", aBody({ path: "/elsewhere" })],
          ["PATCH", "", { properties: { store: { kind: "Local", path: "/elsewhere" } } }],
          ["POST", "/createBackup"],
          ["POST", `/backups/${backup}/restore`, { targetPath: target, ...key }],
          ["POST", "/verify"],
          ["POST", "/pruneExternalStore"],
          ["POST", "/copy", { targetLocationName: "other" }],
          ["DELETE", `/backups/${backup}`],
          ["DELETE", ""],
        ];
        for (const [method, below, sent] of calls) {
          commits.length = 0;
          const operation = await world.accept(method, `${locationPath}${below}`, {
            apiVersion: method === "PUT" ? "2018-09-01" : apiVersion,
            body: sent,
          });
          const kinds = commits.map((writes) =>
            writes.map((write) => ("kind" in write ? write.kind : write.op)),
          );
          assert.equal(kinds.length, 1, `${method} ${below}: ${JSON.stringify(kinds)}`);
          for (const kind of ["location", "operation", "enqueue"] as const)
            assert.ok(kinds[0]?.includes(kind), `${method} ${below}: ${JSON.stringify(kinds)}`);
          // The one who polls first may ask another instance.
          const found = await world.store.get<OperationRecord>("operation", operation.id);
          assert.equal(found?.value.state, "Accepted");
          await world.store.requestCancel(operation.id);
          const cleaner = world.startWorker();
          await world.finish(operation);
          await cleaner.stop();
        }
      },
      { hasWorker: false },
    ));

  it("rules 27 and 273: every line of the work names the operation and the request that asked for it", () =>
    withProviderWorld(
      async (world) => {
        const first = world.startWorker();
        await setUpLocation(world);
        await first.stop();
        const { lines, worker } = startLoggedWorker(world);
        const { id, correlationId } = await world.accept("POST", `${locationPath}/createBackup`);
        await world.clock.advance(100);
        await world.finish(id);
        await worker.stop();
        const ofIt = lines.filter((line) => line["operationId"] === id);
        assert.deepEqual(
          ofIt.map(({ message }) => message).filter((message) => String(message).startsWith("Job")),
          ["Job started", "Job succeeded"],
        );
        assert.ok(ofIt.some(({ message }) => message === "Operation accepted"));
        assert.ok(ofIt.some(({ message }) => message === "In the engine"));
        for (const line of ofIt) assert.equal(line["correlationId"], correlationId);
      },
      { hasWorker: false },
    ));

  it("rules 183 and 184: seven days count from the end, however long it took", () =>
    withProviderWorld(
      async (world) => {
        const operation = await world.accept("PUT", locationPath, { body: aBody({ path: "/b" }) });
        const day = 86_400_000;
        await world.clock.advance(6 * day);
        const worker = world.startWorker();
        await world.finish(operation);
        await worker.stop();
        const find = () => world.provider.provider.findOperation(operation.id);
        await world.clock.advance(7 * day - 60_000);
        await world.provider.runUpkeep();
        assert.ok(await find());
        await world.clock.advance(120_000);
        assert.equal(await find(), undefined);
        await world.provider.runUpkeep();
        assert.equal(await world.store.get("operation", operation.id), undefined);
      },
      { hasWorker: false, pollMilliseconds: 1e9 },
    ));

  it("rule 285: whatever waits for nobody is ended, and so is work for nothing", () =>
    withProviderWorld(
      async (world) => {
        const worker = world.startWorker();
        await setUpLocation(world);
        const finished = await makeBackup(world);
        await worker.stop();
        const { store } = world;
        const key = locationPath.toLowerCase();
        const read = async (): Promise<BackupLocation> =>
          (await store.get<BackupLocation>("location", key))?.value ?? assert.fail();
        const write = async (change: object): Promise<void> => {
          const value = { ...(await read()), ...change };
          await store.commit([{ op: "put", kind: "location", key, value }]);
        };
        const gone = "00000000-0000-4000-8000-00000000000";
        // A state that goes on, of an operation nobody knows.
        await write({ provisioningState: "Updating", activeOperationId: `${gone}1` });
        await world.provider.runUpkeep();
        assert.equal((await read()).provisioningState, "Failed");
        assert.equal((await read()).activeOperationId, undefined);
        // Work that runs nowhere, and the backup that it was making.
        const backupKey = `${key}/backups/${gone}2`;
        const made = (await store.get<Json>("backup", `${key}/backups/${finished}`))?.value;
        const { record: _record, endedAt: _endedAt, ...begun } = made;
        const value = { ...begun, id: `${gone}2`, status: "Creating" };
        await store.commit([{ op: "put", kind: "backup", key: backupKey, value }]);
        await write({ running: { kind: "backup", operationId: `${gone}2` } });
        // An operation without its job.
        const operation = await store.get<OperationRecord>("operation", finished);
        const { endTime: _endTime, result: _result, ...open } = operation?.value ?? assert.fail();
        const stale = { ...open, id: `${gone}3`, state: "Running" };
        await store.commit([{ op: "put", kind: "operation", key: `${gone}3`, value: stale }]);
        // A job whose location is another one by now.
        const payload = { locationKey: key, incarnation: "of long ago" };
        const job = { id: `${gone}4`, kind: "verifyBackup", payload, dueAt: world.clock.now() };
        await store.commit([{ op: "enqueue", job }]);
        await world.provider.runUpkeep();
        assert.equal((await read()).running, undefined);
        const backup = (await store.get<Json>("backup", backupKey))?.value;
        assert.deepEqual([backup.status, backup.error.code], ["Failed", "Interrupted"]);
        const ended = await world.provider.provider.findOperation(`${gone}3`);
        assert.deepEqual([ended?.state, ended?.error?.code], ["Failed", "Interrupted"]);
        assert.equal((await store.getJob(job.id))?.cancelRequested, true);
        world.startWorker();
        await setUpLocation(world);
        await makeBackup(world);
      },
      { hasWorker: false },
    ));

  it("rule 103: what lies below a location goes with it, and its name begins anew", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      const hook = {
        ...{ kind: "Webhook", targetUrl: "https://hooks.example/a" },
        signingSecret: "a secret of some length",
      };
      await world.call("PUT", `${locationPath}/notificationRoutes/hook`, {
        ...{ apiVersion, body: { properties: hook } },
      });
      const limits = { drillTargetInDays: 7 };
      await world.call("PUT", `${locationPath}/monitoringSettings/default`, {
        ...{ apiVersion, body: { properties: limits } },
      });
      await world.provider.runWatch();
      const key = locationPath.toLowerCase();
      const kinds = ["backup", "alert", "route", "deadLetter", "note"] as const;
      const count = async (): Promise<readonly number[]> =>
        Promise.all(
          kinds.map(async (kind) => (await world.store.list(kind, { prefix: `${key}/` })).length),
        );
      assert.ok((await count()).filter((found) => found > 0).length >= 3);
      await world.finish(await world.accept("DELETE", locationPath, { apiVersion }));
      assert.deepEqual(await count(), [0, 0, 0, 0, 0]);
      await setUpLocation(world, { path: "/fresh" });
      assert.deepEqual(
        (await world.read(`${locationPath}/notificationRoutes`, apiVersion)).value,
        [],
      );
      const settings = await world.read(`${locationPath}/monitoringSettings/default`, apiVersion);
      assert.equal(settings.properties.drillTargetInDays, 90);
    }));

  for (const [work, path, body] of [
    ["restore", "restore", undefined],
    ["verify", "verify", undefined],
    ["prune", "pruneExternalStore", undefined],
  ] as const) {
    it(`rule 197: DELETE stops a running ${work} first`, () =>
      withProviderWorld(async (world) => {
        await setUpLocation(world);
        const backup = await makeBackup(world);
        let isBusy = false;
        const hold = (_run: unknown, signal: AbortSignal): Promise<void> => {
          isBusy = true;
          return waitForSignal(signal) as Promise<never>;
        };
        const { promise, resolve } = Promise.withResolvers<void>();
        world.engine.behavior = {
          ...{ restore: hold, prune: hold },
          verify: () => {
            isBusy = true;
            return promise;
          },
        };
        const key = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
        const started = await world.accept(
          "POST",
          `${locationPath}/${work === "restore" ? `backups/${backup}/` : ""}${path}`,
          work === "restore" ? { body: key } : { apiVersion, body },
        );
        await waitUntil(() => isBusy);
        const removal = await world.accept("DELETE", locationPath, { apiVersion });
        for (let turn = 0; turn < 20; turn += 1) await world.clock.advance(100);
        resolve();
        for (let turn = 0; turn < 50; turn += 1) await world.clock.advance(100);
        assert.ok(isTerminal((await world.finish(started)).state));
        assert.match((await world.finish(started)).state, /^(?:Canceled|Succeeded)$/);
        if (work !== "verify") assert.equal((await world.finish(started)).state, "Canceled");
        assert.equal((await world.finish(removal)).state, "Succeeded");
      }));
  }
});

/** A provider and its worker that log as the service does, and what they log; the engine says a line of its own. */
function startLoggedWorker(world: ProviderWorld): {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly worker: Worker;
} {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    format: "json",
    level: "info",
    stream: new PassThrough().resume(),
    keeper: {
      wants: () => true,
      keep: ({ message, fields }) => void lines.push({ message, ...fields }),
    },
  });
  const { jobHandlers: handlers } = world.restart({ logger });
  world.engine.behavior = { backup: () => logger.info("In the engine") };
  const worker = startWorker({
    ...{ store: world.store, clock: world.clock, logger, owner: "logged", handlers },
    ...{ concurrency: 1, leaseSeconds: 30, maxAttempts: 3, pollMilliseconds: 10 },
  });
  return { lines, worker };
}

function ignoreBusy(error: unknown): void {
  const { code } = error as { readonly code?: string };
  assert.ok(code === "AnotherOperationInProgress" || code === "ResourceNotFound", String(error));
}
