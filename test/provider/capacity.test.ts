import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { requireRoom } from "../../src/storage/store-room.ts";
import { setUpLocation } from "../support/provider-steps.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "../support/provider-world.ts";

const call = { apiVersion: "2026-12-01" };

async function backUp(world: ProviderWorld): Promise<string> {
  const operation = await world.accept("POST", `${locationPath}/createBackup`, call);
  const { state, error } = await world.finish(operation);
  return error?.code ?? state;
}

describe("the room of a location's store", () => {
  it("is judged by the backups before, given to the engine, and shown before it is full", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      assert.equal(await backUp(world), "Succeeded");
      assert.equal(await backUp(world), "Succeeded");
      const expected = world.engine.backupRuns.map(({ expectedBytes }) => expectedBytes);
      // Nothing to judge by; then the one before, of which half was known.
      assert.deepEqual(expected, [0, 1500]);
      world.engine.behavior = { freeBytes: 2 ** 30 };
      assert.equal(await backUp(world), "Succeeded");
      const { capacity } = (await world.read(locationPath, "2026-12-01")).properties;
      assert.deepEqual(capacity, {
        freeBytes: 2 ** 30,
        totalBytes: 2 ** 40,
        level: "Low",
        nextBackupBytes: 1500,
      });
    }));

  it("refuses a backup that does not fit, and the older ones stay", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      assert.equal(await backUp(world), "Succeeded");
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreTooSmall", "The store has 1 B free: prune the store");
        },
      };
      assert.equal(await backUp(world), "StoreTooSmall");
      const { value } = await world.read(`${locationPath}/backups`, "2026-12-01");
      const states = value.map((one: { properties: { status: string } }) => one.properties.status);
      assert.deepEqual(states.toSorted(), ["Failed", "Succeeded"]);
    }));

  it("must hold what is expected and a reserve; a store that cannot tell is tried", async () => {
    const mebibyte = 1024 * 1024;
    const judge = async (space: object, expected: number): Promise<string> => {
      const store = openMemoryStore();
      const probe = await store.probe();
      try {
        await requireRoom(
          { ...store, probe: () => Promise.resolve({ ...probe, ...space }) },
          expected,
        );
        return "fits";
      } catch (error) {
        assert.ok(error instanceof AppError);
        assert.match(error.message, /prune the store or give it more room/);
        return error.code;
      }
    };
    const space = { freeBytes: 100 * mebibyte, totalBytes: 10_000 * mebibyte };
    assert.equal(await judge(space, 36 * mebibyte), "fits");
    assert.equal(await judge(space, 36 * mebibyte + 1), "StoreTooSmall");
    assert.equal(await judge({ freeBytes: undefined, totalBytes: undefined }, 2 ** 50), "fits");
    assert.equal(await judge({ freeBytes: 2 ** 64, totalBytes: 2 ** 64 }, 2 ** 50), "fits");
    assert.equal(await judge({ freeBytes: 0, totalBytes: 50 }, 0), "StoreTooSmall");
  });
});
