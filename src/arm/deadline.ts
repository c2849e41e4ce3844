import type { TimerClock } from "../base/clock.ts";
import type { Soon } from "../base/soon.ts";
import type { Abandonment } from "./abandonment.ts";
import { serviceUnavailable } from "./errors.ts";

/**
 * Runs work that must answer in time; after that the work is abandoned and 503 is thrown in its place. Whoever
 * holds the abandonment abandons it when nobody waits any more; what the work then says is the answer.
 */
export type DeadlineRunner = <T>(
  abandonment: Abandonment,
  work: (abandonment: Abandonment) => Soon<T>,
) => Soon<T>;

// ARM gives up after 20 seconds: so long for the work, and for the record of how it ended.
const workSeconds = 18;
const recordSeconds = 2;

/** Work that begins within this time has one timer: it is nearly always over at once, and timers cost. */
const togetherMilliseconds = 100;

/** Work of the given number of seconds at most, or a tenth of a second less. */
export function createDeadline(clock: TimerClock, seconds: number = workSeconds): DeadlineRunner {
  let startedAt = Number.NEGATIVE_INFINITY;
  let together = new Set<() => void>();
  const startTimer = (now: number): void => {
    const waiting = new Set<() => void>();
    startedAt = now;
    together = waiting;
    clock.after(seconds * 1000, () => {
      for (const act of waiting) act();
    });
  };
  return (abandonment, work) => {
    const begun = work(abandonment);
    if (!(begun instanceof Promise)) return begun;
    const now = clock.now();
    if (now < startedAt || now - startedAt >= togetherMilliseconds) startTimer(now);
    const waiting = together;
    return new Promise((resolve, reject) => {
      const onLate = (): void => {
        const refusal = serviceUnavailable(new Error("The handler took too long"));
        abandonment.abandon(refusal);
        reject(refusal);
      };
      waiting.add(onLate);
      begun.then(
        (value) => {
          waiting.delete(onLate);
          resolve(value);
        },
        (error: unknown) => {
          waiting.delete(onLate);
          reject(error as Error);
        },
      );
    });
  };
}

/** Waits two seconds at most for a record that is being kept, and may hold nobody up; it goes on after that. */
export function waitForRecord(clock: TimerClock, work: Promise<void> | undefined): Soon<void> {
  if (work === undefined) return undefined;
  return new Promise((resolve, reject) => {
    const forget = clock.after(recordSeconds * 1000, resolve);
    work.finally(forget).then(resolve, reject);
  });
}
