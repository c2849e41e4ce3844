import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuditFacts } from "../../src/arm/audit.ts";
import { isTerminal, type OperationRecord } from "../../src/arm/operation-record.ts";
import { AppError } from "../../src/base/errors.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import { listScheduleRecords } from "../../src/provider/records/schedule-records.ts";
import { aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  type Json,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** A backup is left alone for so long before its clean-up. */
const settling = 15 * 60_000;
const apiVersion = "2026-12-01";

/** Days pass here: workers that polled every second of them would take long. */
function withSlowWorld(use: (world: ProviderWorld) => Promise<void>): () => Promise<void> {
  return () => withProviderWorld(use, { pollMilliseconds: 1000 * day });
}

async function listModern(world: ProviderWorld): Promise<readonly Json[]> {
  return (await world.read(`${locationPath}/backups`, apiVersion)).value;
}

async function idsOf(world: ProviderWorld): Promise<readonly string[]> {
  const names: readonly string[] = (await listModern(world)).map(({ name }: Json) => name);
  return names.toSorted();
}

async function readLocation(world: ProviderWorld): Promise<BackupLocation> {
  const found = await world.store.get<BackupLocation>("location", locationPath.toLowerCase());
  return found?.value ?? assert.fail("The location is gone");
}

/** Lets the scheduler look, and what it starts come to its end; the operations it started. */
async function look(world: ProviderWorld): Promise<readonly OperationRecord[]> {
  const list = async (): Promise<readonly OperationRecord[]> =>
    (await world.store.list<OperationRecord>("operation", { limit: 1000 })).map(
      ({ value }) => value,
    );
  const known = new Set((await list()).map(({ id }) => id));
  await world.provider.runScheduler();
  await waitUntil(async () => (await list()).every(({ state }) => isTerminal(state)));
  return (await list()).filter(({ id }) => !known.has(id));
}

async function makeDaily(world: ProviderWorld, days: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let count = 0; count < days; count += 1) {
    if (count > 0) await world.clock.advance(day);
    made.push(await makeBackup(world));
  }
  return made;
}

function callModern(
  world: ProviderWorld,
  method: string,
  path: string,
  body?: unknown,
): Promise<Json> {
  return world.call(method, `${locationPath}${path}`, { apiVersion, body });
}

