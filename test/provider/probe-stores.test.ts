import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { createProvider } from "../../src/provider/manifest.ts";
import type { ProviderDeps } from "../../src/provider/provider-deps.ts";
import { aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  locationPath,
  withProviderWorld,
  type Json,
  type ProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const minute = 60_000;
const period = 15 * minute;

const gone = new AppError("StoreUnreachable", "The store does not answer");

async function openAlerts(world: ProviderWorld): Promise<readonly string[]> {
  await world.provider.runWatch();
  const { value } = await world.read(`${locationPath}/alerts`, "2026-12-01");
  return value
    .filter(({ properties }: Json) => properties.state === "Active")
    .map(({ properties }: Json) => properties.alertTypeId);
}

const looksOf = ({ engine }: ProviderWorld): number =>
  engine.calls.filter((call) => call === "lookAtStore").length;

/** A location whose last look was a period ago, and whose schedule asks for nothing meanwhile. */
async function setUp(world: ProviderWorld): Promise<void> {
  await setUpLocation(world, { isBackupSchedulerEnabled: true });
  await makeBackup(world);
  await world.clock.advance(period);
}

describe("the look at stores between backups", () => {
  it("raises what it meets, looks sooner again, and has it closed when the store is back", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      let troubles = 0;
      const look = createProvider({ ...world.deps, onTrouble: () => (troubles += 1) }).probeStores;
      world.engine.behavior = { probe: () => Promise.reject(gone) };
      await look(period);
      assert.deepEqual(await openAlerts(world), ["StoreNotAccessible"]);
      await look(period);
      assert.equal(looksOf(world), 1);
      world.engine.behavior = {
        probe: () => Promise.reject(new AppError("StoreReadOnly", "The store is read-only")),
      };
      await world.clock.advance(period / 3);
      await look(period);
      assert.deepEqual(await openAlerts(world), ["StoreNotWritable"]);
      world.engine.behavior = {};
      await world.clock.advance(period / 3);
      await look(period);
      assert.deepEqual(await openAlerts(world), []);
      // The watchdog was woken when it began and when it ended.
      assert.equal(troubles, 2);
      assert.equal(looksOf(world), 3);
    }));

  it("leaves a location alone while something runs there, and drops a look that work overtook", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const { id } = await world.accept("POST", `${locationPath}/createBackup`);
      await waitUntil(() => world.engine.backupRuns.length === 2);
      await world.provider.probeStores(period);
      assert.equal(looksOf(world), 0);
      gate.open();
      await world.finish(id);
      const held = aGate();
      world.engine.behavior = {
        probe: () => held.opened.then(() => Promise.reject(gone)),
        backup: () => new Promise(() => undefined),
      };
      const looking = world.provider.probeStores(period);
      await waitUntil(() => looksOf(world) === 1);
      await world.accept("POST", `${locationPath}/createBackup`);
      held.open();
      await looking;
      assert.deepEqual(await openAlerts(world), []);
    }));

  it("is done by one of several instances, and waits for no store that hangs", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const other = createProvider(world.deps);
      await Promise.all([world.provider.probeStores(period), other.probeStores(period)]);
      assert.equal(looksOf(world), 1);
      await world.clock.advance(period);
      world.engine.behavior = { probe: () => new Promise(() => undefined) };
      const looking = world.provider.probeStores(period);
      await waitUntil(() => looksOf(world) === 2);
      await world.clock.advance(minute);
      await looking;
      assert.deepEqual(await openAlerts(world), ["StoreNotAccessible"]);
    }));

  it("writes seldom where nothing can be removed, and is forgotten with a new store", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const writes: boolean[] = [];
      const lookAtStore: ProviderDeps["engine"]["lookAtStore"] = (_store, mayWrite) => {
        writes.push(mayWrite);
        return Promise.resolve({ leavesObject: mayWrite });
      };
      const engine = { ...world.engine, lookAtStore };
      const { probeStores } = createProvider({ ...world.deps, engine });
      for (let look = 0; look < 3; look += 1) {
        await probeStores(period);
        await world.clock.advance(period);
      }
      assert.deepEqual(writes, [true, false, false]);
      world.engine.behavior = { probe: () => Promise.reject(gone) };
      await world.provider.probeStores(period);
      assert.deepEqual(await openAlerts(world), ["StoreNotAccessible"]);
      world.engine.behavior = {};
      await setUpLocation(world, { path: "/elsewhere", isBackupSchedulerEnabled: true });
      assert.deepEqual(await openAlerts(world), []);
    }));

  it("tells a try-out from a look, but not what they see of the newest backup", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const apiVersion = "2026-12-01";
      const tryOut = async (): Promise<readonly string[]> => {
        await world.finish(
          await world.accept("POST", `${locationPath}/testStore`, {
            apiVersion,
          }),
        );
        return openAlerts(world);
      };
      world.engine.behavior = { newest: "missing" };
      assert.deepEqual(await tryOut(), ["LedgerMismatch"]);
      const { value } = await world.read(`${locationPath}/alerts`, apiVersion);
      assert.match(value[0].properties.error.message, /the newest this service made/);
      world.engine.behavior = { newest: "unlisted" };
      assert.deepEqual(await tryOut(), ["StoreLooksStale"]);
      // It is looked at sooner again, as every store that is no good.
      world.engine.behavior = {};
      await world.clock.advance(period / 3);
      await world.provider.probeStores(period);
      assert.deepEqual(await openAlerts(world), []);
    }));

  it("is closed by a try-out that goes well", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      world.engine.behavior = { probe: () => Promise.reject(gone) };
      await world.provider.probeStores(period);
      assert.deepEqual(await openAlerts(world), ["StoreNotAccessible"]);
      world.engine.behavior = {};
      const apiVersion = "2026-12-01";
      await world.finish(await world.accept("POST", `${locationPath}/testStore`, { apiVersion }));
      assert.deepEqual(await openAlerts(world), []);
    }));
});
