import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger, type Logger } from "../../src/base/log.ts";
import { backupIdOf } from "../support/a-repository.ts";
import { day, makeThreeBackups, same, type PruneWorld } from "../support/prune-world.ts";

const limits = { timeout: 120_000 };
let base: PruneWorld;

before(async () => {
  base = await makeThreeBackups();
});

describe("a store that locks its objects for a time", limits, () => {
  it("A92: keeps what is locked, is told so, and loses it to a later prune", async () => {
    let isLocked = true;
    const world = base.copy("object lock", (store) => ({
      ...store,
      remove: async (name) => {
        if (isLocked && /^(?:data|index|refs|keys|backups)\//.test(name))
          throw new AppError("StoreReadOnly", `Cannot remove "${name}": an object lock`);
        await store.remove(name);
      },
    }));
    const { warnings, logger } = hearWarnings();
    const hasty = { graceMilliseconds: 0 };
    const before = world.names("data/").length;
    const first = await world.execute(await world.plan([2], hasty), { logger });
    world.contents.delete(2);
    assert.ok(first.postponed > 0);
    assert.equal(first.deleted, 0);
    assert.equal(first.bytesFreed, 0);
    assert.match(warnings.join(), /object lock/);
    assert.equal(world.names("data/").length, before);
    await world.checkSound();
    // Nothing that was to go is relied on meanwhile.
    await world.backup(7, { own: base.contents.get(2)?.["own"] ?? same });
    await world.checkRestores();
    world.clock.advance(8 * day);
    const second = await world.execute(await world.plan([], hasty), { logger });
    assert.ok(second.postponed > 0);
    isLocked = false;
    const third = await world.execute(await world.plan([], hasty), { logger });
    assert.equal(third.postponed, 0);
    assert.ok(third.bytesFreed > 0);
    assert.ok(!world.objects.has(`backups/${backupIdOf(2)}`));
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });
});

describe("A92: a store that keeps what is fresh, by a default retention", limits, () => {
  it("is pruned of what is old enough, with a warning before", async () => {
    const world = base.copy("default retention", (store) => ({
      ...store,
      probe: async () => ({ ...(await store.probe()), canRemove: false }),
      remove: async (name) => {
        for await (const { modifiedAt } of store.list(name))
          if (world.clock.now() - modifiedAt < 20 * day)
            throw new AppError("StoreReadOnly", `Cannot remove "${name}": an object lock`);
        await store.remove(name);
      },
    }));
    const { warnings, logger } = hearWarnings();
    const hasty = { graceMilliseconds: 0 };
    const early = await world.execute(await world.plan([2], hasty), { logger });
    world.contents.delete(2);
    assert.match(warnings[0] ?? "", /does not let go of an object it has just taken/);
    assert.ok(early.postponed > 0);
    assert.equal(early.deleted, 0);
    world.clock.advance(30 * day);
    const later = await world.execute(await world.plan([], hasty), { logger });
    assert.ok(later.deleted > 0 && later.bytesFreed > 0);
    assert.ok(!world.objects.has(`backups/${backupIdOf(2)}`));
    await world.checkSound("ciphertext");
    await world.checkRestores();
  });
});

function hearWarnings(): { readonly warnings: string[]; readonly logger: Logger } {
  const warnings: string[] = [];
  return { warnings, logger: { ...silentLogger, warn: (message) => void warnings.push(message) } };
}
