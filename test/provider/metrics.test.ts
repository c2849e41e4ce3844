import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { gauges, type GaugeName } from "../../src/metrics/gauges.ts";
import { listAll } from "../../src/provider/documents.ts";
import { backupKey, type Backup } from "../../src/provider/model.ts";
import { measureState } from "../../src/provider/metrics/measure.ts";
import { noteWrite } from "../../src/provider/records/notes.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  groupPath,
  locationPath,
  withProviderWorld,
  type ProviderWorld,
} from "../support/provider-world.ts";

const hour = 3_600_000;

async function read(
  world: ProviderWorld,
  name: GaugeName,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const readings = await world.provider.measure();
  return readings.find(
    (one) =>
      one.name === name &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;
}

/** A later backup that somebody canceled. */
async function addCanceledBackup(world: ProviderWorld): Promise<void> {
  const [failed] = await listAll<Backup>(world.store, "backup", "");
  assert.ok(failed);
  const startedAt = new Date(world.clock.now() + 1000).toISOString();
  const value: Backup = { ...failed.value, id: randomUUID(), status: "Canceled", startedAt };
  const key = backupKey(locationPath.toLowerCase(), value.id);
  await world.store.commit([{ op: "put", kind: "backup", key, value }]);
}

describe("the state in numbers", () => {
  it("says of a failed backup, a dead store and silence what the alerts say", () =>
    withProviderWorld(
      async (world) => {
        await setUpLocation(world, { isBackupSchedulerEnabled: true });
        const full = new AppError("StoreFull", "Cannot write to the store: it is full; free some");
        world.engine.behavior = { backup: () => Promise.reject(full) };
        await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
        // Who cancels the next one has not mended it.
        await addCanceledBackup(world);
        const at = new Date(world.clock.now()).toISOString();
        const note = { at, error: { code: "StoreUnreachable", message: "No answer" } };
        const key = locationPath.toLowerCase();
        await world.store.commit([noteWrite(key, "probe", note)]);
        await world.provider.runWatch();

        assert.equal(await read(world, "holdfast_backup_last_status", { status: "Failed" }), 1);
        assert.equal(await read(world, "holdfast_backups", { status: "Failed" }), 1);
        assert.equal(
          await read(world, "holdfast_backup_last_success_timestamp_seconds"),
          undefined,
        );
        assert.equal(await read(world, "holdfast_store_up"), 0);
        const severity = "Critical";
        const open = { type: "BackupFailedStoreFull", severity };
        assert.equal(await read(world, "holdfast_alerts_open", open), 1);
        assert.equal(await read(world, "holdfast_schedule_due_age_seconds"), 0);

        await world.clock.advance(25 * hour);
        // Nobody ran the watchdog or the scheduler meanwhile: both are dead, and the numbers say so.
        const age = (await read(world, "holdfast_recovery_point_age_seconds")) ?? 0;
        assert.equal(Math.floor(age / 3600), 25);
        assert.equal(await read(world, "holdfast_recovery_point_target_seconds"), 24 * 3600);
        assert.ok(((await read(world, "holdfast_schedule_due_age_seconds")) ?? 0) >= 12 * 3600);
      },
      { pollMilliseconds: 12 * hour },
    ));

  it("tells copies, verifications and the look for the newest backup", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await makeBackup(world);
      const body = {
        location: "redmond",
        properties: { externalStoreDefault: { path: "/second" } },
      };
      const second = `${groupPath}/backupLocations/second`;
      await world.finish(await world.accept("PUT", second, { body }));
      const act = async (action: string, given: object = {}): Promise<void> => {
        await world.clock.advance(1000);
        const call = { apiVersion: "2026-12-01", body: given };
        await world.finish(await world.accept("POST", `${locationPath}/${action}`, call));
        await world.provider.runWatch();
      };
      const location = "redmond";
      const success = { location, target: "second" };
      assert.equal(await read(world, "holdfast_copy_last_success", success), undefined);
      await act("copy", { targetLocationName: "second" });
      assert.equal(await read(world, "holdfast_copy_last_success", success), 1);
      world.engine.behavior = {
        copy: () => Promise.reject(new AppError("StoreFull", "Full")),
        newest: "unlisted",
      };
      await act("copy", { targetLocationName: "second" });
      assert.equal(await read(world, "holdfast_copy_last_success", success), 0);
      const copied = await read(world, "holdfast_copy_last_timestamp_seconds", success);
      assert.equal(copied, Math.floor(world.clock.now() / 1000));
      assert.equal(await read(world, "holdfast_store_shows_newest", { location }), undefined);
      await act("testStore");
      assert.equal(await read(world, "holdfast_store_shows_newest", { location }), 0);
      world.engine.behavior = {};
      await act("testStore");
      assert.equal(await read(world, "holdfast_store_shows_newest", { location }), 1);
      await act("verify", { depth: "Ciphertext" });
      const at = (depth: string): Promise<number | undefined> =>
        read(world, "holdfast_verify_last_success_timestamp_seconds", { location, depth });
      const structure = await at("structure");
      assert.ok(structure !== undefined && structure > copied);
      assert.equal(await at("ciphertext"), structure);
      assert.equal(await at("content"), undefined);
      await act("verify", { depth: "Ciphertext", subset: { part: 1, of: 7 } });
      assert.equal(await at("ciphertext"), structure);
      await act("verify", { depth: "Structure" });
      assert.ok(((await at("structure")) ?? 0) > structure);
      assert.equal(await at("ciphertext"), structure);
    }));

  it("is read without a look at operations, schedule records or the audit log", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      const kinds = new Set<string>();
      const store: StateStore = {
        ...world.store,
        list: (kind, options) => {
          kinds.add(kind);
          return world.store.list(kind, options);
        },
        listChanges: (kind, after, limit) => {
          kinds.add(kind);
          return world.store.listChanges(kind, after, limit);
        },
      };
      const readings = await measureState({ store, clock: world.clock });
      assert.ok(readings.every(({ name }) => Object.hasOwn(gauges, name)));
      assert.deepEqual([...kinds].toSorted(), ["alert", "backup", "location", "note"]);
    }));
});