describe("retention", () => {
  it(
    "is applied after each backup, and what it marked goes after the grace",
    withSlowWorld(async (world) => {
      await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
      const [, , third = "", ...kept] = await makeDaily(world, 5);
      const [operation, ...more] = await look(world);
      assert.deepEqual(more, []);
      assert.match(operation?.route ?? "", /pruneExternalStore$/);
      assert.deepEqual(await idsOf(world), [third, ...kept].toSorted());
      assert.deepEqual(await look(world), []);
      await world.clock.advance(day - hour);
      assert.deepEqual(await look(world), []);
      await world.clock.advance(2 * hour);
      assert.equal((await look(world)).length, 1);
      const [first, second] = world.engine.pruneRuns;
      assert.equal(first?.policy?.keepWithinDays, 2);
      assert.equal(second?.policy, undefined);
      assert.deepEqual((await readLocation(world)).upkeep, {});
    }),
  );

  it(
    "is written into the audit log when the service applies it by itself, and not done when that cannot be",
    withSlowWorld(async (world) => {
      const told: AuditFacts[] = [];
      let isBroken = true;
      const append = (facts: AuditFacts): Promise<void> => {
        if (isBroken) return Promise.reject(new AppError("StateUnavailable", "The disk is full"));
        told.push(facts);
        return Promise.resolve();
      };
      await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
      await makeDaily(world, 5);
      world.restart({ audit: { append } });
      await assert.rejects(world.provider.runScheduler(), { code: "StateUnavailable" });
      assert.equal(world.engine.pruneRuns.length, 0);
      isBroken = false;
      const [operation] = await look(world);
      assert.deepEqual(
        told.map(({ event, status, operationId }) => [event, status, operationId]),
        [
          ["Started", undefined, undefined],
          ["Ended", 202, operation?.id],
        ],
      );
      const [{ principalName, resource = "", correlationId } = assert.fail()] = told;
      assert.equal(principalName, "Holdfast scheduler");
      assert.match(resource, /\/backupLocations\/redmond\/pruneExternalStore$/);
      assert.equal(correlationId, operation?.correlationId);
    }),
  );

  it(
    "keeps the last good backup, however old, and forgets runs that left nothing",
    withSlowWorld(async (world) => {
      await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
      const good = await makeBackup(world);
      await world.clock.advance(day);
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreFull", "The store is full");
        },
      };
      const failed = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      assert.equal(failed.state, "Failed");
      world.engine.behavior = { record: (record) => ({ ...record, status: "PartialSucceeded" }) };
      await world.clock.advance(5 * day);
      const partial = await makeBackup(world);
      await look(world);
      assert.deepEqual(await idsOf(world), [good, failed.id, partial].toSorted());
      const shown = (await listModern(world)).find(({ name }) => name === good);
      assert.ok(shown.properties.keptBecause.includes("the newest good one"));
      await world.clock.advance(3 * day);
      await makeBackup(world);
      assert.deepEqual(await look(world), []);
      await world.clock.advance(settling);
      await look(world);
      assert.equal((await idsOf(world)).includes(failed.id), false);
      assert.equal((await idsOf(world)).includes(good), true);
    }),
  );

  it(
    "tells why each backup stays; a preview tells what goes, and then it goes",
    withSlowWorld(async (world) => {
      await setUpLocation(world, { backupRetentionPeriodInDays: 14 });
      await makeDaily(world, 6);
      for (const { properties } of await listModern(world))
        assert.ok(properties.keptBecause.includes("within 14 days of the newest"));
      const retention = { periodInDays: 0, daily: 2, count: 1 };
      const { body: preview } = await callModern(world, "POST", "/previewRetention", { retention });
      assert.equal(preview.keep.length, 2);
      assert.equal(preview.remove.length, 4);
      assert.deepEqual(preview.keep[1].keptBecause, ["daily 2 of 2"]);
      assert.equal((await idsOf(world)).length, 6);
      await callModern(world, "PATCH", "", { properties: { retention } });
      const shown = (await world.read(locationPath, apiVersion)).properties.retention;
      assert.deepEqual([shown.periodInDays, shown.daily, shown.weekly], [0, 2, 0]);
      const inForce = (await callModern(world, "POST", "/previewRetention")).body;
      assert.deepEqual(inForce, preview);
      // Who lowered it by mistake has an hour to take it back.
      await look(world);
      assert.equal((await idsOf(world)).length, 6);
      await world.clock.advance(hour);
      await look(world);
      const kept = preview.keep.map(({ backupId }: Json) => backupId).toSorted();
      assert.deepEqual(await idsOf(world), kept);
    }),
  );

  it(
    "is refused when it keeps nothing, and nothing changes",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      const before = await readLocation(world);
      const retention = { periodInDays: 0 };
      await assert.rejects(callModern(world, "PATCH", "", { properties: { retention } }), {
        code: "RetentionKeepsNothing",
        target: "properties.retention",
      });
      await assert.rejects(callModern(world, "POST", "/previewRetention", { retention }), {
        code: "RetentionKeepsNothing",
        target: "retention",
      });
      assert.deepEqual(await readLocation(world), before);
    }),
  );

  it(
    "a clean-up makes a backup that is due wait, not skip; one that fails is tried an hour later",
    withSlowWorld(async (world) => {
      const schedule = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 };
      await setUpLocation(world, schedule);
      await makeBackup(world);
      const gate = aGate();
      world.engine.behavior = {
        prune: async () => {
          await gate.opened;
          throw new AppError("StoreUnreachable", "The store does not answer");
        },
      };
      await world.clock.advance(settling);
      await world.provider.runScheduler();
      await world.clock.advance(4 * hour);
      await world.provider.runScheduler();
      assert.equal((await readLocation(world)).running?.kind, "prune");
      gate.open();
      await waitUntil(async () => (await readLocation(world)).running === undefined);
      world.engine.behavior = {};
      await look(world);
      const records = await listScheduleRecords(world, locationPath.toLowerCase());
      assert.deepEqual(
        records.map(({ outcome }) => outcome),
        ["started"],
      );
      assert.deepEqual(await look(world), []);
      await world.clock.advance(hour);
      assert.equal((await look(world)).length, 1);
      world.engine.behavior = {
        prune: () => {
          throw new AppError("StoreUnreachable", "The store does not answer");
        },
      };
      await makeBackup(world);
      await world.clock.advance(settling);
      assert.equal((await look(world))[0]?.state, "Failed");
      assert.deepEqual(await look(world), []);
      await world.clock.advance(hour);
      world.engine.behavior = {};
      assert.equal((await look(world))[0]?.state, "Succeeded");
    }),
  );

  it(
    "begins no clean-up shortly before a backup",
    withSlowWorld(async (world) => {
      const schedule = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 };
      await setUpLocation(world, schedule);
      await world.clock.advance(4 * hour - 5 * 60_000 - settling);
      await makeBackup(world);
      await world.clock.advance(settling);
      assert.deepEqual(await look(world), []);
      await world.clock.advance(5 * 60_000);
      assert.match((await look(world))[0]?.route ?? "", /createBackup$/);
      assert.match((await look(world))[0]?.route ?? "", /pruneExternalStore$/);
    }),
  );
});

