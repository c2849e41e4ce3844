import type { TimerClock } from "../../src/base/clock.ts";

/** A clock that only moves when told. */
export interface FakeClock extends TimerClock {
  /** Moves on, waking each sleeper at its own time and letting it work before the next. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the clock, as somebody does who corrects it: no time passes, and nobody wakes. */
  shift(milliseconds: number): void;
  /** When each sleeper wakes, soonest first. */
  readonly wakeTimes: readonly number[];
}

interface Sleeper {
  wakeAt: number;
  readonly wake: () => void;
}

export function createFakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let time = start;
  const sleepers = new Set<Sleeper>();
  const listByTime = (): Sleeper[] => [...sleepers].sort((a, b) => a.wakeAt - b.wakeAt);
  return {
    now: () => time,
    get wakeTimes() {
      return listByTime().map((sleeper) => sleeper.wakeAt);
    },
    after: (milliseconds, act) => {
      const sleeper: Sleeper = {
        wakeAt: time + milliseconds,
        wake: () => {
          sleepers.delete(sleeper);
          act();
        },
      };
      sleepers.add(sleeper);
      return () => sleepers.delete(sleeper);
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const sleeper: Sleeper = {
          wakeAt: time + milliseconds,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        sleepers.add(sleeper);
      }),
    shift: (milliseconds) => {
      time += milliseconds;
      for (const sleeper of sleepers) sleeper.wakeAt += milliseconds;
    },
    advance: async (milliseconds) => {
      const end = time + milliseconds;
      await settle();
      for (;;) {
        const next = listByTime()[0];
        if (next === undefined || next.wakeAt > end) break;
        time = Math.max(time, next.wakeAt);
        next.wake();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}

/** Lets everything that is ready run: promises, and what they schedule for the next turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
