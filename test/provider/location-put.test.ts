import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeThumbprint } from "../support/fake-engine.ts";
import { aCertificate } from "../support/fake-identity.ts";
import type { Json } from "../support/provider-world.ts";
import {
  groupPath,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { aBody, aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";

async function readStore(world: ProviderWorld, apiVersion = "2018-09-01"): Promise<Json> {
  return (await world.read(locationPath, apiVersion)).properties.externalStoreDefault;
}

async function put(
  world: ProviderWorld,
  apiVersion: string,
  store: object,
  method = "PUT",
): Promise<void> {
  const operation = await world.finish(
    await world.accept(method, locationPath, { apiVersion, body: aBody(store) }),
  );
  assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
}

describe("PUT of a location, 2016 and 2018", () => {
  it("makes a location with defaults", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const store = await readStore(world);
      assert.equal(store.backupFrequencyInHours, 12);
      assert.equal(store.backupRetentionPeriodInDays, 7);
      assert.equal(store.encryptionCertThumbprint, fakeThumbprint(aCertificate("north")));
      assert.equal(store.availableCapacity, "965 GB");
      assert.equal(store.nextBackupTime, "2026-03-03T00:00:00Z");
    }));

  it("keeps what a second PUT leaves out", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { userName: "stack\\backup", password: "hunter2" });
      await put(world, "2018-09-01", {
        backupFrequencyInHours: 6,
        isBackupSchedulerEnabled: true,
        backupRetentionPeriodInDays: 5,
      });
      const store = await readStore(world);
      assert.equal(store.path, "/backup");
      assert.equal(store.userName, "stack\\backup");
      assert.equal(store.encryptionCertThumbprint, fakeThumbprint(aCertificate("north")));
      assert.equal(store.backupFrequencyInHours, 6);
      assert.equal(store.isBackupSchedulerEnabled, true);
    }));

  it("rule 122: a round trip of nulls keeps the secrets", () =>
    withProviderWorld(async (world) => {
      await put(world, "2016-05-01", {
        path: "/backup",
        password: "hunter2",
        encryptionKeyBase64: "A".repeat(88),
      });
      const body = await world.read(locationPath, "2016-05-01");
      assert.equal(body.properties.externalStoreDefault.encryptionKeyBase64, null);
      await world.finish(
        await world.accept("PUT", locationPath, { apiVersion: "2016-05-01", body }),
      );
      assert.equal(
        (await world.finish(await world.accept("POST", `${locationPath}/createBackup`))).state,
        "Succeeded",
      );
      const stored = await world.dump();
      assert.match(stored, /"password":"[^"]+"/);
      assert.match(stored, /"preSharedKey":"[^"]+"/);
    }));

  it("does not move the tick to come", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await world.stopWorkers();
      await world.clock.advance(3_600_000);
      world.startWorker();
      await put(world, "2018-09-01", { backupFrequencyInHours: 4 });
      await world.stopWorkers();
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-03T00:00:00Z");
      await world.clock.advance(12 * 3_600_000);
      assert.equal((await readStore(world)).nextBackupTime, "2026-03-03T04:00:00Z");
    }));

  it("rules 76, 78: a failed store keeps the old values", () =>
    withProviderWorld(async (world) => {
      const { AppError } = await import("../../src/base/errors.ts");
      await setUpLocation(world);
      world.engine.behavior = {
        probe: () => {
          throw new AppError(
            "BackupPathNotFound",
            'Folder "/elsewhere" does not exist: create it or mount it',
          );
        },
      };
      const operation = await world.finish(
        await world.accept("PUT", locationPath, {
          body: aBody({ path: "/elsewhere", backupRetentionPeriodInDays: 3 }),
        }),
      );
      assert.equal(operation.state, "Failed");
      assert.equal(operation.error?.code, "BackupPathNotFound");
      const body = await world.read(locationPath);
      assert.equal(body.properties.provisioningState, "Failed");
      assert.equal(body.properties.externalStoreDefault.path, "/backup");
      assert.equal(body.properties.externalStoreDefault.backupRetentionPeriodInDays, 7);
      world.engine.behavior = {};
      await put(world, "2018-09-01", { path: "/elsewhere" });
      assert.equal((await readStore(world)).path, "/elsewhere");
    }));

  it("another store forgets the backups of the old one", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      assert.notEqual((await readStore(world)).lastBackupTime, null);
      await put(world, "2018-09-01", { path: "/other" });
      assert.equal((await readStore(world)).lastBackupTime, null);
      assert.deepEqual((await world.read(`${locationPath}/backups`)).value, []);
      await put(world, "2018-09-01", { path: "/backup" });
      assert.equal((await world.read(`${locationPath}/backups`)).value.length, 1);
      assert.notEqual((await readStore(world)).lastBackupTime, null);
    }));

  it("a certificate ends the way of the key", () =>
    withProviderWorld(async (world) => {
      await put(world, "2016-05-01", { path: "/backup", encryptionKeyBase64: "A".repeat(88) });
      assert.equal((await readStore(world)).encryptionCertThumbprint, null);
      await put(world, "2018-09-01", { encryptionCertBase64: aCertificate("north") });
      await assert.rejects(
        world.call("PUT", locationPath, {
          apiVersion: "2016-05-01",
          body: aBody({ encryptionKeyBase64: "B".repeat(88) }),
        }),
        { code: "InvalidEncryptionKey" },
      );
    }));
});

