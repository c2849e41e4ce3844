import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aPfx } from "../support/fake-identity.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { type Json, locationPath, withProviderWorld } from "../support/provider-world.ts";

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

  it("prune says that it cannot yet", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await assert.rejects(world.call("POST", `${locationPath}/pruneExternalStore`, { body: {} }), {
        code: "OperationNotSupported",
      });
    }));
});
