import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { inspect } from "node:util";
import { isAppError } from "../../src/base/errors.ts";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import type { Opener, Recipient } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { prepareRepository } from "../../src/engine/repository.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import { openRepository, someDeployment, somePassword } from "../support/a-repository.ts";
import { faults, openFaultyStore, type Fault } from "../support/faulty-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld } from "../support/prune-world.ts";

const isEvery = process.env["HOLDFAST_EVERY"] === "1";
const limits = { timeout: isEvery ? 3_600_000 : 120_000 };
const otherPassword: Recipient & Opener = {
  kind: "pre-shared-key",
  keyBase64: Buffer.from("another pre-shared key of 33 bytes").toString("base64"),
};
let base: PruneWorld;

before(async () => {
  base = await PruneWorld.create("life faults");
  const same = someContent(20_000, "same");
  for (const number of [1, 2])
    await base.backup(number, { same, own: someContent(9_000, `own ${number}`) });
});

/** Those a store may show that keeps its word; torn objects are for verify to find. */
const kinds = faults.filter((fault) => fault !== "torn-write");

/** Each operation fails in turn, in every way with HOLDFAST_EVERY=1, else in one way after the other. */
function* everyFault(operations: number): Generator<readonly [number, Fault]> {
  assert.ok(operations > 3, `${operations} operations`);
  for (let failAt = 1; failAt <= operations; failAt += 1)
    for (const [index, fault] of kinds.entries())
      if (isEvery || (failAt + index) % kinds.length === 0) yield [failAt, fault];
}

function checkNamed(error: unknown, label: string): void {
  if (error === undefined) return;
  assert.ok(isAppError(error) && error.code !== "Internal", `${label}: ${inspect(error)}`);
}

describe("every operation of a copy failing in turn", limits, () => {
  const copy = (from: ObjectStore, to: ObjectStore, later = 0): Promise<unknown> =>
    copyRepository({
      ...base.repository.host,
      clock: { ...base.clock, now: () => base.clock.now() + later },
      from,
      to,
      owner: { installationId: "an installation", jobFence: later },
      signal: new AbortController().signal,
    });

  for (const side of ["source", "target"] as const) {
    it(`of the ${side}: named, and the next copy is whole`, async () => {
      const count = openFaultyStore(side === "source" ? base.store : openMemoryStore(), none);
      await (side === "source" ? copy(count, openMemoryStore()) : copy(base.store, count));
      for (const [failAt, fault] of everyFault(count.countOperations())) {
        const label = `${fault} at ${failAt}`;
        const objects: MemoryObjects = new Map();
        const target = openMemoryStore(objects, base.clock);
        const plan = { failAt, fault };
        const failing =
          side === "source"
            ? copy(openFaultyStore(base.store, plan), target)
            : copy(base.store, openFaultyStore(target, plan));
        checkNamed(await failing.then(() => undefined, toError), label);
        await copy(base.store, target, 1000);
        const copied = openRepository(target, base.keys, somePassword, base.repository.host);
        const { findings, backups } = await copied.verify();
        assert.deepEqual(findings, [], label);
        assert.equal(backups, 2, label);
        for (const [name, { bytes }] of base.objects)
          if (!name.startsWith("locks/"))
            assert.ok(Buffer.from(objects.get(name)?.bytes ?? []).equals(bytes), name);
      }
    });
  }
});

describe("every operation of a change of keys failing in turn", limits, () => {
  it("leaves the old keys in force, and the next change works", async () => {
    const host = base.repository.host;
    const change = (store: ObjectStore) =>
      prepareRepository(store, base.keys, [otherPassword], someDeployment, host);
    const count = openFaultyStore(base.copy("count").store, none);
    await change(count);
    let restored = 0;
    for (const [failAt, fault] of everyFault(count.countOperations())) {
      const label = `${fault} at ${failAt}`;
      const world = base.copy(label);
      const failing = change(openFaultyStore(world.store, { failAt, fault }));
      checkNamed(await failing.then(() => undefined, toError), label);
      await world.backup(3, { old: someContent(5_000, "old") });
      const keys = await prepareRepository(
        ...([world.store, world.keys, [otherPassword], someDeployment] as const),
        world.repository.host,
      );
      const changed = openRepository(world.store, keys, otherPassword, world.repository.host);
      assert.deepEqual((await changed.verify()).findings, [], label);
      assert.equal(keys.epochs.length, 2, label);
      await world.checkRestores([3]);
      restored += 1;
    }
    assert.ok(restored > 3);
  });
});

const none = { failAt: 0, fault: "io-error" } as const;

function toError(error: unknown): unknown {
  return error;
}
