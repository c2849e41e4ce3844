import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { inspect } from "node:util";

import { isAppError } from "../../src/base/errors.ts";
import { openLaggingStore } from "../support/lagging-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld, day } from "../support/prune-world.ts";

let base: PruneWorld;
const contentOf = (number: number): Readonly<Record<string, Uint8Array>> => ({
  same: someContent(20_000, "same"),
  own: someContent(9_000, `own ${number}`),
});

before(async () => {
  base = await PruneWorld.create("lagging list");
  for (const number of [1, 2]) await base.backup(number, contentOf(number));
});

/** True when it worked; a refusal must have a name. */
async function works(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    assert.ok(isAppError(error) && error.code !== "Internal", inspect(error));
    return false;
  }
}

describe("a store whose listings lag behind", { timeout: 120_000 }, () => {
  for (const lag of [1, 3, 8, 21, 55]) {
    it(`by ${lag} operations loses nothing and prunes nothing that is needed`, async () => {
      const world = base.copy(`lag ${lag}`);
      const lagging = world.seenThrough(openLaggingStore(world.store, lag));
      const made = new Set([1, 2]);
      const removed = new Set<number>();
      for (const number of [3, 4]) {
        if (await works(() => lagging.backup(number, contentOf(number)))) made.add(number);
        world.clock.advance(day);
        const victim = number - 2;
        if (made.has(victim) && (await works(() => lagging.prune([victim])))) removed.add(victim);
        world.clock.advance(8 * day);
        await works(() => lagging.prune([]));
      }
      // Seen truly: what was called done and not removed is whole.
      const seen = world.unwrapped();
      const { findings } = await seen.repository.verify({ depth: "ciphertext" });
      assert.deepEqual(findings, []);
      await seen.checkRestores([...made].filter((number) => !removed.has(number)));
      // And it can be gone on with as if nothing had happened.
      world.clock.advance(day);
      await seen.backup(9, contentOf(9));
      await seen.checkRestores([9]);
    });
  }

  it("lets backups and prunes succeed where it lags by little", async () => {
    const world = base.copy("little lag");
    const lagging = world.seenThrough(openLaggingStore(world.store, 1));
    await lagging.backup(3, contentOf(3));
    await lagging.prune([1]);
    await world.unwrapped().checkRestores([2, 3]);
  });
});
