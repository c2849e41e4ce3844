import { AppError } from "../../base/errors.ts";
import { toIso } from "../../base/clock.ts";

/** Clocks that differ by more than this are not trusted with deletion. */
export const clockToleranceMilliseconds: number = 5 * 60_000;

/** Throws `ClockMismatch` when something is dated after our present: ages would be wrong. */
export function requireNotBehind(now: number, newest: number, what: string): void {
  if (newest - now <= clockToleranceMilliseconds) return;
  throw new AppError(
    "ClockMismatch",
    `Cannot prune: this machine's clock says ${toIso(now)}, but ${what} is dated ${toIso(newest)}: set the clocks right first`,
  );
}

/** Throws `ClockMismatch` when the store's clock is not ours. */
export function requireSameClock(now: number, storeNow: number): void {
  if (Math.abs(storeNow - now) <= clockToleranceMilliseconds) return;
  throw new AppError(
    "ClockMismatch",
    `Cannot prune: this machine's clock says ${toIso(now)}, the store's ${toIso(storeNow)}: set the clocks right first`,
  );
}
