/** Where time comes from. The only reader of the wall clock is {@link systemClock}. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Resolves after the given milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A clock for what is nearly always over in time, as requests are: a sleep that is given up costs more. */
export interface TimerClock extends Clock {
  /** Calls back after the given milliseconds, and keeps no process alive for it; the function returned takes that back. */
  after(milliseconds: number, act: () => void): () => void;
}

export const systemClock: TimerClock = {
  now: () => Date.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** ISO 8601 in UTC with milliseconds, e.g. `2026-11-23T13:08:21.000Z`. */
export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
