import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describe, it } from "node:test";
import { hashDocument, readDocuments } from "../../specs/bundle.ts";
import type { BundledDocument, Node } from "../../specs/bundle.ts";
import { listOperations, listParameters } from "../../specs/contract.ts";
import { flattenDefinition } from "../../specs/schemas.ts";

const specsFolder = resolve(import.meta.dirname, "../../specs");
const documents = readDocuments(specsFolder);

describe("documents", () => {
  it("are the four api-versions, the alerts and the life cycle", () => {
    assert.deepEqual(
      documents.map(({ apiVersion }) => apiVersion),
      ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01", "2016-05-01", "2.0"],
    );
  });

  for (const bundled of documents) {
    describe(`${bundled.namespace} ${bundled.apiVersion}`, () => {
      it("resolves every reference", () => checkReferences(bundled.document, bundled));
      it("has an example file for every reference to one, and no other", () =>
        checkExampleFiles(bundled));
      it("gives every operation an id of its own", () => checkOperationIds(bundled));
      it("declares the parameters of every path", () => checkPathParameters(bundled));
      it("marks every secret", () => checkSecrets(bundled));
      it("says how every long-running operation is polled", () => checkPolling(bundled));
    });
  }

  it("rule 277: of published versions mean what they meant", () => {
    const published = readFileSync(join(specsFolder, "published.sha256"), "utf8");
    for (const bundled of documents.slice(0, 3)) {
      const line = `${hashDocument(bundled)}  ${bundled.apiVersion}`;
      assert.ok(
        published.split("\n").includes(line),
        `${bundled.apiVersion} changed: see specs/README.md`,
      );
    }
  });
});

describe("published properties", () => {
  const envelope = "id name type location tags properties";
  const store2018 =
    "path userName password encryptionCertBase64 encryptionCertThumbprint backupFrequencyInHours availableCapacity " +
    "isBackupSchedulerEnabled nextBackupTime lastBackupTime backupRetentionPeriodInDays";
  const store2016 = store2018.replace(
    "encryptionCertBase64 encryptionCertThumbprint",
    "encryptionKeyBase64",
  );
  const info2018 =
    "backupDataVersion backupId roleStatus status createdDateTime timeTakenToCreate stampVersion oemVersion deploymentID " +
    "encryptedBackupEncryptionKey encryptionCertThumbprint backupSizeInKb compressedBackupSizeInKb completelyUploaded " +
    "isAutomaticBackup isCloudRecoveryReady";
  const info2016 =
    "backupDataVersion backupId roleStatus status createdDateTime timeTakenToCreate stampVersion oemVersion deploymentID " +
    "backupSizeInKb compressedBackupSizeInKb completelyUploaded isAutomaticBackup";
  const store2021 = `${store2018} blobStorageUrl blobStorageKey`;
  const expected = [
    { ExternalStore: store2016, BackupInfo: info2016 },
    { ExternalStore: store2018, BackupInfo: info2018 },
    { ExternalStore: store2021, BackupInfo: info2018 },
  ];
  for (const [index, own] of expected.entries()) {
    const { apiVersion, document } = documents[index] as BundledDocument;
    const lists = {
      BackupLocation: envelope,
      BackupLocationProperties: "externalStoreDefault provisioningState",
      Backup: envelope,
      RoleOperationStatus: "roleName repositoryStatus status",
      RepositoryStatus: "fullRepositoryName status",
      ...own,
    };
    for (const [definition, names] of Object.entries(lists)) {
      it(`of ${definition} ${apiVersion} have the wire's order`, () => {
        const { properties } = flattenDefinition(definition, document);
        assert.equal(Object.keys(properties as Node).join(" "), names);
      });
    }
  }

  it("know Skipped only in 2021-09-01", () => {
    const seven = [
      "Creating",
      "Queued",
      "Running",
      "Deleted",
      "Failed",
      "PartialSucceeded",
      "Succeeded",
    ];
    const values = documents
      .slice(0, 3)
      .map(({ document }) => document.definitions["OperationStatus"]?.["enum"]);
    assert.deepEqual(values, [seven, seven, [...seven, "Skipped"]]);
  });
});

function checkReferences(value: unknown, { document, file }: BundledDocument): void {
  const refs: string[] = [];
  JSON.stringify(value, (key, item: unknown) => {
    if (key === "$ref") refs.push(String(item));
    return item;
  });
  assert.ok(refs.length > 3);
  for (const ref of refs) {
    const [, section, name] = ref.split("/") as [string, string, string];
    const found = ref.startsWith("#/")
      ? (document[section] as Node | undefined)?.[name]
      : existsSync(resolve(dirname(file), ref));
    assert.ok(found, `${ref} leads nowhere`);
  }
}

