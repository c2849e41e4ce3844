import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestContext } from "../../src/arm/request-context.ts";
import { aPfx } from "../support/fake-identity.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { type Json, locationPath, withProviderWorld } from "../support/provider-world.ts";

const someContext: RequestContext = {
  requestId: "",
  correlationId: "",
  clientRequestId: undefined,
  returnClientRequestId: false,
  apiVersion: "",
  publicBaseUrl: "",
  tenantId: undefined,
  principal: { id: "tester", name: "tester", kind: "development" },
  systemData: undefined,
  receivedAt: 0,
};
const modern = "2026-12-01";
const pfx = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };

describe("verify and prune", () => {
  it("verify needs no key and reports", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/verify`, { apiVersion: modern }),
      );
      assert.equal(operation.state, "Succeeded");
      assert.equal((operation.result as Json).depth, "ciphertext");
    }));

  it("verify is told which backup was the newest, and which part to read", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const body = { depth: "Structure", subset: { part: 3, of: 7 } };
      await world.finish(
        await world.accept("POST", `${locationPath}/verify`, { apiVersion: modern, body }),
      );
      const [run] = world.engine.verifyRuns;
      assert.equal(run?.ledgerHead?.backupId, backup);
      assert.deepEqual(run.subset, { part: 3, of: 7 });
    }));

  it("verify refuses a part that is none", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const body = { subset: { part: 8, of: 7 } };
      await assert.rejects(
        world.call("POST", `${locationPath}/verify`, { apiVersion: modern, body }),
        { code: "InvalidArgument", target: "subset" },
      );
    }));

  it("verify of content asks for the key", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const path = `${locationPath}/backups/${backup}/verify`;
      await assert.rejects(
        world.call("POST", path, { apiVersion: modern, body: { depth: "Content" } }),
        { code: "InvalidPfx" },
      );
      const operation = await world.accept("POST", path, {
        apiVersion: modern,
        body: { depth: "Content", ...pfx },
      });
      assert.equal((await world.finish(operation)).state, "Succeeded");
    }));

  it("rule 268: prune lists or removes, and says so in the form of its version", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const newest = await makeBackup(world);
      const path = `${locationPath}/pruneExternalStore`;
      const ended = async (apiVersion: string, body: unknown): Promise<Json> => {
        const operation = await world.finish(
          await world.accept("POST", path, { apiVersion, body }),
        );
        assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
        const form = { ...someContext, apiVersion };
        return world.provider.provider.renderResult(operation, form);
      };
      const paths = ["holdfast/data/3f/3f0c77a1"];
      for (const version of ["2018-09-01", "2021-09-01"]) {
        const shown = await ended(version, version === "2018-09-01" ? undefined : {});
        assert.deepEqual(shown.properties, { pathsToDelete: paths });
        assert.deepEqual(Object.keys(shown), [
          "id",
          "name",
          "type",
          "location",
          "tags",
          "properties",
        ]);
        assert.equal(shown.id, locationPath);
      }
      const shown = await ended(modern, { operationType: "DryRun" });
      assert.equal(shown.operationType, "DryRun");
      assert.deepEqual(shown.pathsToDelete, paths);
      assert.deepEqual(
        world.engine.pruneRuns.map(({ isDryRun, policy, ledgerHead }) => [
          isDryRun,
          policy,
          ledgerHead?.backupId,
        ]),
        [
          [false, undefined, newest],
          [false, undefined, newest],
          [true, undefined, newest],
        ],
      );
    }));

  it("prune forgets the backups it removed, and only those", () =>
    withProviderWorld(
      async (world) => {
        await setUpLocation(world, { backupRetentionPeriodInDays: 5 });
        const old = await makeBackup(world);
        await world.clock.advance(6 * 86_400_000);
        const newest = await makeBackup(world);
        const path = `${locationPath}/pruneExternalStore`;
        const prune = async (operationType: string): Promise<Json> => {
          const body = { operationType, applyRetention: true };
          const call = { apiVersion: modern, body };
          const { result } = await world.finish(await world.accept("POST", path, call));
          return result;
        };
        const idsOf = async (): Promise<string[]> =>
          (await world.read(`${locationPath}/backups`, modern)).value.map(({ name }: Json) => name);
        assert.deepEqual((await prune("DryRun")).report.removedBackups, [old]);
        assert.deepEqual((await idsOf()).toSorted(), [old, newest].toSorted());
        await prune("Default");
        assert.deepEqual(await idsOf(), [newest]);
        assert.equal(world.engine.pruneRuns[0]?.policy?.keepWithinDays, 5);
        await makeBackup(world);
      },
      { pollMilliseconds: 1e9 },
    ));

  it("prune waits for nobody: another action's refusal is named", () =>
    withProviderWorld(
      async (world) => {
        const worker = world.startWorker();
        await setUpLocation(world);
        await worker.stop();
        await world.accept("POST", `${locationPath}/createBackup`);
        await assert.rejects(world.call("POST", `${locationPath}/pruneExternalStore`), {
          code: "BackupInProgress",
        });
      },
      { hasWorker: false },
    ));
});
