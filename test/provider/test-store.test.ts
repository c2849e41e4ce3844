import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { locationPath, withProviderWorld } from "../support/provider-world.ts";
import { aGate, setUpLocation } from "../support/provider-steps.ts";

const call = { apiVersion: "2026-12-01" };

describe("testStore", () => {
  it("tells every step, also while a backup runs", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const backup = await world.accept("POST", `${locationPath}/createBackup`, call);
      const test = await world.finish(
        await world.accept("POST", `${locationPath}/testStore`, call),
      );
      assert.equal(test.state, "Succeeded");
      const context = { apiVersion: "2026-12-01" } as Parameters<
        typeof world.provider.provider.renderResult
      >[1];
      assert.deepEqual(await world.provider.provider.renderResult(test, context), {
        isUsable: true,
        steps: [{ name: "Reach", status: "Passed", message: "The store answers" }],
        freeBytes: 2 ** 30,
      });
      gate.open();
      assert.equal((await world.finish(backup)).state, "Succeeded");
    }));

  it("needs a location and a store", () =>
    withProviderWorld(async (world) => {
      const test = `${locationPath}/testStore`;
      await assert.rejects(world.call("POST", test, call), { code: "ParentResourceNotFound" });
      const body = { location: "redmond" };
      await world.finish(await world.accept("PUT", locationPath, { ...call, body }));
      await assert.rejects(world.call("POST", test, call), { code: "StoreNotConfigured" });
    }));
});