describe("PUT and PATCH of a location, 2021", () => {
  const blank = {
    path: "",
    userName: "",
    password: "",
    encryptionCertBase64: "",
    backupFrequencyInHours: null,
    isBackupSchedulerEnabled: null,
    backupRetentionPeriodInDays: null,
    blobStorageUrl: "",
    blobStorageKey: "",
  };
  for (const [title, body] of [
    ["the blank PUT", blank],
    ["the cmdlet's clear", { userName: "" }],
  ] as const) {
    it(`${title} clears all but the last backup's time`, () =>
      withProviderWorld(async (world) => {
        await setUpLocation(world, {
          userName: "someone",
          backupFrequencyInHours: 5,
          isBackupSchedulerEnabled: true,
        });
        await makeBackup(world);
        const { lastBackupTime } = await readStore(world);
        await put(world, "2021-09-01", body);
        assert.deepEqual(await readStore(world, "2021-09-01"), {
          path: "",
          userName: "",
          password: null,
          encryptionCertBase64: null,
          encryptionCertThumbprint: null,
          backupFrequencyInHours: 12,
          availableCapacity: null,
          isBackupSchedulerEnabled: null,
          nextBackupTime: null,
          lastBackupTime,
          backupRetentionPeriodInDays: 7,
          blobStorageUrl: null,
          blobStorageKey: null,
        });
      }));
  }

  it("PUT sets anew what it leaves out", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { backupFrequencyInHours: 5, userName: "someone" });
      await put(world, "2021-09-01", { path: "/backup" });
      const store = await readStore(world);
      assert.equal(store.backupFrequencyInHours, 12);
      assert.equal(store.userName, null);
      assert.equal(store.encryptionCertThumbprint, fakeThumbprint(aCertificate("north")));
    }));

  it("PATCH merges and empty text unsets", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { userName: "someone", backupFrequencyInHours: 5 });
      await put(world, "2021-09-01", { userName: "", backupRetentionPeriodInDays: 5 }, "PATCH");
      const store = await readStore(world);
      assert.equal(store.path, "/backup");
      assert.equal(store.userName, null);
      assert.equal(store.backupFrequencyInHours, 5);
      assert.equal(store.backupRetentionPeriodInDays, 5);
    }));

  it("rule 83: PATCH of an absent location is 404", () =>
    withProviderWorld(async (world) => {
      await assert.rejects(
        world.call("PATCH", locationPath, { apiVersion: "2021-09-01", body: aBody({}) }),
        {
          code: "ResourceNotFound",
        },
      );
    }));

  it("a blob container takes the place of a share, and shows without its key", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { path: "\\\\files.example\\b", userName: "u", password: "p" });
      const blobStorageUrl = "https://north.blob.example/backups";
      const blob = { blobStorageUrl, blobStorageKey: "secret-key" };
      await put(world, "2021-09-01", blob, "PATCH");
      const store = await readStore(world, "2021-09-01");
      assert.equal(store.blobStorageUrl, blobStorageUrl);
      assert.equal(store.blobStorageKey, null);
      assert.equal(store.path, null);
      assert.equal(store.userName, null);
      assert.equal((await readStore(world)).path, null);
      // The older version merges and cannot see it: it stays.
      await put(world, "2018-09-01", { backupFrequencyInHours: 6 });
      assert.equal((await readStore(world, "2021-09-01")).blobStorageUrl, blobStorageUrl);
    }));
});

