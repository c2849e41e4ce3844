import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { readDocuments, readExamples } from "../../specs/bundle.ts";
import type { BundledDocument, Node, Operation } from "../../specs/bundle.ts";
import { listOperations } from "../../specs/contract.ts";
import { contracts } from "../../src/generated/contracts.ts";
import { createContractValidator } from "../support/contract-validator.ts";
import type { ContractValidator } from "../support/contract-validator.ts";

const documents = readDocuments(resolve(import.meta.dirname, "../../specs"));
const validators = new Map(
  contracts.map((contract) => [contract.apiVersion, createContractValidator(contract)]),
);

describe("published requests", () => {
  const check = (apiVersion: string, store: Node, more: Node = {}) =>
    validatorOf(apiVersion).validate("BackupLocationRequest", {
      properties: { externalStoreDefault: store },
      ...more,
    });

  it("may be blank in 2021-09-01", () => {
    const blank = {
      path: "",
      userName: "",
      password: "",
      blobStorageUrl: "",
      blobStorageKey: "",
      encryptionCertBase64: "",
    };
    const unset = {
      backupFrequencyInHours: null,
      backupRetentionPeriodInDays: null,
      isBackupSchedulerEnabled: null,
    };
    assert.deepEqual(check("2021-09-01", { ...blank, ...unset }), []);
  });

  it("take whole numbers for schedule and retention, whose limits the provider judges", () => {
    for (const apiVersion of ["2016-05-01", "2018-09-01", "2021-09-01"]) {
      for (const hours of [3, 4, 12, 168])
        assert.deepEqual(check(apiVersion, { backupFrequencyInHours: hours }), []);
      for (const days of [2, 14, 3650])
        assert.deepEqual(check(apiVersion, { backupRetentionPeriodInDays: days }), []);
      for (const odd of [4.5, "8", true]) {
        assert.notDeepEqual(check(apiVersion, { backupFrequencyInHours: odd }), []);
        assert.notDeepEqual(check(apiVersion, { backupRetentionPeriodInDays: odd }), []);
      }
    }
  });

  it("may carry what any version answers (quirk 16)", () => {
    for (const sender of documents.slice(0, 3)) {
      const [got] = Object.values(
        readExamples(sender.file, findOperation(sender, "BackupLocations_Get")),
      );
      const body = bodyOf(got, "200");
      for (const { apiVersion } of documents.slice(0, 3)) {
        assert.deepEqual(
          validatorOf(apiVersion).validate("BackupLocationRequest", body),
          [],
          `${sender.apiVersion} to ${apiVersion}`,
        );
      }
    }
  });

  it("may show read-only dates in any form", () => {
    assert.deepEqual(check("2016-05-01", { nextBackupTime: "03/02/2026 08:00:00" }), []);
    assert.deepEqual(check("2018-09-01", { lastBackupTime: "/Date(1772410875008)/" }), []);
  });

  it("rule 53: refuse what the version does not know", () => {
    assert.deepEqual(check("2021-09-01", { bakupFrequency: 8 }), [
      "/properties/externalStoreDefault/bakupFrequency must NOT have additional properties",
    ]);
    assert.equal(check("2021-09-01", {}, { sku: {} }).length, 1);
    assert.equal(check("2018-09-01", { blobStorageUrl: "https://a.example.net/b" }).length, 1);
    assert.equal(check("2018-09-01", { encryptionKeyBase64: "AAAA" }).length, 1);
  });
});

describe("2026-12-01 requests", () => {
  const { validate } = validatorOf("2026-12-01");
  const put = (properties: Node) =>
    validate("BackupLocationRequest", { location: "north", properties });
  const patch = (properties: Node) => validate("BackupLocationUpdateRequest", { properties });

  it("choose the store's shape by its kind", () => {
    assert.deepEqual(put({ store: { kind: "Local", path: "/srv/backups" } }), []);
    const share = { kind: "Smb", path: "\\\\a\\b", userName: "a" };
    assert.deepEqual(put({ store: { ...share, password: null } }), []);
    assert.equal(put({ store: { ...share, accountKey: "k" } }).length, 1);
    const bucket = { kind: "S3", endpoint: "https://a", bucket: "abc", accessKeyId: "k" };
    assert.deepEqual(put({ store: { ...bucket, secretAccessKey: "s" } }), []);
    const server = { kind: "Sftp", host: "a", path: "/b", userName: "a" };
    assert.equal(put({ store: server }).length, 1);
    assert.deepEqual(put({ store: { ...server, hostKey: `SHA256:${"A".repeat(43)}` } }), []);
    assert.deepEqual(put({ store: { kind: "AzureBlob", containerUrl: "https://a/b" } }), []);
    assert.equal(put({ store: { kind: "Local", path: "/srv/backups", userName: "a" } }).length, 1);
    assert.equal(put({ store: { kind: "Tape", path: "/dev/st0" } }).length, 1);
    assert.equal(put({ store: { kind: "Local" } }).length, 1);
    assert.notDeepEqual(put({ store: { path: "/srv/backups" } }), []);
  });

  it("PATCH leaves out what stays", () => {
    assert.deepEqual(patch({ store: { kind: "Smb", password: "new" } }), []);
    assert.deepEqual(patch({ schedule: null, retention: { periodInDays: null } }), []);
    assert.equal(patch({ schedule: { frequencyInHours: 0 } }).length, 1);
    assert.deepEqual(validate("BackupLocationUpdateRequest", {}), []);
  });

  it("rule 72: what was read may be sent back", () => {
    const bundled = documents[3] as BundledDocument;
    const [example] = Object.values(
      readExamples(bundled.file, findOperation(bundled, "BackupLocations_Get")),
    );
    assert.deepEqual(validate("BackupLocationRequest", bodyOf(example, "200")), []);
  });

  it("rule 117: need a location", () => {
    assert.deepEqual(validate("BackupLocationRequest", { properties: {} }), [
      "/ must have required property 'location'",
    ]);
  });

  it("restore needs a target", () => {
    assert.deepEqual(validate("RestoreOptionsRequest", {}), [
      "/ must have required property 'targetPath'",
    ]);
  });
});

describe("answers", () => {
  it("rule 121: secrets can only be null", () => {
    for (const contract of contracts.slice(0, 3)) {
      const { validate } = validatorOf(contract.apiVersion);
      assert.deepEqual(validate("ExternalStore", { password: null }), []);
      assert.equal(validate("ExternalStore", { password: "" }).length, 1);
    }
    const { validate } = validatorOf("2026-12-01");
    assert.notDeepEqual(validate("SmbStore", { kind: "Smb", path: "p", password: "x" }), []);
  });

  it("show values that another version allowed", () => {
    assert.deepEqual(
      validatorOf("2018-09-01").validate("ExternalStore", { backupFrequencyInHours: 24 }),
      [],
    );
  });
});

function validatorOf(apiVersion: string): ContractValidator {
  const known = validators.get(apiVersion);
  assert.ok(known);
  return known;
}

function findOperation({ document }: BundledDocument, operationId: string): Operation {
  const found = listOperations(document).find(
    ({ operation }) => operation.operationId === operationId,
  );
  assert.ok(found);
  return found.operation;
}

function bodyOf(example: Node | undefined, code: string): unknown {
  assert.ok(example);
  return (example["responses"] as Record<string, Node>)[code]?.["body"];
}
