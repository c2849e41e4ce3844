import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { AppError } from "../../src/base/errors.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import { aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "../support/provider-world.ts";
import { waitForSignal, waitUntil } from "../support/worker-world.ts";

const apiVersion = "2026-12-01";
const day = 86_400_000;
const settling = 60 * 60_000;

/** A location that keeps two days, and a backup a day: the first two are to go. */
function withOldBackups(
  use: (world: ProviderWorld, old: readonly [string, string]) => Promise<void>,
): () => Promise<void> {
  return () =>
    withProviderWorld(
      async (world) => {
        await setUpLocation(world, { backupRetentionPeriodInDays: 2 });
        const ids: string[] = [];
        for (let number = 0; number < 5; number += 1) {
          ids.push(await makeBackup(world));
          await world.clock.advance(day);
        }
        const [first = "", second = ""] = ids;
        await use(world, [first, second]);
      },
      { pollMilliseconds: 1e9, leaseSeconds: 300_000, maxBeatMilliseconds: 1e9 },
    );
}

type Begin = (world: ProviderWorld) => Promise<OperationRecord>;

const askedFor: Begin = (world) =>
  world.accept("POST", `${locationPath}/pruneExternalStore`, {
    apiVersion,
    body: { applyRetention: true },
  });

const automatic: Begin = async (world) => {
  await world.clock.advance(settling);
  await world.provider.runScheduler();
  const running = (await readLocation(world)).running ?? assert.fail("No clean-up has begun");
  assert.ok(running.isAutomatic);
  const operation = await world.provider.provider.findOperation(running.operationId);
  return operation ?? assert.fail("It has no operation");
};

async function readLocation(world: ProviderWorld): Promise<BackupLocation> {
  const found = await world.store.get<BackupLocation>("location", locationPath.toLowerCase());
  return found?.value ?? assert.fail("The location is gone");
}

function pin(world: ProviderWorld, id: string): Promise<unknown> {
  return world.call("POST", `${locationPath}/backups/${id}/pin`, { apiVersion });
}

function unpin(world: ProviderWorld, id: string): Promise<unknown> {
  return world.call("POST", `${locationPath}/backups/${id}/unpin`, { apiVersion });
}

/** What the store itself holds. */
function inStore(world: ProviderWorld): readonly string[] {
  return world.engine.recordsOf("/backup").map(({ backupId }) => backupId);
}

async function isShown(world: ProviderWorld, id: string): Promise<boolean> {
  const key = `${locationPath.toLowerCase()}/backups/${id}`;
  return (await world.store.get("backup", key)) !== undefined;
}

/** A prune that stands still at a place until the gate opens. */
interface Halt {
  readonly reached: Promise<void>;
  letGo(): void;
}

function haltAt(world: ProviderWorld, place: "prune" | "removal"): Halt {
  const reached = aGate();
  const gate = aGate();
  world.engine.behavior = {
    [place]: async () => {
      reached.open();
      await gate.opened;
    },
  };
  return { reached: reached.opened, letGo: () => gate.open() };
}