describe("PUT and PATCH of a location, 2026", () => {
  const apiVersion = "2026-12-01";
  const path = `${groupPath}/backupLocations/north-main`;
  const body = {
    location: "north",
    tags: { site: "north" },
    properties: {
      store: { kind: "Local", path: "/backup" },
      encryption: {
        recipients: [
          { certificateBase64: aCertificate("one") },
          { certificateBase64: aCertificate("two") },
        ],
      },
      schedule: { isEnabled: true, frequencyInHours: 24 },
      retention: { periodInDays: 30 },
    },
  };
  const setUp = async (world: ProviderWorld): Promise<Json> => {
    await world.finish(await world.accept("PUT", path, { apiVersion, body }));
    return world.read(path, apiVersion);
  };

  it("rule 66: creates with 201 and replaces with 200", () =>
    withProviderWorld(async (world) => {
      const first = await world.call("PUT", path, { apiVersion, body });
      assert.ok(first.kind === "accepted" && first.created === true);
      assert.equal((first.body as Json).properties.provisioningState, "Creating");
      await world.finish(first.operation);
      const second = await world.call("PUT", path, { apiVersion, body });
      assert.ok(second.kind === "accepted" && second.created !== true);
      assert.equal((second.body as Json).properties.provisioningState, "Updating");
    }));

  it("rules 64, 120: what PUT leaves out goes to its default", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      await world.finish(
        await world.accept("PUT", path, {
          apiVersion,
          body: {
            location: "north",
            properties: { store: body.properties.store, encryption: body.properties.encryption },
          },
        }),
      );
      const { tags, properties } = await world.read(path, apiVersion);
      assert.deepEqual(tags, {});
      assert.equal(properties.schedule.frequencyInHours, 12);
      assert.equal(properties.schedule.isEnabled, false);
      assert.equal(properties.retention.periodInDays, 7);
    }));

  it("rule 72, A16: a whole round trip is accepted", () =>
    withProviderWorld(async (world) => {
      const read = await setUp(world);
      const operation = await world.finish(
        await world.accept("PUT", path, { apiVersion, body: read }),
      );
      assert.equal(operation.state, "Succeeded");
      const after = await world.read(path, apiVersion);
      assert.deepEqual(after.properties, read.properties);
    }));

  it("rule 72: times are compared as instants", () =>
    withProviderWorld(async (world) => {
      const read = await setUp(world);
      read.properties.schedule.nextBackupTime = "2026-03-03T12:00:00.0000000+00:00";
      await world.accept("PUT", path, { apiVersion, body: read });
    }));

  it("rule 132: another provisioningState is refused", () =>
    withProviderWorld(async (world) => {
      const read = await setUp(world);
      read.properties.provisioningState = "Failed";
      await assert.rejects(world.call("PUT", path, { apiVersion, body: read }), {
        code: "PropertyChangeNotAllowed",
        target: "properties.provisioningState",
      });
    }));

  it("rules 79, 80, 85: PATCH of tags answers at once", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const result = await world.call("PATCH", path, { apiVersion, body: { tags: { c: "1" } } });
      assert.ok(result.kind === "value");
      assert.deepEqual((result.body as Json).tags, { c: "1" });
      assert.equal((result.body as Json).properties.provisioningState, "Succeeded");
    }));

  it("rule 81: PATCH null brings the default back", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      await world.call("PATCH", path, {
        apiVersion,
        body: { tags: null, properties: { schedule: { frequencyInHours: null }, retention: null } },
      });
      const { tags, properties } = await world.read(path, apiVersion);
      assert.deepEqual(tags, {});
      assert.equal(properties.schedule.frequencyInHours, 12);
      assert.equal(properties.schedule.isEnabled, true);
      assert.equal(properties.retention.periodInDays, 7);
    }));

  it("rule 84: PATCH of the store is accepted", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const change = { properties: { store: { kind: "Local", path: "/new" } } };
      await world.finish(await world.accept("PATCH", path, { apiVersion, body: change }));
      assert.equal((await world.read(path, apiVersion)).properties.store.path, "/new");
    }));

  it("rule 278: an old PUT loses nothing of ours", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const old = await world.read(path, "2018-09-01");
      await world.finish(await world.accept("PUT", path, { apiVersion: "2018-09-01", body: old }));
      old.properties.externalStoreDefault.encryptionCertBase64 = aCertificate("one");
      await world.finish(await world.accept("PUT", path, { apiVersion: "2018-09-01", body: old }));
      const { properties, tags } = await world.read(path, apiVersion);
      assert.equal(properties.encryption.recipients.length, 2);
      assert.equal(properties.schedule.frequencyInHours, 24);
      assert.equal(properties.retention.periodInDays, 30);
      assert.deepEqual(tags, { site: "north" });
    }));

  it("rule 278: our PUT keeps the user name of old ones", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      await world.finish(
        await world.accept("PUT", path, {
          body: aBody2({ userName: "someone", password: "hunter2" }),
        }),
      );
      const read = await world.read(path, apiVersion);
      await world.finish(await world.accept("PUT", path, { apiVersion, body: read }));
      assert.equal((await world.read(path)).properties.externalStoreDefault.userName, "someone");
    }));

  it("rule 117: the region cannot change", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      await assert.rejects(
        world.call("PUT", path, { apiVersion, body: { ...body, location: "south" } }),
        {
          code: "InvalidResourceLocation",
        },
      );
      const same = { ...body, location: "No Rth" };
      await world.finish(await world.accept("PUT", path, { apiVersion, body: same }));
      assert.equal((await world.read(path, apiVersion)).location, "north");
    }));

  it("rule 3: the name keeps its casing", () =>
    withProviderWorld(async (world) => {
      await setUp(world);
      const read = await world.read(path.replace("north-main", "NORTH-MAIN"), apiVersion);
      assert.equal(read.name, "north-main");
    }));
});

