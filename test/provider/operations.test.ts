import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import type { RequestContext } from "../../src/arm/request-context.ts";
import { contracts } from "../../src/generated/contracts.ts";
import { operationRowsOf } from "../../src/provider/requests/operation-list.ts";
import { failpointNames, type FailpointName } from "../../src/provider/ports.ts";
import { validatorOf } from "../support/contracts.ts";
import { aPfx } from "../support/fake-identity.ts";
import {
  type Json,
  groupPath,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { aBody, makeBackup, setUpLocation } from "../support/provider-steps.ts";

const versions = ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01"];
const namespace = "Microsoft.Backup.Admin";

function aContext(apiVersion: string): RequestContext {
  return {
    requestId: "r",
    correlationId: "c",
    clientRequestId: undefined,
    returnClientRequestId: false,
    apiVersion,
    publicBaseUrl: "https://mgmt.example",
    tenantId: undefined,
    principal: { id: "p", name: "p", kind: "development" },
    systemData: undefined,
    receivedAt: 0,
  };
}

function render(
  world: ProviderWorld,
  operation: OperationRecord,
  apiVersion: string,
): Promise<Json> {
  return Promise.resolve(
    world.provider.provider.renderResult(operation, aContext(apiVersion)),
  ) as Promise<Json>;
}

describe("results of operations", () => {
  it("rule 193: take the form of the version that polls", () =>
    withProviderWorld(async (world) => {
      const put = await setUpLocation(world);
      const backup = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      for (const version of versions) {
        const { validate } = validatorOf(version);
        assert.deepEqual(
          validate("BackupLocation", await render(world, put, version)),
          [],
          version,
        );
        assert.deepEqual(validate("Backup", await render(world, backup, version)), [], version);
      }
    }));

  it("rule 192: are snapshots", () =>
    withProviderWorld(async (world) => {
      const first = await setUpLocation(world);
      await setUpLocation(world, { backupRetentionPeriodInDays: 3 });
      const result = await render(world, first, "2018-09-01");
      assert.equal(result.properties.externalStoreDefault.backupRetentionPeriodInDays, 7);
      assert.equal(result.properties.provisioningState, "Succeeded");
    }));

  it("published ones spell the group in lower case", () =>
    withProviderWorld(async (world) => {
      const path = locationPath.replace("system.redmond", "System.Redmond");
      const body = {
        location: "redmond",
        properties: { externalStoreDefault: { path: "/backup" } },
      };
      const operation = await world.finish(await world.accept("PUT", path, { body }));
      assert.match(
        (await render(world, operation, "2018-09-01")).id,
        /resourceGroups\/system\.redmond\//,
      );
      assert.match(
        (await render(world, operation, "2026-12-01")).id,
        /resourceGroups\/System\.Redmond\//,
      );
      const upper = path.replace("System.Redmond", "SYSTEM.REDMOND");
      assert.match((await world.read(upper)).id, /resourceGroups\/SYSTEM\.REDMOND\//);
      assert.match((await world.read(upper, "2026-12-01")).id, /resourceGroups\/System\.Redmond\//);
    }));

  it("of restore are nothing, null, or a report", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const body = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/backups/${backup}/restore`, { body }),
      );
      assert.equal(await render(world, operation, "2016-05-01"), undefined);
      assert.equal(await render(world, operation, "2018-09-01"), undefined);
      assert.equal(await render(world, operation, "2021-09-01"), null);
      const ours = await render(world, operation, "2026-12-01");
      assert.equal(ours.duration, "PT12.5S");
      const { validate } = validatorOf("2026-12-01");
      assert.deepEqual(validate("RestoreResult", ours), []);
    }));

  it("of verify fit the contract", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/verify`, { apiVersion: "2026-12-01" }),
      );
      const { validate } = validatorOf("2026-12-01");
      assert.deepEqual(validate("VerifyResult", await render(world, operation, "2026-12-01")), []);
    }));

  it("name the resource, not the operation", () =>
    withProviderWorld(async (world) => {
      const put = await setUpLocation(world);
      const backup = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      const { provider } = world.provider;
      const target = (...of: Parameters<typeof provider.renderTarget>) =>
        provider.renderTarget(...of);
      assert.deepEqual(target(put, aContext("2021-09-01")), { id: locationPath, name: "redmond" });
      assert.deepEqual(target(backup, aContext("2021-09-01")), {
        id: `${locationPath}/backups/${backup.id}`,
        name: `redmond/${backup.id}`,
      });
    }));
});

