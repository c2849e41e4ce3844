import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RoleResult } from "../../src/engine/model.ts";
import type { Backup } from "../../src/provider/model.ts";
import { converterOf } from "../../src/provider/versions/versions.ts";
import { validatorOf } from "../support/contracts.ts";

const id = "2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412";
const deployment = {
  deploymentId: "9e3b6f58-71d4-4c0a-a2e9-3f5d8c1b6074",
  region: "redmond",
  stampVersion: "1.2108.0.32",
  oemVersion: null,
};
const role: RoleResult = {
  name: "Domain",
  status: "Succeeded",
  required: true,
  essential: true,
  startedAt: "2026-03-02T00:00:01.000Z",
  endedAt: "2026-03-02T00:20:40.000Z",
  files: 5,
  directories: 2,
  otherEntries: 1,
  plainBytes: 4000,
  newBytes: 2000,
  warnings: 0,
};
const backup: Backup = {
  id,
  locationName: "redmond",
  subscriptionId: "5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21",
  resourceGroupName: "System.Redmond",
  region: "redmond",
  status: "PartialSucceeded",
  isAutomatic: true,
  startedAt: "2026-03-02T00:00:00.000Z",
  endedAt: "2026-03-02T00:21:15.008Z",
  deployment,
  systemData: { createdBy: "a@example" },
  record: {
    backupId: id,
    repositoryId: "7d2c9b04-1e8f-4a35-8c60-f2b97d415e3a",
    epochId: "0b7e94c2d15f4a689e30b7d2c45f81a6",
    sequence: 12,
    status: "PartialSucceeded",
    createdAt: "2026-03-02T00:00:00.500Z",
    endedAt: "2026-03-02T00:21:15.008Z",
    isAutomatic: true,
    isCloudRecoveryReady: false,
    deployment,
    recipients: [
      {
        kind: "certificate",
        thumbprint: "3A7F0C91D2E85B46A1908D77C4F3E2B6095A1CD8",
        keyId: "5b0f",
      },
    ],
    roles: [role, { ...role, name: "ACS", status: "Skipped" }],
    plainBytes: 4000,
    newBytes: 2000,
    storedBytes: 1500,
    manifestHash: "ab12",
    signature: "trusted",
  },
};

const envelope =
  '"id":"/subscriptions/5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21/resourceGroups/system.redmond/providers/Microsoft.Backup.Admin/backupLocations/redmond/backups/2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412","name":"redmond/2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412","type":"Microsoft.Backup.Admin/backupLocations/backups","location":"redmond","tags":{}';
const start = '"backupDataVersion":"2.0.0","backupId":"2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412"';
const middle =
  '"status":"PartialSucceeded","createdDateTime":"2026-03-02T00:21:15.008Z","timeTakenToCreate":"PT21M15.008S","stampVersion":"1.2108.0.32","oemVersion":null,"deploymentID":"9e3b6f58-71d4-4c0a-a2e9-3f5d8c1b6074"';
const oldRoles =
  '"roleStatus":[{"roleName":"Domain","status":"Succeeded"},{"roleName":"ACS","status":"Failed"}]';
const newRoles =
  '"roleStatus":[{"roleName":"Domain","repositoryStatus":[{"fullRepositoryName":"Domain;Domain;-;-","status":"Succeeded"}],"status":"Succeeded"},{"roleName":"ACS","repositoryStatus":[{"fullRepositoryName":"ACS;ACS;-;-","status":"Skipped"}],"status":"Skipped"}]';
const thumbprint = '"encryptionCertThumbprint":"3A7F0C91D2E85B46A1908D77C4F3E2B6095A1CD8"';
const sizes = '"backupSizeInKb":4,"compressedBackupSizeInKb":2';
const flags = '"completelyUploaded":true,"isAutomaticBackup":true';
const ready = '"isCloudRecoveryReady":false';
const key = '"encryptedBackupEncryptionKey":null';

function wrap(info: string): string {
  return `{${envelope},"properties":{"backupInfo":{${info}}}}`;
}

