import type { TimerClock } from "../base/clock.ts";
import { serviceUnavailable } from "./errors.ts";

/**
 * Runs work that must answer in time; after that the controller aborts and 503 is thrown in its place. Whoever
 * holds the controller aborts it when nobody waits any more; what the work then says is the answer.
 */
export function runWithDeadline<T>(
  clock: TimerClock,
  seconds: number,
  controller: AbortController,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(seconds * 1000, () => {
      const refusal = serviceUnavailable(new Error("The handler took too long"));
      controller.abort(refusal);
      reject(refusal);
    });
    work(controller.signal).finally(cancel).then(resolve, reject);
  });
}
