import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { noteWrite } from "../../src/provider/records/notes.ts";
import { recordLog } from "../support/log-recorder.ts";
import {
  aModernLocation,
  startProviderServer,
  type ProviderServer,
} from "../support/provider-server.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  groupPath,
  locationPath,
  subscriptionId,
  withProviderWorld,
  type Json,
  type ProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const modern = "2026-12-01";
const hour = 3_600_000;
const alertsPath = `${locationPath}/alerts`;

/** Type and state of every alert the API shows, open ones first. */
async function listAlerts(world: ProviderWorld, filter?: string): Promise<readonly string[]> {
  const query = filter === undefined ? {} : { $filter: filter };
  const result = await world.call("GET", alertsPath, { apiVersion: modern, query });
  assert.equal(result.kind, "value");
  const body: Json = result.kind === "value" ? result.body : assert.fail();
  return body.value.map(({ properties }: Json) => `${properties.alertTypeId} ${properties.state}`);
}

const active = async (world: ProviderWorld) =>
  (await listAlerts(world, "state eq 'Active'")).toSorted();

async function failBackup(world: ProviderWorld, error: AppError): Promise<string> {
  await world.clock.advance(1000);
  world.engine.behavior = { backup: () => Promise.reject(error) };
  const operation = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
  assert.equal(operation.state, "Failed");
  world.engine.behavior = {};
  return operation.id;
}

const full = new AppError("StoreFull", "Cannot write to the store: it is full; free some space");
const denied = new AppError("StoreAuthRefused", "The store refuses the account");

