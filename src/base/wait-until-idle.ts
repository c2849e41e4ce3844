import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** Whoever is never idle gets on all the same. */
const mostMilliseconds = 100;

/**
 * Waits until this thread had nothing to do for once: all who wait for it have their answers then. For what comes before
 * something that keeps the thread for long, where nobody waits for that.
 */
export async function waitUntilIdle(): Promise<void> {
  const { idleTime } = performance.nodeTiming;
  const end = performance.now() + mostMilliseconds;
  do await setTimeout(1);
  while (performance.nodeTiming.idleTime === idleTime && performance.now() < end);
}
