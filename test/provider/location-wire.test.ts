import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LocationView } from "../../src/provider/model.ts";
import { converterOf } from "../../src/provider/versions/versions.ts";
import { validatorOf } from "../support/contracts.ts";

const now = Date.parse("2026-03-02T12:00:00Z");
const certificate = {
  certificateBase64: "MIIB",
  thumbprint: "3A7F0C91D2E85B46A1908D77C4F3E2B6095A1CD8",
  keyId: "5b0f3c6e9a1d4872b6e5f0c3a9d81724e6b5f0c3a9d817245b0f3c6e9a1d4872",
  subject: "CN=North",
  notAfter: "2029-01-01T00:00:00.000Z",
};
const view: LocationView = {
  name: "redmond",
  subscriptionId: "5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21",
  resourceGroupName: "System.Redmond",
  settings: {
    region: "redmond",
    tags: {},
    store: { kind: "local", path: "/backup/", folder: "/backup", userName: "azurestack\\backup" },
    encryption: { kind: "certificates", certificates: [certificate] },
    schedulerEnabled: true,
    frequencyHours: 10,
    retentionDays: 6,
  },
  provisioningState: "Succeeded",
  nextTick: "2026-03-01T20:30:00.500Z",
  capacity: { freeBytes: 965 * 2 ** 30, totalBytes: 2 ** 40 },
  lastBackupTime: "2026-03-02T00:21:15.010Z",
  systemData: {
    createdBy: "a@example",
    createdByType: "User",
    createdAt: "2026-03-01T08:00:00.000Z",
  },
  etag: '"1a2b3c4d-3"',
};
const cleared: LocationView = {
  ...view,
  settings: {
    ...view.settings,
    store: { kind: "none", cleared: true },
    encryption: { kind: "none" },
    schedulerEnabled: null,
    frequencyHours: 12,
    retentionDays: 7,
  },
  nextTick: null,
  capacity: null,
};

const head =
  '"id":"/subscriptions/5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21/resourceGroups/system.redmond/providers/Microsoft.Backup.Admin/backupLocations/redmond","name":"redmond","type":"Microsoft.Backup.Admin/backupLocations","location":"redmond","tags":{}';
const tail =
  '"backupFrequencyInHours":10,"availableCapacity":"965 GB","isBackupSchedulerEnabled":true,"nextBackupTime":"2026-03-02T16:30:00.5Z","lastBackupTime":"2026-03-02T00:21:15.01Z","backupRetentionPeriodInDays":6';
const clearedTail =
  '"backupFrequencyInHours":12,"availableCapacity":null,"isBackupSchedulerEnabled":null,"nextBackupTime":null,"lastBackupTime":"2026-03-02T00:21:15.01Z","backupRetentionPeriodInDays":7';
const thumbprint = '"3A7F0C91D2E85B46A1908D77C4F3E2B6095A1CD8"';

const expected: readonly [title: string, version: string, view: LocationView, json: string][] = [
  [
    "2016-05-01",
    "2016-05-01",
    view,
    `{${head},"properties":{"externalStoreDefault":{"path":"/backup/","userName":"azurestack\\\\backup","password":null,"encryptionKeyBase64":null,${tail}},"provisioningState":"Succeeded"}}`,
  ],
  [
    "2018-09-01",
    "2018-09-01",
    view,
    `{${head},"properties":{"externalStoreDefault":{"path":"/backup/","userName":"azurestack\\\\backup","password":null,"encryptionCertBase64":null,"encryptionCertThumbprint":${thumbprint},${tail}},"provisioningState":"Succeeded"}}`,
  ],
  [
    "2021-09-01",
    "2021-09-01",
    view,
    `{${head},"properties":{"externalStoreDefault":{"path":"/backup/","userName":"azurestack\\\\backup","password":null,"encryptionCertBase64":null,"encryptionCertThumbprint":${thumbprint},${tail},"blobStorageUrl":null,"blobStorageKey":null},"provisioningState":"Succeeded"}}`,
  ],
  [
    "2021-09-01 after a clear",
    "2021-09-01",
    cleared,
    `{${head},"properties":{"externalStoreDefault":{"path":"","userName":"","password":null,"encryptionCertBase64":null,"encryptionCertThumbprint":null,${clearedTail},"blobStorageUrl":null,"blobStorageKey":null},"provisioningState":"Succeeded"}}`,
  ],
  [
    "2026-12-01",
    "2026-12-01",
    view,
    `{${head},"etag":"\\"1a2b3c4d-3\\"","systemData":{"createdBy":"a@example","createdByType":"User","createdAt":"2026-03-01T08:00:00.000Z"},"properties":{"provisioningState":"Succeeded","store":{"kind":"Local","path":"/backup/"},"encryption":{"mode":"Certificate","recipients":[{"certificateBase64":"MIIB","thumbprint":${thumbprint},"keyId":"5b0f3c6e9a1d4872b6e5f0c3a9d81724e6b5f0c3a9d817245b0f3c6e9a1d4872","subject":"CN=North","notAfter":"2029-01-01T00:00:00.000Z"}]},"schedule":{"isEnabled":true,"frequencyInHours":10,"cron":null,"timeZone":"UTC","windows":[],"blackouts":[],"pausedUntil":null,"nextBackupTime":"2026-03-02T16:30:00.5Z","lastSkip":null},"retention":{"periodInDays":6,"count":0,"hourly":0,"daily":0,"weekly":0,"monthly":0,"yearly":0},"capacity":{"freeBytes":1036160860160,"totalBytes":1099511627776},"lastBackupTime":"2026-03-02T00:21:15.01Z"}}`,
  ],
];

describe("a location on the wire", () => {
  for (const [title, version, shown, json] of expected) {
    it(`${title} writes the recorded field order`, () => {
      const body = converterOf(version).renderLocation(shown, { groupName: "system.redmond", now });
      assert.equal(JSON.stringify(body), json);
    });
    it(`${title} fits its contract`, () => {
      const body = converterOf(version).renderLocation(shown, { groupName: "system.redmond", now });
      assert.deepEqual(validatorOf(version).validate("BackupLocation", body), []);
    });
  }

  it("published versions call every unfinished state Accepted", () => {
    for (const provisioningState of ["Creating", "Updating", "Deleting"] as const) {
      const body = converterOf("2018-09-01").renderLocation(
        { ...view, provisioningState },
        { groupName: "g", now },
      ) as { properties: { provisioningState: string } };
      assert.equal(body.properties.provisioningState, "Accepted");
    }
  });

  it("keeps the tick while the frequency has not passed", () => {
    const body = converterOf("2018-09-01").renderLocation(
      { ...view, nextTick: "2026-03-02T12:00:00.001Z" },
      { groupName: "g", now },
    );
    assert.match(JSON.stringify(body), /"nextBackupTime":"2026-03-02T12:00:00.001Z"/);
  });
});