describe("the watchdog", () => {
  it("opens what a failed backup means, replaces it by the next failure, closes it by a success", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      const id = await failBackup(world, full);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["BackupFailedStoreFull Active"]);
      const list: Json = await world.read(alertsPath, modern);
      const { properties } = list.value[0];
      assert.equal(properties.severity, "Critical");
      assert.deepEqual(properties.error, { code: "StoreFull", message: full.message });
      assert.deepEqual(properties.details, { backupId: id, store: "/backup" });
      assert.equal(properties.probe, "holdfast location test redmond --wait");
      await failBackup(world, denied);
      await world.provider.runWatch();
      assert.deepEqual(await listAlerts(world), [
        "BackupFailedAccessDenied Active",
        "BackupFailedStoreFull Closed",
      ]);
      await world.clock.advance(1000);
      await makeBackup(world);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), []);
    }));

  it("A79: raises the missing recovery point although backups are off and nothing else runs, and closes it with the next", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      await world.stopWorkers();
      await world.clock.advance(24 * hour);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["BackupsPaused Active"]);
      await world.clock.advance(1000);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), [
        "BackupsPaused Active",
        "RecoveryPointOverdue Active",
      ]);
      world.startWorker();
      await makeBackup(world);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["BackupsPaused Active"]);
    }));

  it("P7: says that the scheduler does not work, until it does", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 });
      await makeBackup(world);
      await world.stopWorkers();
      await world.clock.advance(4 * hour + 60_000);
      await world.provider.runWatch();
      await world.clock.advance(hour / 2);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), []);
      await world.clock.advance(60_000);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["SchedulerSilent Active"]);
      await world.provider.runScheduler();
      await world.provider.runWatch();
      assert.deepEqual(await active(world), []);
    }));

  it("keeps to the target that was set", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      const path = `${locationPath}/monitoringSettings/default`;
      const body = { properties: { recoveryPointTargetInHours: 2, sizeChangeInPercent: 0 } };
      const put = await world.call("PUT", path, { apiVersion: modern, body });
      assert.equal(put.kind, "value");
      const read: Json = await world.read(path, modern);
      assert.deepEqual(read.properties, {
        provisioningState: "Succeeded",
        recoveryPointTargetInHours: 2,
        drillTargetInDays: 90,
        certificateWarningInDays: 30,
        sizeChangeInPercent: 0,
      });
      await world.stopWorkers();
      await world.clock.advance(2 * hour + 1000);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), [
        "BackupsPaused Active",
        "RecoveryPointOverdue Active",
      ]);
    }));

  it("of several instances one opens an alert, also when both look at once and after a restart", () =>
    withProviderWorld(async (world) => {
      const { logger, lines } = recordLog();
      const first = world.restart({ logger });
      await setUpLocation(world);
      await failBackup(world, full);
      const second = world.restart({ logger });
      await Promise.all([first, second, first, second].map((one) => one.runWatch()));
      await world.restart({ logger }).runWatch();
      assert.deepEqual((await listAlerts(world)).toSorted(), [
        "BackupFailedStoreFull Active",
        "BackupsPaused Active",
      ]);
      const told = lines.filter(({ message }) => message.startsWith("Alert: "));
      assert.deepEqual(told.map(({ level, fields }) => `${level} ${fields["code"]}`).toSorted(), [
        "error BackupFailedStoreFull",
        "warn BackupsPaused",
      ]);
      assert.equal(
        told.find(({ level }) => level === "error")?.message,
        "Alert: Backup failed because the store is full",
      );
    }));

  it("a failed verification opens, and only one as thorough closes", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await makeBackup(world);
      const verify = async (body: object): Promise<void> => {
        const path = `${locationPath}/verify`;
        await world.finish(await world.accept("POST", path, { apiVersion: modern, body }));
        await world.provider.runWatch();
      };
      world.engine.behavior = {
        verify: () => Promise.reject(new AppError("CorruptObject", "Damage")),
      };
      await verify({ depth: "Ciphertext" });
      assert.deepEqual(await active(world), ["VerifyFailed Active"]);
      world.engine.behavior = {};
      await verify({ depth: "Ciphertext", subset: { part: 1, of: 7 } });
      assert.deepEqual(await active(world), ["VerifyFailed Active"]);
      await verify({ depth: "Ciphertext" });
      assert.deepEqual(await active(world), []);
    }));

  it("tells of a scheduled backup that was skipped, until there is another", () =>
    withProviderWorld(async (world) => {
      const store = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 };
      await setUpLocation(world, store);
      await makeBackup(world);
      await world.stopWorkers();
      await world.clock.advance(4 * hour);
      await world.accept("POST", `${locationPath}/createBackup`);
      await world.provider.runScheduler();
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["BackupSkipped Active"]);
      const list: Json = await world.read(alertsPath, modern);
      assert.equal(list.value[0].properties.error.code, "BackupInProgress");
      world.startWorker();
      await waitUntil(async () => {
        const state: Json = await world.read(locationPath, modern);
        return state.properties.lastBackupTime > "2026-03-02T13";
      });
      await world.stopWorkers();
      await world.clock.advance(4 * hour);
      world.startWorker();
      await world.provider.runScheduler();
      await world.provider.runWatch();
      assert.deepEqual(await active(world), []);
    }));

  it("hears of retention and of the store from those who know", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await makeBackup(world);
      const key = locationPath.toLowerCase();
      const at = new Date(world.clock.now()).toISOString();
      const error = { code: "StoreReadOnly", message: "It is read-only" };
      await world.store.commit([
        noteWrite(key, "retention", { operationId: "r", at, error }),
        noteWrite(key, "probe", { at, error }),
      ]);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), ["BackupNotDeleted Active", "StoreNotWritable Active"]);
      await world.store.commit([
        noteWrite(key, "retention", { operationId: "s", at }),
        noteWrite(key, "probe", { at }),
      ]);
      await world.provider.runWatch();
      assert.deepEqual(await active(world), []);
    }));

  it("hears of copies and clean-ups that fail from their own end, and of their success", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await makeBackup(world);
      const second = `${groupPath}/backupLocations/second`;
      const store = {
        location: "redmond",
        properties: { externalStoreDefault: { path: "/second" } },
      };
      await world.finish(await world.accept("PUT", second, { body: store }));
      const act = async (action: string, body?: object): Promise<void> => {
        await world.clock.advance(1000);
        const call = { apiVersion: modern, body };
        await world.finish(await world.accept("POST", `${locationPath}/${action}`, call));
        await world.provider.runWatch();
      };
      const fail = (): Promise<void> => Promise.reject(denied);
      world.engine.behavior = { copy: fail, prune: fail };
      await act("copy", { targetLocationName: "second" });
      assert.deepEqual(await active(world), ["InternalBackupFailed Active"]);
      await act("pruneExternalStore");
      const both = ["BackupNotDeleted Active", "InternalBackupFailed Active"];
      assert.deepEqual(await active(world), both);
      world.engine.behavior = {};
      await act("copy", { targetLocationName: "second" });
      await act("pruneExternalStore");
      assert.deepEqual(await active(world), []);
    }));

  it("forgets closed alerts after a week, and everything of a location that is gone", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await failBackup(world, full);
      await world.provider.runWatch();
      await world.clock.advance(1000);
      await makeBackup(world);
      await world.provider.runWatch();
      assert.ok((await listAlerts(world)).includes("BackupFailedStoreFull Closed"));
      await world.stopWorkers();
      await world.clock.advance(7 * 24 * hour + 1000);
      await world.provider.runWatch();
      assert.ok(!(await listAlerts(world)).includes("BackupFailedStoreFull Closed"));
      world.startWorker();
      await world.finish(await world.accept("DELETE", locationPath, { apiVersion: modern }));
      await world.provider.runWatch();
      for (const kind of ["alert", "watch", "note", "monitoring"] as const)
        assert.deepEqual(await world.store.list(kind, {}), []);
    }));
});

