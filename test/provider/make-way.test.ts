import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import { aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "../support/provider-world.ts";
import { waitForSignal, waitUntil } from "../support/worker-world.ts";

const apiVersion = "2026-12-01";
/** Changed retention is applied after so long, and that of a backup sooner. */
const settling = 60 * 60_000;
const pause = 100;

/** A clean-up the service began by itself, which asked to stop goes on until the gate opens. */
interface CleanUp {
  readonly operation: OperationRecord;
  /** Of the engine's calls, and what the gate does, in the order of events. */
  readonly events: string[];
  /** Resolves when it has been asked to stop. */
  readonly asked: Promise<void>;
  letGo(): void;
}

async function startCleanUp(world: ProviderWorld): Promise<CleanUp> {
  const events: string[] = [];
  const gate = aGate();
  const asked = aGate();
  const tell = (event: string) => (): void => void events.push(event);
  world.engine.behavior = {
    prune: async (_run, signal) => {
      await waitForSignal(signal).catch(() => undefined);
      asked.open();
      await gate.opened;
      events.push("clean-up stopped");
      signal.throwIfAborted();
    },
    backup: tell("backup"),
    verify: tell("verify"),
    prepare: tell("prepare"),
  };
  await world.clock.advance(settling);
  await world.provider.runScheduler();
  const { running } = await readLocation(world);
  assert.ok(running?.isAutomatic);
  await waitUntil(() => world.engine.pruneRuns.length > 0);
  const operation = await world.provider.provider.findOperation(running.operationId);
  return {
    operation: operation ?? assert.fail("It has no operation"),
    events,
    asked: asked.opened,
    letGo: () => gate.open(),
  };
}

async function readLocation(world: ProviderWorld): Promise<BackupLocation> {
  const found = await world.store.get<BackupLocation>("location", locationPath.toLowerCase());
  return found?.value ?? assert.fail("The location is gone");
}

/** Whatever it is, it was accepted at once; the clean-up is asked to stop, and only then is it done. */
async function seeWayMade(
  world: ProviderWorld,
  accept: () => Promise<OperationRecord>,
  event: string,
): Promise<OperationRecord> {
  const cleanUp = await startCleanUp(world);
  const accepted = await accept();
  await cleanUp.asked;
  await world.clock.advance(10 * pause);
  assert.equal(cleanUp.events.length, 0);
  const waiting = await world.provider.provider.findOperation(accepted.id);
  assert.equal(waiting?.state, "Accepted");
  cleanUp.letGo();
  const stopped = await world.finish(cleanUp.operation);
  assert.equal(stopped.state, "Canceled");
  assert.match(stopped.error?.message ?? "", /made way .* taken up again by itself/);
  await world.clock.advance(2 * pause);
  const ended = await world.finish(accepted);
  assert.equal(ended.state, "Succeeded", JSON.stringify(ended.error));
  assert.equal(cleanUp.events[0], "clean-up stopped");
  assert.ok(cleanUp.events.includes(event));
  return ended;
}

/** Each took a worker that is not asked for anything by time alone. */
function withQuietWorld(use: (world: ProviderWorld) => Promise<void>): () => Promise<void> {
  return () =>
    withProviderWorld(
      async (world) => {
        await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
        await use(world);
      },
      { pollMilliseconds: 1e9 },
    );
}

describe("the service's own clean-up makes way", () => {
  it(
    "for a backup; what it has not done is done after it",
    withQuietWorld(async (world) => {
      await makeBackup(world);
      await seeWayMade(
        world,
        () => world.accept("POST", `${locationPath}/createBackup`, { apiVersion }),
        "backup",
      );
      assert.equal((await readLocation(world)).running, undefined);
      world.engine.behavior = {};
      await world.clock.advance(settling);
      await world.provider.runScheduler();
      await waitUntil(async () => (await readLocation(world)).running === undefined);
      assert.equal(world.engine.pruneRuns.length, 2);
      assert.deepEqual((await readLocation(world)).upkeep, {});
    }),
  );

  it(
    "for a verification, after which it goes on at once",
    withQuietWorld(async (world) => {
      await makeBackup(world);
      const before = (await readLocation(world)).upkeep;
      await seeWayMade(
        world,
        () => world.accept("POST", `${locationPath}/verify`, { apiVersion }),
        "verify",
      );
      assert.deepEqual((await readLocation(world)).upkeep, before);
      world.engine.behavior = {};
      await world.provider.runScheduler();
      await waitUntil(() => world.engine.pruneRuns.length === 2);
    }),
  );

  it(
    "for a prune somebody asks for, and for the deletion of a backup",
    withQuietWorld(async (world) => {
      const old = await makeBackup(world);
      await makeBackup(world);
      const cleanUp = await startCleanUp(world);
      const path = `${locationPath}/backups/${old}`;
      const operation = await world.accept("DELETE", path, { apiVersion });
      await cleanUp.asked;
      world.engine.behavior = { prune: () => void cleanUp.events.push("deletion") };
      cleanUp.letGo();
      await world.finish(cleanUp.operation);
      await world.clock.advance(2 * pause);
      assert.equal((await world.finish(operation)).state, "Succeeded");
      assert.deepEqual(cleanUp.events, ["clean-up stopped", "deletion"]);
      assert.deepEqual(world.engine.pruneRuns[1]?.remove, [old]);
      const asked = await world.accept("POST", `${locationPath}/pruneExternalStore`);
      await assert.rejects(world.call("POST", `${locationPath}/createBackup`), {
        code: "AnotherOperationInProgress",
      });
      assert.equal((await world.finish(asked)).state, "Succeeded");
    }),
  );

  it(
    "for another store; the settings change when it has stopped",
    withQuietWorld(async (world) => {
      await makeBackup(world);
      const body = {
        location: "redmond",
        properties: { externalStoreDefault: { path: "/elsewhere" } },
      };
      await seeWayMade(world, () => world.accept("PUT", locationPath, { body }), "prepare");
      const { settings } = await readLocation(world);
      assert.equal(settings.store.kind === "local" && settings.store.folder, "/elsewhere");
    }),
  );

  it(
    "also when who was asked for is canceled meanwhile: the next one waits for it too, and a pin does not",
    withQuietWorld(async (world) => {
      const kept = await makeBackup(world);
      const cleanUp = await startCleanUp(world);
      const first = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
      await cleanUp.asked;
      await world.store.requestCancel(first.id);
      world.deps.onEnqueued?.();
      assert.equal((await world.finish(first)).state, "Canceled");
      assert.equal((await readLocation(world)).running, undefined);
      await world.call("POST", `${locationPath}/backups/${kept}/pin`, { apiVersion });
      const second = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
      await world.clock.advance(10 * pause);
      assert.deepEqual(cleanUp.events, []);
      cleanUp.letGo();
      await world.finish(cleanUp.operation);
      await world.clock.advance(2 * pause);
      assert.equal((await world.finish(second)).state, "Succeeded");
      assert.deepEqual(cleanUp.events, ["clean-up stopped", "backup"]);
    }),
  );

  it(
    "also when the request to stop was lost: the job that waits asks again",
    withQuietWorld(async (world) => {
      await makeBackup(world);
      const cleanUp = await startCleanUp(world);
      const requestCancel = world.store.requestCancel.bind(world.store);
      let lost = 0;
      world.store.requestCancel = (id: string) => {
        if (lost > 0) return requestCancel(id);
        lost += 1;
        return Promise.reject(new Error("lost"));
      };
      const backup = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
      await world.clock.advance(pause);
      await cleanUp.asked;
      assert.equal(lost, 1);
      cleanUp.letGo();
      await world.finish(cleanUp.operation);
      await world.clock.advance(2 * pause);
      assert.equal((await world.finish(backup)).state, "Succeeded");
    }),
  );
});
