import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { readDocuments, readExamples } from "../../specs/bundle.ts";
import type { BundledDocument, Node } from "../../specs/bundle.ts";
import { buildContract, listOperations, listParameters } from "../../specs/contract.ts";
import type { OperationEntry } from "../../specs/contract.ts";
import { findStale, generateFiles } from "../../specs/generate.ts";
import type { Contract, ContractRoute } from "../../src/arm/contract.ts";
import { contracts, secretProperties } from "../../src/generated/contracts.ts";
import { createContractValidator } from "../support/contract-validator.ts";
import type { ContractValidator } from "../support/contract-validator.ts";
import { publishedRoutes } from "./published-routes.ts";

const documents = readDocuments(resolve(import.meta.dirname, "../../specs"));

const validators = new Map(
  contracts.map((contract) => [contract.apiVersion, createContractValidator(contract)]),
);

describe("generated files", () => {
  it("are up to date", async () => {
    assert.deepEqual(findStale(await generateFiles(documents)), []);
  });

  it("that changed or do not belong are stale, others are not", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-specs-"));
    try {
      for (const name of ["contracts.ts", "api-1999-01-01.ts", "chunker-wasm.ts"])
        writeFileSync(join(folder, name), "");
      const files = new Map([
        ["contracts.ts", "new"],
        ["api-2026-12-01.ts", "missing"],
      ]);
      assert.deepEqual(findStale(files, folder), [
        "contracts.ts",
        "api-2026-12-01.ts",
        "api-1999-01-01.ts",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("contracts", () => {
  for (const [index, contract] of contracts.entries()) {
    const bundled = documents[index] as BundledDocument;
    describe(contract.apiVersion, () => {
      const validator = validatorOf(contract.apiVersion);
      it("compile in strict ajv", () =>
        Object.keys(contract.definitions).forEach(validator.compile));
      it("name only definitions they have", () => checkDefinitions(contract));
      for (const entry of listOperations(bundled.document)) {
        it(`accept the examples of ${entry.operation.operationId}`, () =>
          checkExamples(entry, bundled, contract));
      }
    });
  }

  it("of published versions have the recorded routes and codes", () => {
    for (const { apiVersion, document } of documents.slice(0, 3)) {
      const rows = listOperations(document)
        .filter(({ operation }) => (operation["tags"] as string[])[0] !== "Polling")
        .map(({ method, path, operation }) => {
          const tail = path.replace(/^.*Microsoft\.Backup\.Admin\//, "");
          return `${operation.operationId} ${method} ${tail}: ${Object.entries(operation.responses).map(describeResponse).join(", ")}`;
        });
      assert.deepEqual(rows, publishedRoutes[apiVersion]);
    }
  });

  it("spell a path alike in every version", () => {
    const spellings = new Map<string, string>();
    for (const { path } of contracts.flatMap(({ routes }) => routes)) {
      const key = path.toLowerCase().replace(/\{\w+\}/g, "{}");
      assert.equal(spellings.get(key) ?? path, path);
      spellings.set(key, path);
    }
  });

  it("rule 7: every version has every poll route", () => {
    for (const { routes } of contracts) {
      const polls = routes.filter(({ path }) =>
        /operation(Results|Statuses)\/\{operationId\}$/.test(path),
      );
      assert.equal(polls.length, 4);
    }
  });

  it("name every secret once", () => {
    assert.deepEqual(secretProperties, [
      "accountKey",
      "blobStorageKey",
      "decryptionCertBase64",
      "decryptionCertPassword",
      "encryptedBackupEncryptionKey",
      "encryptionCertBase64",
      "encryptionKeyBase64",
      "password",
      "privateKey",
      "privateKeyPassphrase",
      "sasToken",
      "secretAccessKey",
      "sessionToken",
      "signingSecret",
      "targetUrl",
    ]);
  });

  it("refuse a long-running operation without numbers", () => {
    const [bundled] = structuredClone(documents) as [BundledDocument];
    const restore = listOperations(bundled.document).find(
      ({ operation }) => operation.operationId === "Backups_Restore",
    );
    assert.ok(restore);
    delete (restore.operation as Record<string, unknown>)["x-holdfast-retry-after"];
    assert.throws(() => buildContract(bundled, []), /Backups_Restore.*retry/);
  });
});

function validatorOf(apiVersion: string): ContractValidator {
  const known = validators.get(apiVersion);
  assert.ok(known);
  return known;
}

function describeResponse([code, { schema }]: [string, Node]): string {
  const ref = (schema as { $ref?: string } | undefined)?.$ref;
  return ref === undefined ? code : `${code} ${ref.replace("#/definitions/", "")}`;
}

function checkDefinitions({ routes, definitions }: Contract): void {
  for (const { operationId, body, responses } of routes) {
    const named = [body?.definition, ...Object.values(responses)].filter(
      (name) => typeof name === "string",
    );
    for (const name of named) assert.ok(name in definitions, `${operationId} names '${name}'`);
    assert.ok(Object.keys(responses).length > 0, operationId);
  }
}

function checkExamples(
  { path, method, operation }: OperationEntry,
  bundled: BundledDocument,
  contract: Contract,
): void {
  const route = contract.routes.find(
    (other) => other.path === path && other.method === method,
  ) as ContractRoute;
  const parameters = listParameters(operation, bundled.document);
  for (const [title, example] of Object.entries(readExamples(bundled.file, operation))) {
    const given = example["parameters"] as Node;
    const names = parameters.map(({ name }) => String(name));
    for (const name of Object.keys(given))
      assert.ok(names.includes(name), `${title}: unknown parameter '${name}'`);
    for (const parameter of parameters) checkParameter(parameter, given, route, contract);
    checkResponses(example["responses"] as Record<string, Node>, operation.responses, contract);
  }
}

function checkParameter(
  parameter: Node,
  given: Node,
  route: ContractRoute,
  contract: Contract,
): void {
  const value = given[String(parameter["name"])];
  if (value === undefined)
    return assert.notEqual(parameter["required"], true, `${String(parameter["name"])} is missing`);
  if (parameter["in"] === "body") {
    return assert.deepEqual(
      validatorOf(contract.apiVersion).validate(route.body?.definition ?? "", value),
      [],
    );
  }
  assert.equal(typeof value, parameter["type"] === "integer" ? "number" : parameter["type"]);
}

function checkResponses(
  shown: Record<string, Node>,
  declared: Readonly<Record<string, Node>>,
  contract: Contract,
): void {
  assert.deepEqual(
    Object.keys(shown),
    Object.keys(declared).filter((code) => code !== "default"),
  );
  for (const [code, { body }] of Object.entries(shown)) {
    const [, definition] = describeResponse([code, declared[code] ?? {}]).split(" ");
    assert.equal(body !== undefined, definition !== undefined, `body of ${code}`);
    if (definition !== undefined)
      assert.deepEqual(validatorOf(contract.apiVersion).validate(definition, body), []);
  }
}
