import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const patienceMilliseconds = 40_000;
const pauseMilliseconds = 40;

/** Asks again and again until it is so; for what happens in other processes. */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `It never came to this: ${what}`);
    await sleep(pauseMilliseconds);
  }
}