describe("the operations list", () => {
  it("published ones are the four recorded rows", () => {
    assert.equal(
      JSON.stringify(operationRowsOf("2018-09-01")[3]),
      '{"name":"Microsoft.Backup.Admin/backupLocations/backups/restore/action","display":{"provider":"Microsoft Backup Resource Provider.","resource":"Backup","operation":"Restore a backup.","description":"Restore a previous backup."}}',
    );
    assert.equal(operationRowsOf("2016-05-01").length, 4);
  });

  it("rule 224: every route of every version has a row", () => {
    const names = new Set(operationRowsOf("2026-12-01").map(({ name }) => name.toLowerCase()));
    for (const { routes } of contracts) {
      // Moves are ARM's own operation.
      for (const { method, path } of routes.filter((one) => one.path.includes("/providers/"))) {
        // The one audit log is no parameter.
        const name = rowNameOf(method, path.replace("/default", "")).toLowerCase();
        assert.ok(names.has(name), name);
      }
    }
  });

  it("rule 224: every row of every version is a route of some version", () => {
    const routes = new Set(
      contracts.flatMap((contract) =>
        contract.routes.map(({ method, path }) =>
          rowNameOf(method, path.replace("/default", "")).toLowerCase(),
        ),
      ),
    );
    // ARM's own.
    const registering = ["register", "unregister"].map((word) => `${namespace}/${word}/action`);
    for (const version of versions)
      for (const { name } of operationRowsOf(version))
        assert.ok(registering.includes(name) || routes.has(name.toLowerCase()), name);
    const newest = new Set(operationRowsOf("2026-12-01").map(({ name }) => name));
    for (const version of versions)
      for (const { name } of operationRowsOf(version)) assert.ok(newest.has(name), name);
  });

  it("rule 223: registering and taking it back are among them", () => {
    const names = operationRowsOf("2026-12-01").map(({ name }) => name);
    for (const word of ["register", "unregister"])
      assert.ok(names.includes(`${namespace}/${word}/action`), word);
  });
});

function rowNameOf(method: string, path: string): string {
  const [, rest = ""] = path.split("/providers/");
  const words = rest.split("/").filter((word) => !word.startsWith("{"));
  const verbs: Readonly<Record<string, string>> = {
    GET: "read",
    PUT: "write",
    PATCH: "write",
    DELETE: "delete",
  };
  return [...words, verbs[method] ?? "action"].join("/");
}

describe("the provider", () => {
  it("has a handler for every route but the polls, and no other", () =>
    withProviderWorld(async (world) => {
      const routes = contracts
        .flatMap((contract) => contract.routes)
        .filter(({ path }) => !/\/operation(Results|Statuses)\/[^/]+$/.test(path))
        .map(({ method, path }) => `${method} ${path}`);
      assert.deepEqual(
        [...world.provider.provider.handlers.keys()].sort(),
        [...new Set(routes)].sort(),
      );
    }));

  it("passes every failpoint it names", async () => {
    const passed = new Set<FailpointName>();
    await withProviderWorld(
      async (world) => {
        await setUpLocation(world);
        const backup = await makeBackup(world);
        const body = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
        await world.finish(
          await world.accept("POST", `${locationPath}/backups/${backup}/restore`, { body }),
        );
        await world.finish(
          await world.accept("POST", `${locationPath}/verify`, { apiVersion: "2026-12-01" }),
        );
        await world.finish(
          await world.accept("POST", `${locationPath}/pruneExternalStore`, {
            apiVersion: "2026-12-01",
            body: { operationType: "DryRun" },
          }),
        );
        await world.finish(
          await world.accept("PUT", `${groupPath}/backupLocations/second`, {
            body: aBody({ path: "/second" }),
          }),
        );
        await world.finish(
          await world.accept("POST", `${locationPath}/copy`, {
            apiVersion: "2026-12-01",
            body: { targetLocationName: "second" },
          }),
        );
        await world.finish(
          await world.accept("DELETE", locationPath, { apiVersion: "2026-12-01" }),
        );
      },
      { failpoint: (name) => void passed.add(name) },
    );
    assert.deepEqual(
      failpointNames.filter((name) => !passed.has(name)),
      [],
    );
  });
});