describe("pins", () => {
  it(
    "keep a backup that retention would remove, until they are taken off",
    withSlowWorld(async (world) => {
      await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
      const [first = ""] = await makeDaily(world, 5);
      const { body } = await callModern(world, "POST", `/backups/${first}/pin`, {
        reason: "before the update",
      });
      assert.deepEqual(body.properties.pin, {
        by: "tester",
        time: "2026-03-06T12:00:00Z",
        reason: "before the update",
      });
      assert.deepEqual(body.properties.keptBecause, ["pinned"]);
      await look(world);
      assert.equal((await idsOf(world)).includes(first), true);
      await assert.rejects(callModern(world, "DELETE", `/backups/${first}`), {
        code: "BackupPinned",
      });
      const unpinned = await callModern(world, "POST", `/backups/${first}/unpin`);
      assert.equal(unpinned.body.properties.pin, null);
      await callModern(world, "POST", `/backups/${first}/unpin`);
      await makeBackup(world);
      await world.clock.advance(settling);
      await look(world);
      assert.equal((await idsOf(world)).includes(first), false);
    }),
  );

  it(
    "outlive a location that is made again over its store",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      const [first = ""] = await makeDaily(world, 2);
      await callModern(world, "POST", `/backups/${first}/pin`);
      await world.finish(await world.accept("DELETE", locationPath, { apiVersion }));
      await setUpLocation(world);
      const shown = (await listModern(world)).find(({ name }) => name === first);
      assert.equal(shown.properties.pin.by, "tester");
    }),
  );

  it(
    "are not set on what left nothing",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreFull", "The store is full");
        },
      };
      const failed = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      await assert.rejects(callModern(world, "POST", `/backups/${failed.id}/pin`), {
        code: "BackupNotRestorable",
      });
    }),
  );
});

describe("deleting a backup", () => {
  it(
    "removes it from the store, and only it",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      const [first = "", ...others] = await makeDaily(world, 3);
      const removal = await world.accept("DELETE", `${locationPath}/backups/${first}`, {
        apiVersion,
      });
      assert.equal((await world.finish(removal)).state, "Succeeded");
      assert.deepEqual(await idsOf(world), others.toSorted());
      assert.deepEqual(
        world.engine.recordsOf("/backup").map(({ backupId }) => backupId),
        others,
      );
      const again = await callModern(world, "DELETE", `/backups/${first}`);
      assert.equal(again.kind, "empty");
    }),
  );

  it(
    "refuses the newest and the last good one",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      const first = await makeBackup(world);
      await assert.rejects(callModern(world, "DELETE", `/backups/${first}`), {
        code: "LastGoodBackup",
      });
      await world.clock.advance(day);
      const second = await makeBackup(world);
      await assert.rejects(callModern(world, "DELETE", `/backups/${second}`), {
        code: "NewestBackup",
      });
      assert.deepEqual(await idsOf(world), [first, second].toSorted());
    }),
  );

  it(
    "of a run that left nothing only forgets it",
    withSlowWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreFull", "The store is full");
        },
      };
      const failed = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      const result = await callModern(world, "DELETE", `/backups/${failed.id}`);
      assert.equal(result.kind, "empty");
      assert.deepEqual(await idsOf(world), []);
      assert.deepEqual(world.engine.pruneRuns, []);
    }),
  );
});
