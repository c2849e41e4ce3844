import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTerminal, type OperationRecord } from "../../src/arm/operation-record.ts";
import { createProvider } from "../../src/provider/manifest.ts";
import type { ArmRequest } from "../../src/arm/resource-type.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "../support/provider-world.ts";
import { aBody, setUpLocation } from "../support/provider-steps.ts";

const modern = { apiVersion: "2026-12-01" };

describe("two instances over one state", () => {
  it("rule 91, A76: each reads at once what the other wrote", () =>
    withProviderWorld(async (world) => {
      const other = createProvider(world.deps);
      const handler = other.provider.handlers.get(
        "GET /subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
      );
      assert.ok(handler);
      for (let days = 2; days < 12; days += 1) {
        const body = aBody({ path: "/backup", backupRetentionPeriodInDays: days });
        const operation = await world.accept("PUT", locationPath, { body });
        assert.equal((await other.provider.findOperation(operation.id))?.id, operation.id);
        const [, , subscriptionId = "", , resourceGroupName = ""] = locationPath.split("/");
        const read = await handler({
          context: { apiVersion: "2018-09-01", publicBaseUrl: "https://mgmt.example" },
          route: { path: "", method: "GET" },
          params: { subscriptionId, resourceGroupName, location: "redmond" },
          query: {},
        } as unknown as ArmRequest);
        assert.ok(read.kind === "value");
        assert.match(
          JSON.stringify(read.body),
          new RegExp(`"backupRetentionPeriodInDays":${days}`),
        );
        await world.finish(operation);
      }
    }));
});

describe("a delete that cannot end", () => {
  it("rules 198 and 287: fails with the code of a time-out, and can be repeated", () =>
    withProviderWorld(
      async (world) => {
        const first = world.startWorker();
        await setUpLocation(world);
        await first.stop();
        const backup = await world.accept("POST", `${locationPath}/createBackup`);
        // Another machine works on it, lives, and is deaf.
        const job = await world.store.claimJob({
          owner: "elsewhere",
          leaseSeconds: 86_400,
          kinds: ["createBackup"],
        });
        assert.ok(job);
        world.startWorker();
        const removal = await world.accept("DELETE", locationPath, modern);
        const ended = await endWithin(world, removal.id);
        assert.equal(ended.state, "Failed");
        assert.equal(ended.error?.code, "TimedOut");
        assert.match(ended.error?.message ?? "", new RegExp(backup.id));
        const { properties } = await world.read(locationPath, modern.apiVersion);
        assert.equal(properties.provisioningState, "Failed");
        const lease = { jobId: job.id, fence: job.fence };
        await world.store.commit([{ op: "finishJob", lease, state: "canceled" }]);
        await world.provider.runUpkeep();
        const again = await world.accept("DELETE", locationPath, modern);
        assert.equal((await endWithin(world, again.id)).state, "Succeeded");
      },
      { hasWorker: false },
    ));
});

async function endWithin(world: ProviderWorld, id: string): Promise<OperationRecord> {
  for (let turn = 0; turn < 3_000; turn += 1) {
    const operation = await world.provider.provider.findOperation(id);
    if (operation !== undefined && isTerminal(operation.state)) return operation;
    await world.clock.advance(500);
  }
  return assert.fail("The operation does not end");
}
