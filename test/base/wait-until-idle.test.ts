import assert from "node:assert/strict";
import { it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { waitUntilIdle } from "../../src/base/wait-until-idle.ts";

it("waits until there is nothing to do, and not for ever", async () => {
  let [isOver, rounds] = [false, 0];
  const started = performance.now();
  const waiting = waitUntilIdle().then(() => (isOver = true));
  // Never idle: it goes on after its tenth of a second.
  for (; !isOver; await setImmediate()) rounds += 1;
  await waiting;
  assert.ok(rounds > 10 && performance.now() - started >= 99, `after ${rounds} rounds`);
  const before = performance.nodeTiming.idleTime;
  await waitUntilIdle();
  assert.ok(performance.nodeTiming.idleTime > before);
});