const expected: readonly [version: string, read: string, result: string][] = [
  [
    "2016-05-01",
    wrap([start, oldRoles, middle, flags].join()),
    wrap([start, oldRoles, middle, sizes, flags].join()),
  ],
  [
    "2018-09-01",
    wrap([start, oldRoles, middle, thumbprint, flags, ready].join()),
    wrap([start, oldRoles, middle, key, thumbprint, sizes, flags, ready].join()),
  ],
  [
    "2021-09-01",
    wrap([start, newRoles, middle, thumbprint, flags, ready].join()),
    wrap([start, newRoles, middle, key, thumbprint, sizes, flags, ready].join()),
  ],
];

describe("a backup on the wire", () => {
  const form = { groupName: "system.redmond", now: 0 };
  for (const [version, read, result] of expected) {
    it(`${version} reads in the recorded order`, () => {
      assert.equal(JSON.stringify(converterOf(version).renderBackup(backup, form)), read);
    });
    it(`${version} operation result has its extra fields`, () => {
      assert.equal(JSON.stringify(converterOf(version).renderBackupResult(backup, form)), result);
    });
  }

  const { record: _record, endedAt: _endedAt, ...begun } = backup;
  const stages: readonly [title: string, stage: Backup][] = [
    ["finished", backup],
    ["just begun", { ...begun, status: "Creating" }],
    [
      "failed",
      {
        ...begun,
        status: "Failed",
        endedAt: "2026-03-02T00:21:15.008Z",
        error: { code: "StoreFull", message: "Full" },
      },
    ],
    ["canceled", { ...begun, status: "Canceled", endedAt: "2026-03-02T00:21:15.008Z" }],
  ];
  for (const version of ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01"]) {
    for (const [title, stage] of stages) {
      it(`${version} ${title} fits its contract`, () => {
        const { validate } = validatorOf(version);
        assert.deepEqual(validate("Backup", converterOf(version).renderBackup(stage, form)), []);
        assert.deepEqual(
          validate("Backup", converterOf(version).renderBackupResult(stage, form)),
          [],
        );
      });
    }
  }

  it("rule 97: ours is named by its bare GUID", () => {
    const body = converterOf("2026-12-01").renderBackup(backup, form) as {
      id: string;
      name: string;
    };
    assert.equal(body.name, id);
    assert.ok(body.id.endsWith(`/${id}`));
  });

  it("ours shows roles and recipients whole", () => {
    const body = converterOf("2026-12-01").renderBackup(backup, form) as {
      properties: Record<string, unknown>;
    };
    assert.equal(
      JSON.stringify(body.properties),
      '{"provisioningState":"Succeeded","backupId":"2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412","status":"PartialSucceeded","startTime":"2026-03-02T00:00:00Z","endTime":"2026-03-02T00:21:15.008Z","isAutomaticBackup":true,"isCloudRecoveryReady":false,"completelyUploaded":true,"deploymentId":"9e3b6f58-71d4-4c0a-a2e9-3f5d8c1b6074","stampVersion":"1.2108.0.32","oemVersion":null,"repositoryId":"7d2c9b04-1e8f-4a35-8c60-f2b97d415e3a","epochId":"0b7e94c2d15f4a689e30b7d2c45f81a6","sequence":12,"recipients":[{"kind":"Certificate","thumbprint":"3A7F0C91D2E85B46A1908D77C4F3E2B6095A1CD8","keyId":"5b0f"}],"roles":[{"name":"Domain","status":"Succeeded","required":true,"essential":true,"startTime":"2026-03-02T00:00:01Z","endTime":"2026-03-02T00:20:40Z","files":5,"directories":2,"otherEntries":1,"plainBytes":4000,"newBytes":2000,"warnings":0},{"name":"ACS","status":"Skipped","required":true,"essential":true,"startTime":"2026-03-02T00:00:01Z","endTime":"2026-03-02T00:20:40Z","files":5,"directories":2,"otherEntries":1,"plainBytes":4000,"newBytes":2000,"warnings":0}],"plainBytes":4000,"newBytes":2000,"storedBytes":1500,"manifestHash":"ab12","signature":"Trusted"}',
    );
  });
});