function aBody2(store: object): object {
  return { location: "north", properties: { externalStoreDefault: store } };
}

describe("a location's entity tag", () => {
  const apiVersion = "2018-09-01";
  const body = aBody({ path: "/backup" });

  it("rule 135, A19: If-Match of an absent location is 412", () =>
    withProviderWorld(async (world) => {
      for (const ifMatch of ["*", '"x"']) {
        await assert.rejects(world.call("PUT", locationPath, { body, ifMatch }), {
          code: "PreconditionFailed",
        });
      }
    }));

  it("rule 136, A19: If-None-Match star creates only", () =>
    withProviderWorld(async (world) => {
      await world.finish(await world.accept("PUT", locationPath, { body, ifNoneMatch: "*" }));
      await assert.rejects(world.call("PUT", locationPath, { body, ifNoneMatch: "*" }), {
        code: "PreconditionFailed",
      });
    }));

  it("rule 135: the present tag and star pass", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const read = await world.call("GET", locationPath);
      assert.ok(read.kind === "value" && read.etag !== undefined);
      await world.finish(await world.accept("PUT", locationPath, { body, ifMatch: read.etag }));
      await assert.rejects(world.call("PUT", locationPath, { body, ifMatch: read.etag }), {
        code: "PreconditionFailed",
      });
      await world.accept("PUT", locationPath, { body, ifMatch: "*" });
    }));

  it("rule 139, A19: of fifty equal If-Match one wins", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const read = await world.call("GET", locationPath);
      const ifMatch = read.kind === "value" ? (read.etag ?? "") : "";
      const calls = Array.from({ length: 50 }, (_, index) =>
        world.call("PUT", locationPath, {
          apiVersion,
          ifMatch,
          body: aBody({ backupRetentionPeriodInDays: 2 + (index % 12) }),
        }),
      );
      const results = await Promise.allSettled(calls);
      const codes = results.map((one) =>
        one.status === "rejected" ? (one.reason as { code: string }).code : "ok",
      );
      assert.equal(codes.filter((code) => code === "ok").length, 1);
      assert.equal(codes.filter((code) => code === "PreconditionFailed").length, 49);
    }));

  it("rule 140: a running backup does not change it", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const before = await world.call("GET", locationPath);
      const operation = await world.accept("POST", `${locationPath}/createBackup`);
      const during = await world.call("GET", locationPath);
      assert.deepEqual(during, before);
      gate.open();
      await world.finish(operation);
      const after = await world.call("GET", locationPath);
      assert.ok(before.kind === "value" && after.kind === "value");
      assert.notEqual(after.etag, before.etag);
    }));
});
