import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createProvider } from "../../src/provider/manifest.ts";
import type { Backup, BackupLocation } from "../../src/provider/model.ts";
import { listScheduleRecords } from "../../src/provider/records/schedule-records.ts";
import { aGate, aBody, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  type Json,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const hour = 3_600_000;
const automatic = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 };

async function readStore(world: ProviderWorld): Promise<Json> {
  return (await world.read(locationPath)).properties.externalStoreDefault;
}

async function readBackups(world: ProviderWorld): Promise<readonly Backup[]> {
  const found = await world.store.list<Backup>("backup", { prefix: "" });
  return found.map(({ value }) => value).toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

/** Lets the scheduler look, and what it starts come to its end. */
async function look(world: ProviderWorld): Promise<void> {
  await world.provider.runScheduler();
  await waitUntil(async () => (await readBackups(world)).every(({ endedAt }) => endedAt));
}

function records(world: ProviderWorld): ReturnType<typeof listScheduleRecords> {
  return listScheduleRecords(world, locationPath.toLowerCase());
}

/** Hours pass here: workers that polled every second of them would take long. */
function withSlowWorld(use: (world: ProviderWorld) => Promise<void>): Promise<void> {
  return withProviderWorld(use, { pollMilliseconds: 1000 * hour });
}

describe("the scheduler", () => {
  it("makes a backup when it is due, as createBackup does, and not before", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(4 * hour - 1);
      await look(world);
      assert.deepEqual(await readBackups(world), []);
      await world.clock.advance(1);
      await look(world);
      await look(world);
      const [backup, ...more] = await readBackups(world);
      assert.deepEqual(more, []);
      assert.equal(backup?.status, "Succeeded");
      assert.equal(backup.isAutomatic, true);
      assert.equal(backup.systemData["createdBy"], "Holdfast scheduler");
      const operation = await world.finish(backup.id);
      assert.equal(operation.state, "Succeeded");
      const shown = await world.read(`${locationPath}/backups/${backup.id}`);
      assert.equal(shown.properties.backupInfo.isAutomaticBackup, true);
      const store = await readStore(world);
      assert.equal(store.lastBackupTime, "2026-03-02T16:00:00Z");
      assert.equal(store.nextBackupTime, "2026-03-02T20:00:00Z");
      assert.deepEqual(await records(world), [
        {
          locationKey: locationPath.toLowerCase(),
          tick: "2026-03-02T16:00:00.000Z",
          at: "2026-03-02T16:00:00.000Z",
          nextTick: "2026-03-02T20:00:00.000Z",
          missedTicks: 0,
          outcome: "started",
          backupId: backup.id,
        },
      ]);
    }));

  it("is not moved by a backup on demand", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(3 * hour);
      await makeBackup(world);
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-02T16:00:00Z");
      await world.clock.advance(hour);
      await look(world);
      assert.deepEqual(
        (await readBackups(world)).map(({ isAutomatic }) => isAutomatic),
        [false, true],
      );
    }));

  it("makes one backup after a time without service, and keeps its rhythm", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(30 * hour);
      await look(world);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-03T20:00:00Z");
      assert.equal((await records(world))[0]?.missedTicks, 6);
    }));

  it("that is off ticks and makes nothing; switched on it goes on at the time planned", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, { ...automatic, isBackupSchedulerEnabled: false });
      await world.clock.advance(9 * hour);
      await look(world);
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-03T00:00:00Z");
      const body = aBody({ isBackupSchedulerEnabled: true });
      await world.finish(await world.accept("PUT", locationPath, { body }));
      await look(world);
      assert.deepEqual(await readBackups(world), []);
      await world.clock.advance(3 * hour);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
    }));

  it("a backup that is due when the settings change is made all the same", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(5 * hour);
      const body = aBody({ backupRetentionPeriodInDays: 9 });
      await world.finish(await world.accept("PUT", locationPath, { body }));
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
    }));

  it("skips a backup while other work holds the location, and says so", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const other = await world.accept("POST", `${locationPath}/createBackup`);
      await world.clock.advance(4 * hour);
      await world.provider.runScheduler();
      await world.provider.runScheduler();
      gate.open();
      await world.finish(other);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
      const [skipped, ...more] = await records(world);
      assert.deepEqual(more, []);
      assert.equal(skipped?.outcome, "skipped");
      assert.equal(skipped.code, "BackupInProgress");
      assert.equal(skipped.operationId, other.id);
      assert.equal(skipped.nextTick, "2026-03-02T20:00:00.000Z");
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-02T20:00:00Z");
    }));

  it("skips what could not succeed: no certificate, a subscription that is suspended", () =>
    withSlowWorld(async (world) => {
      const body = aBody({ path: "/backup", ...automatic });
      await world.finish(await world.accept("PUT", locationPath, { body }));
      await world.clock.advance(4 * hour);
      await look(world);
      await setUpLocation(world, {});
      const subscription = locationPath.split("/").slice(0, 3).join("/");
      await world.store.commit([
        { op: "put", kind: "subscription", key: subscription, value: { state: "Suspended" } },
      ]);
      await world.clock.advance(4 * hour);
      await look(world);
      assert.deepEqual(await readBackups(world), []);
      assert.deepEqual(
        (await records(world)).map(({ code }) => code),
        ["EncryptionNotConfigured", "SubscriptionNotActive"],
      );
    }));

  for (const [rule, state] of [
    [214, "Warned"],
    [215, "Suspended"],
  ] as const) {
    it(`rule ${rule}: rests while its subscription is ${state}, and goes on afterwards`, () =>
      withSlowWorld(async (world) => {
        await setUpLocation(world, automatic);
        const key = locationPath.split("/").slice(0, 3).join("/");
        const tell = (now: string): Promise<unknown> =>
          world.store.commit([{ op: "put", kind: "subscription", key, value: { state: now } }]);
        await tell(state);
        await world.clock.advance(8 * hour);
        await look(world);
        assert.deepEqual(await readBackups(world), []);
        const { isBackupSchedulerEnabled } = await readStore(world);
        assert.equal(isBackupSchedulerEnabled, true);
        await tell("Registered");
        await world.clock.advance(4 * hour);
        await look(world);
        assert.equal((await readBackups(world)).length, 1);
      }));
  }

  it("waits for a change of the settings, which is short", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(4 * hour);
      const gate = aGate();
      world.engine.behavior = { probe: () => gate.opened };
      const change = await world.accept("PUT", locationPath, { body: aBody({ path: "/other" }) });
      await world.provider.runScheduler();
      assert.deepEqual(await records(world), []);
      gate.open();
      await world.finish(change);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
    }));

  it("of several instances one makes the backup", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      const others = [createProvider(world.deps), createProvider(world.deps)];
      for (let round = 1; round <= 5; round += 1) {
        await world.clock.advance(4 * hour);
        const all = [world.provider, ...others].map((one) => one.runScheduler());
        await Promise.all(all);
        await look(world);
        assert.equal((await readBackups(world)).length, round);
        assert.equal((await records(world)).length, round);
      }
    }));

  it("follows a clock that is set back", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      await world.clock.advance(4 * hour);
      const key = locationPath.toLowerCase();
      const location = await world.store.get<BackupLocation>("location", key);
      assert.ok(location);
      // What a look at the clock of a year ahead has left.
      const ahead = {
        ...location.value,
        nextTick: "2027-03-02T20:00:00.000Z",
        tickDecidedAt: "2027-03-02T16:00:01.000Z",
      };
      await world.store.commit([{ op: "put", kind: "location", key, value: ahead }]);
      await look(world);
      const tickOf = async (): Promise<string | null | undefined> =>
        (await world.store.get<BackupLocation>("location", key))?.value.nextTick;
      assert.equal(await tickOf(), "2026-03-02T20:00:00.000Z");
      await world.clock.advance(4 * hour);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
    }));

  it("one location's trouble holds up no other", () =>
    withSlowWorld(async (world) => {
      await setUpLocation(world, automatic);
      const key = locationPath.toLowerCase();
      const sound = await world.store.get<BackupLocation>("location", key);
      assert.ok(sound);
      const broken = { ...sound.value, nextTick: "no time", settings: null };
      await world.store.commit([
        { op: "put", kind: "location", key: key.replace("redmond", "a"), value: broken },
      ]);
      await world.clock.advance(4 * hour);
      await look(world);
      assert.equal((await readBackups(world)).length, 1);
    }));
});
