import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import type { PrunePlan } from "../../src/engine/prune/prune-plan.ts";
import { aStreamRole, type TestRepository } from "../support/a-repository.ts";
import { openFaultyStore, type Fault, type FaultyStore } from "../support/faulty-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { day, hour, PruneWorld } from "../support/prune-world.ts";

let base: PruneWorld;
let plan: PrunePlan;

/** One backup already marked and due, two more to remove, one to keep; an index object to renew. */
before(async () => {
  base = await PruneWorld.create("faults");
  const same = someContent(20_000, "same");
  await crashBackup(base.repository);
  for (const number of [1, 2, 3, 4])
    await base.backup(number, { same, own: someContent(10_000, `own ${number}`) });
  await base.prune([2]);
  base.clock.advance(day + hour);
  plan = await base.plan([1, 3], { graceMilliseconds: 0 });
  assert.ok(plan.delete.length > 0 && plan.mark.length > 0 && plan.staleIndexes.length > 0);
  base.contents.delete(1);
  base.contents.delete(3);
});

/** Leaves a pack that the next index object names and no backup needs. */
async function crashBackup(repository: TestRepository): Promise<void> {
  const lost = aStreamRole("lost", () => [someContent(5000, "lost")]);
  const failpoint = (step: string): void => {
    if (step === "backup.packs-stored") throw new Error("A crash");
  };
  await assert.rejects(repository.backup(99, [lost], { fence: 0, failpoint }), /A crash/);
}

const everyFault: readonly Fault[] = [
  "io-error",
  "full",
  "timeout-after-success",
  "short-read",
  "wrong-bytes",
  "not-found",
  "crash-before",
  "crash-after",
  "torn-write",
];

async function pruneWithFault(
  fault: Fault,
  failAt: number,
): Promise<{ world: PruneWorld; error: unknown; operations: number }> {
  let faulty: FaultyStore | undefined;
  const operations = fault === "torn-write" ? { operations: ["put"] as const } : {};
  const broken = base.copy(`${fault} ${failAt}`, (store) => {
    faulty = openFaultyStore(store, { failAt, fault, ...operations });
    return faulty;
  });
  const error: unknown = await broken.execute(plan).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { world: broken.unwrapped(), error, operations: faulty?.countOperations() ?? 0 };
}

/** What a fault may leave: nothing the remaining backup suffers from, and nothing the next prune cannot finish. */
async function checkAfter(world: PruneWorld, label: string, withRestore: boolean): Promise<void> {
  const verify = async (): Promise<void> => {
    const { findings } = await world.repository.verify({ depth: "structure" });
    const harmful = findings.filter(({ object }) => !object.startsWith("tombstones/"));
    assert.deepEqual(harmful, [], label);
  };
  await verify();
  if (withRestore) await world.checkRestores([4]);
  // A process that died holds its lease until it runs out, but for a newer job of the same installation.
  const left = [1, 3].filter((number) =>
    world.names("backups/").some((name) => name.endsWith(`${number}`)),
  );
  await world.prune(left, { graceMilliseconds: 0 });
  await verify();
  const { mark, delete: due, leftManifests } = await world.plan([], { graceMilliseconds: 0 });
  assert.deepEqual([mark, due, leftManifests], [[], [], []], label);
  assert.equal(world.names("backups/").length, 1, label);
  if (withRestore) await world.checkRestores([4]);
}

describe("every operation of a prune failing in turn", { timeout: 240_000 }, () => {
  it("costs no remaining backup anything", async () => {
    const { operations, error } = await pruneWithFault("io-error", 0);
    assert.equal(error, undefined);
    assert.ok(operations > 40, `${operations} operations`);
    let failed = 0;
    for (let failAt = 1; failAt <= operations; failAt += 1) {
      for (const fault of [
        "crash-after",
        everyFault[failAt % everyFault.length] ?? "full",
      ] as const) {
        const label = `${fault} at ${failAt}`;
        const run = await pruneWithFault(fault, failAt);
        if (run.error !== undefined) {
          failed += 1;
          assert.ok(isAppError(run.error), `${label}: not an error of ours`);
          assert.notEqual(run.error.code, "Internal", label);
        }
        await checkAfter(run.world, label, failAt % 20 === 0);
      }
    }
    assert.ok(failed > operations, `${failed} of ${operations * 2} runs failed`);
  });

  it("with torn writes the next prune goes on", async () => {
    for (let failAt = 1; failAt <= 5; failAt += 1) {
      const { world } = await pruneWithFault("torn-write", failAt);
      await checkAfter(world, `torn-write at ${failAt}`, true);
    }
  });
});
