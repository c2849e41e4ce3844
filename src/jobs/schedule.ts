import { AppError } from "../base/errors.ts";

const hourMilliseconds = 3_600_000;

/**
 * The first tick after `now`, in milliseconds since 1970, of a schedule that ticked at `anchor`. Runs on
 * demand and updates pass the old tick as the anchor and so do not move it; ticks missed are skipped.
 */
export function nextDueTime(frequencyHours: number, anchor: number, now: number): number {
  if (!(frequencyHours > 0)) {
    throw new AppError(
      "InvalidArgument",
      `Cannot schedule every "${frequencyHours}" hours: give a number above zero`,
    );
  }
  if (anchor > now) return anchor;
  const period = frequencyHours * hourMilliseconds;
  return anchor + (Math.floor((now - anchor) / period) + 1) * period;
}
