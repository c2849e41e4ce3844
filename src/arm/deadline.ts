import type { Clock } from "../base/clock.ts";
import { serviceUnavailable } from "./errors.ts";

/**
 * Runs work that must answer in time; after that its signal aborts and 503 is thrown in its place. When
 * nobody waits any more (`abandoned`) the signal aborts too, and what the work then says is the answer.
 */
export async function runWithDeadline<T>(
  clock: Clock,
  seconds: number,
  abandoned: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(seconds * 1000, done.signal).then(
    () => {
      const refusal = serviceUnavailable(new Error("The handler took too long"));
      late.abort(refusal);
      throw refusal;
    },
    // The work was quicker; this promise is no longer raced.
    () => undefined as never,
  );
  try {
    return await Promise.race([work(AbortSignal.any([late.signal, abandoned])), timer]);
  } finally {
    done.abort();
  }
}