function checkExampleFiles({ document, file }: BundledDocument): void {
  const used = listOperations(document).flatMap(({ operation }) => {
    const examples = Object.values(
      (operation["x-ms-examples"] ?? {}) as Record<string, { $ref: string }>,
    );
    assert.ok(examples.length > 0, `${operation.operationId} has no example`);
    return examples.map(({ $ref }) => basename($ref));
  });
  assert.deepEqual(used.toSorted(), readdirSync(join(dirname(file), "examples")).toSorted());
}

function checkOperationIds({ document }: BundledDocument): void {
  const ids = listOperations(document).map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
}

function checkPathParameters({ document }: BundledDocument): void {
  for (const { path, operation } of listOperations(document)) {
    const declared = listParameters(operation, document);
    const inPath = declared
      .filter((parameter) => parameter["in"] === "path")
      .map(({ name }) => `{${String(name)}}`);
    assert.deepEqual(
      inPath.toSorted(),
      (path.match(/\{\w+\}/g) ?? []).toSorted(),
      operation.operationId,
    );
    assert.ok(
      declared.some(({ name }) => name === "api-version"),
      `${operation.operationId} lacks api-version`,
    );
  }
}

function checkSecrets({ document }: BundledDocument): void {
  // Public by nature: a certificate's public part as 2026-12-01 shows it, and names of keys.
  const harmless = new Set(["certificateBase64", "keyId", "accessKeyId", "hostKey", "publicKey"]);
  for (const name of Object.keys(document.definitions)) {
    const { properties = {} } = flattenDefinition(name, document) as {
      properties?: Record<string, Node>;
    };
    for (const [property, schema] of Object.entries(properties)) {
      const sounds = /password|secret|token|key|base64/i.test(property) && !harmless.has(property);
      const isSecret = schema["x-ms-secret"] === true;
      assert.equal(isSecret, sounds || schema["format"] === "password", `${name}.${property}`);
      if (isSecret)
        assert.equal(schema["x-nullable"], true, `${name}.${property} comes back as null`);
    }
  }
}

/** Writes that are done when they are answered. */
const atOnce: ReadonlySet<unknown> = new Set([
  "BackupLocations_PreviewSchedule",
  "BackupLocations_PreviewRetention",
  "Backups_Pin",
  "Backups_Unpin",
  "OperationStatuses_Cancel",
  "Deployments_Preflight",
  "Resources_Move",
  "Subscriptions_CreateOrUpdate",
  "Alerts_Close",
  "MonitoringSettings_CreateOrUpdate",
  "NotificationRoutes_CreateOrUpdate",
  "NotificationRoutes_Delete",
  "NotificationRoutes_Test",
  "Diagnosis_Run",
]);

function checkPolling({ apiVersion, document }: BundledDocument): void {
  for (const { method, operation } of listOperations(document)) {
    const id = `${apiVersion} ${operation.operationId}`;
    const isLong = operation["x-ms-long-running-operation"] === true;
    assert.equal(isLong, method !== "GET" && !atOnce.has(operation.operationId), id);
    if (!isLong) continue;
    const options = operation["x-ms-long-running-operation-options"] as Node | undefined;
    const via =
      method === "PUT" && apiVersion === "2026-12-01" ? "azure-async-operation" : "location";
    assert.equal(options?.["final-state-via"], apiVersion === "2016-05-01" ? undefined : via, id);
    const polling = [
      operation["x-holdfast-polling"],
      operation["x-holdfast-retry-after"],
      operation["x-holdfast-poll-retry-after"],
    ];
    assert.deepEqual(polling, expectedPolling(apiVersion, method, operation.operationId), id);
  }
}

/** Recorded numbers: facts C.4. */
function expectedPolling(
  apiVersion: string,
  method: string,
  operationId: string,
): readonly unknown[] {
  if (apiVersion === "2026-12-01") return ["modern", 10, 10];
  if (apiVersion === "2021-09-01") return ["both", method === "PATCH" ? 5 : 60, 30];
  if (operationId === "BackupLocations_PruneExternalStore") return ["both", 60, 30];
  return ["location", apiVersion === "2018-09-01" && method === "PUT" ? 5 : 60, 60];
}