describe("alerts over HTTP", () => {
  let arm: ProviderServer;
  before(async () => {
    arm = await startProviderServer();
    await arm.finish(await arm.send("PUT", locationPath, { body: aModernLocation() }));
    await failBackup(arm.world, full);
    await arm.world.provider.runWatch();
  });
  after(() => arm.close());

  const insights = `${groupPath.replace("Microsoft.Backup.Admin", "Microsoft.InfrastructureInsights.Admin")}/regionHealths/redmond`;
  const published = { version: "2016-05-01" };

  it("are listed for a location and for a subscription, filtered, a page at a time", async () => {
    const all = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/alerts`;
    for (const path of [alertsPath, all]) {
      const { status, body } = await arm.send("GET", `${path}?$filter=severity eq 'Critical'`);
      assert.equal(status, 200);
      assert.equal(body.value.length, 1);
      assert.equal(body.value[0].properties.alertTypeId, "BackupFailedStoreFull");
    }
    const first = await arm.send("GET", `${alertsPath}?$top=1`);
    const second = await arm.send("GET", first.body.nextLink);
    assert.equal(second.body.value.length, 1);
    assert.notEqual(first.body.value[0].name, second.body.value[0].name);
    const bad = await arm.send("GET", `${alertsPath}?$filter=colour eq 'red'`);
    assert.equal(bad.body.error.code, "InvalidQueryParameter");
  });

  it("are closed by hand, once and for all", async () => {
    const list = await arm.send("GET", `${alertsPath}?$filter=family eq 'backup'`);
    const path = `${alertsPath}/${list.body.value[0].name}`;
    const closed = await arm.send("POST", `${path}/close`);
    assert.equal(closed.status, 200, closed.text);
    assert.equal(closed.body.properties.state, "Closed");
    assert.equal(closed.body.properties.closedBy, "development");
    assert.deepEqual((await arm.send("POST", `${path}/close`)).body, closed.body);
    assert.deepEqual((await arm.send("GET", path)).body, closed.body);
    await arm.world.provider.runWatch();
    const open = await arm.send("GET", `${alertsPath}?$filter=state eq 'Active'`);
    assert.deepEqual(
      open.body.value.map(({ properties }: Json) => properties.alertTypeId),
      ["BackupsPaused"],
    );
    const missing = await arm.send("POST", `${alertsPath}/${subscriptionId}/close`);
    assert.equal(missing.body.error.code, "ResourceNotFound");
  });

  it("have the shape of Microsoft.InfrastructureInsights.Admin, and are closed there", async () => {
    const filter = "?$filter=Properties/State eq 'Active' and Properties/Severity eq 'Warning'";
    const list = await arm.send("GET", `${insights}/alerts${filter}`, published);
    assert.equal(list.status, 200, list.text);
    const [alert] = list.body.value;
    assert.equal(alert.properties.faultTypeId, "BackupsPaused");
    assert.equal(alert.properties.title, "Infrastructure backups are paused");
    assert.equal(alert.properties.closedTimestamp, "");
    assert.equal(alert.properties.remediation[0].type, "Text");
    const health = await arm.send("GET", `${insights}/serviceHealths`, published);
    assert.equal(health.body.value[0].properties.healthState, "Warning");
    const path = `${insights}/alerts/${alert.name}`;
    const body = { ...alert, properties: { ...alert.properties, state: "Closed" } };
    const nobody = await arm.send("PUT", path, { ...published, body });
    assert.equal(nobody.body.error.code, "InvalidQueryParameter");
    const reopened = await arm.send("PUT", `${path}?user=me`, { ...published, body: alert });
    assert.equal(reopened.body.error.code, "InvalidProperty");
    const closed = await arm.send("PUT", `${path}?user=me`, { ...published, body });
    assert.equal(closed.status, 200, closed.text);
    assert.equal(closed.body.properties.closedByUserAlias, "me");
    const after = await arm.send("GET", `${insights}/serviceHealths`, published);
    assert.equal(after.body.value[0].properties.healthState, "Healthy");
    const elsewhere = await arm.send(
      "GET",
      `${insights.replace("redmond", "south")}/alerts`,
      published,
    );
    assert.deepEqual(elsewhere.body.value, []);
  });

  it("A79: settings out of bounds are refused and change nothing", async () => {
    const path = `${locationPath}/monitoringSettings/default`;
    const before = await arm.send("GET", path);
    for (const properties of [
      { recoveryPointTargetInHours: 0 },
      { drillTargetInDays: -1 },
      { sizeChangeInPercent: 4.5 },
      { unknown: 1 },
    ]) {
      const answer = await arm.send("PUT", path, { body: { properties } });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.body.error.code, /^(?:InvalidProperty|UnknownProperty)$/);
    }
    assert.deepEqual((await arm.send("GET", path)).body, before.body);
    const other = await arm.send("PUT", path.replace("default", "other"), { body: {} });
    assert.equal(other.body.error.code, "InvalidResourceName");
  });
});