for (const [whose, begin] of [
  ["a prune somebody asked for", askedFor],
  ["the service's own clean-up", automatic],
] as const)
  describe(`pins while ${whose} runs`, () => {
    it(
      "one set after it has read the pins and before it removes keeps its backup",
      withOldBackups(async (world, [first, second]) => {
        const halt = haltAt(world, "prune");
        const prune = await begin(world);
        await halt.reached;
        await pin(world, first);
        halt.letGo();
        assert.equal((await world.finish(prune)).state, "Succeeded");
        assert.ok(inStore(world).includes(first));
        assert.ok(!inStore(world).includes(second));
        assert.ok(await isShown(world, first));
        assert.ok(!(await isShown(world, second)));
        assert.equal((await readLocation(world)).removing, undefined);
      }),
    );

    it(
      "one of what it has begun to remove is refused, of any other it is set; one is taken off at any time",
      withOldBackups(async (world, [first, second]) => {
        await pin(world, second);
        const halt = haltAt(world, "removal");
        const prune = await begin(world);
        await halt.reached;
        await assert.rejects(pin(world, first), { code: "BackupBeingRemoved", target: first });
        await unpin(world, second);
        await pin(world, second);
        halt.letGo();
        assert.equal((await world.finish(prune)).state, "Succeeded");
        assert.ok(!inStore(world).includes(first));
        assert.ok(inStore(world).includes(second));
        await assert.rejects(pin(world, first), { code: "BackupNotFound" });
      }),
    );

    it(
      "one that is set at the very moment of the last word wins or is refused, never lost",
      withOldBackups(async (world, [first]) => {
        const halt = haltAt(world, "prune");
        const prune = await begin(world);
        await halt.reached;
        // Both have read the location before either writes.
        const commit = world.store.commit.bind(world.store);
        const both = aGate();
        let arrived = 0;
        world.store.commit = async (...args: Parameters<typeof commit>) => {
          const isRace =
            args[0].some((write) => "kind" in write && write.kind === "location") && arrived < 2;
          if (isRace && (arrived += 1) === 2) both.open();
          if (isRace) await both.opened;
          return commit(...args);
        };
        halt.letGo();
        const isPinned = await pin(world, first).then(
          () => true,
          (error: unknown) => {
            assert.equal((error as AppError).code, "BackupBeingRemoved");
            return false;
          },
        );
        assert.equal((await world.finish(prune)).state, "Succeeded");
        assert.equal(arrived, 2);
        assert.equal(inStore(world).includes(first), isPinned);
        assert.equal(await isShown(world, first), isPinned);
      }),
    );

    it(
      "what a stopped one had begun to remove is refused until another has ended well",
      withOldBackups(async (world, [first, second]) => {
        const reached = aGate();
        world.engine.behavior = {
          removal: async (_ids, signal) => {
            reached.open();
            await waitForSignal(signal);
          },
        };
        const prune = await begin(world);
        await reached.opened;
        await world.store.requestCancel(prune.id);
        world.deps.onEnqueued?.();
        assert.equal((await world.finish(prune)).state, "Canceled");
        await assert.rejects(pin(world, first), { code: "BackupBeingRemoved" });
        // Retention keeps the second one by now: the clean-up that ends well settles what was begun.
        world.engine.behavior = {};
        const { removing } = await readLocation(world);
        assert.deepEqual([...(removing ?? [])].toSorted(), [first, second].toSorted());
        await world.finish(await askedFor(world));
        assert.equal((await readLocation(world)).removing, undefined);
        assert.ok(!(await isShown(world, first)));
      }),
    );
  });

describe("pins and what goes by name", () => {
  it(
    "one that is set before the deletion of its backup removes it ends the deletion",
    withOldBackups(async (world, [first, second]) => {
      const halt = haltAt(world, "prune");
      const path = `${locationPath}/backups/${first}`;
      const deletion = await world.accept("DELETE", path, { apiVersion });
      await halt.reached;
      await pin(world, first);
      await pin(world, second);
      halt.letGo();
      const { state, error } = await world.finish(deletion);
      assert.equal(state, "Failed");
      assert.equal(error?.code, "BackupPinned");
      assert.ok(inStore(world).includes(first));
      assert.ok(await isShown(world, first));
    }),
  );

  it(
    "a clean-up that has made way removes nothing any more",
    withOldBackups(async (world, [first]) => {
      const halt = haltAt(world, "prune");
      const cleanUp = await automatic(world);
      await halt.reached;
      const backup = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
      await pin(world, first);
      halt.letGo();
      assert.equal((await world.finish(cleanUp)).state, "Canceled");
      await world.clock.advance(1000);
      assert.equal((await world.finish(backup)).state, "Succeeded");
      assert.ok(inStore(world).includes(first));
    }),
  );

  it(
    "an attempt that follows a death forgets what the dead one had removed",
    withOldBackups(async (world, [first, second]) => {
      let deaths = 0;
      world.engine.behavior = {
        removal: () => {
          if ((deaths += 1) > 1) return;
          // Gone from the store, and nobody was told.
          const records = world.engine.recordsOf("/backup") as BackupRecord[];
          const at = records.findIndex(({ backupId }) => backupId === first);
          records.splice(at, 1);
          throw new AppError("StoreUnreachable", "The store does not answer", { retryable: true });
        },
      };
      const prune = await askedFor(world);
      await waitUntil(() => deaths === 1);
      await waitUntil(async () => (await world.store.getJob(prune.id))?.state === "queued");
      await world.clock.advance(settling);
      world.deps.onEnqueued?.();
      assert.equal((await world.finish(prune)).state, "Succeeded");
      assert.ok(!(await isShown(world, first)));
      assert.ok(!(await isShown(world, second)));
    }),
  );
});
