import type { Clock } from "../base/clock.ts";
import { serviceUnavailable } from "./errors.ts";

// Made once: a reason of its own would cost each request a stack trace.
const isDone = new Error("The work was quicker");

/**
 * Runs work that must answer in time; after that the controller aborts and 503 is thrown in its place. Whoever
 * holds the controller aborts it when nobody waits any more; what the work then says is the answer.
 */
export async function runWithDeadline<T>(
  clock: Clock,
  seconds: number,
  controller: AbortController,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const timer = clock.sleep(seconds * 1000, done.signal).then(
    () => {
      const refusal = serviceUnavailable(new Error("The handler took too long"));
      controller.abort(refusal);
      throw refusal;
    },
    // The work was quicker; this promise is no longer raced.
    () => undefined as never,
  );
  try {
    return await Promise.race([work(controller.signal), timer]);
  } finally {
    done.abort(isDone);
  }
}
