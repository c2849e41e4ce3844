import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { atOnce, inTurns, type Steps } from "../../src/base/in-turns.ts";

it("does the same at once and in turns, and others have theirs after each step", async () => {
  const seen: string[] = [];
  function* count(): Steps<number> {
    for (let step = 1; step < 4; step += 1) {
      seen.push(`step ${step}`);
      yield;
    }
    return 4;
  }
  assert.equal(atOnce(count()), 4);
  assert.deepEqual(seen.splice(0), ["step 1", "step 2", "step 3"]);
  const ended = inTurns(count());
  void (async () => {
    for (let turn = 1; turn < 4; turn += 1) {
      seen.push(`turn ${turn}`);
      await setImmediate();
    }
  })();
  assert.equal(await ended, 4);
  assert.deepEqual(seen, ["step 1", "turn 1", "step 2", "turn 2", "step 3", "turn 3"]);
});

it("fails as the step fails", async () => {
  function* fail(): Steps<void> {
    yield;
    throw new Error("the second step");
  }
  assert.throws(() => atOnce(fail()), /the second step/);
  await assert.rejects(inTurns(fail()), /the second step/);
});
