import type { Clock } from "../base/clock.ts";
import { toIso } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";

const toleratedMilliseconds = 5 * 60 * 1000; // services refuse signatures that are older than 15 minutes

/** Compares the clock of a service, as its `Date` headers tell it, with ours. */
export class ClockWatch {
  readonly #clock: Clock;
  #skew: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Store clock minus ours, to about a second; undefined before any answer. */
  get skewMilliseconds(): number | undefined {
    return this.#skew;
  }

  /** Call before a request, and give what it returns to `note`. */
  start(): number {
    return this.#clock.now();
  }

  /** Takes the time of an answer to a request that was started then. */
  note(started: number, date: number | undefined): void {
    if (date === undefined || !Number.isFinite(date)) return;
    const middle = (started + this.#clock.now()) / 2;
    // The header has whole seconds: on average half of one was cut off.
    const skew = Math.round(date + 500 - middle);
    this.#skew = Math.abs(skew) < 1000 ? 0 : skew;
  }

  /** Throws `ClockMismatch` when a refused signature is explained by the clocks. */
  check(date: number | undefined, target: string): void {
    const now = this.#clock.now();
    if (date === undefined || Math.abs(date - now) < toleratedMilliseconds) return;
    throw clockMismatch(target, date, now);
  }
}

/** The error of two clocks too far apart for signed requests. */
export function clockMismatch(
  target: string,
  storeTime: number | undefined,
  now: number,
): AppError {
  const shown = storeTime === undefined ? "another time" : toIso(storeTime);
  return new AppError(
    "ClockMismatch",
    `Cannot sign in to "${target}": the store's clock shows ${shown}, ours ${toIso(now)}; set both by time servers`,
    { target },
  );
}
