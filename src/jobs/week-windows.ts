import { AppError } from "../base/errors.ts";
import type { TimeZone } from "./time-zone.ts";

/** A stretch of local time that comes back every week. */
export interface WeekWindow {
  /** Days it begins on: 0 is Monday, 6 Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight, 0 to 1439. */
  readonly start: number;
  /** Minutes after midnight, 1 to 1440; not after the start means on the next day. */
  readonly end: number;
}

/** Whether the instant lies in one of the windows; without any, every instant does. */
export function isInWindows(
  windows: readonly WeekWindow[],
  zone: TimeZone,
  instant: number,
): boolean {
  return windows.length === 0 || isOpenAt(windows, localMinute(instant + zone.offsetAt(instant)));
}

/** The first instant from this one on that lies in a window; they open at whole minutes. */
export function nextOpening(
  windows: readonly WeekWindow[],
  zone: TimeZone,
  instant: number,
): number {
  if (isInWindows(windows, zone, instant)) return instant;
  let minute = Math.floor(instant / minuteMilliseconds) * minuteMilliseconds + minuteMilliseconds;
  const end = instant + searchDays * dayMilliseconds;
  while (minute < end) {
    const next = minute + hourMilliseconds;
    const offset = zone.offsetAt(minute);
    // Within an hour the clocks of a zone change once at most; then each minute is asked for.
    const isEven = offset === zone.offsetAt(next);
    for (; minute < next; minute += minuteMilliseconds) {
      const local = minute + (isEven ? offset : zone.offsetAt(minute));
      if (isOpenAt(windows, localMinute(local))) return minute;
    }
  }
  throw new TypeError("A window that never opens");
}

/** Throws `OverlappingWindows` where a minute of the week is in two windows, and for a window of no length. */
export function checkWindows(windows: readonly WeekWindow[], target: string): void {
  const owners = new Map<number, number>();
  for (const [number, { days, start, end }] of windows.entries()) {
    if (start === end) {
      throw new AppError(
        "InvalidSchedule",
        "A window must not end when it begins: for a whole day give 00:00 to 24:00",
        { target: `${target}[${number}]` },
      );
    }
    for (const day of new Set(days)) {
      for (let minute = 0; minute < lengthOf(start, end); minute += 1) {
        const at = (day * dayMinutes + start + minute) % weekMinutes;
        const owner = owners.get(at);
        if (owner !== undefined) throw overlap(target, owner, number);
        owners.set(at, number);
      }
    }
  }
}

function overlap(target: string, owner: number, number: number): AppError {
  return new AppError(
    "OverlappingWindows",
    owner === number
      ? `Window ${number} overlaps itself on the next day: shorten it, or give fewer days`
      : `Windows ${owner} and ${number} overlap: make one of them`,
    { target: `${target}[${number}]` },
  );
}

function isOpenAt(windows: readonly WeekWindow[], minuteOfWeek: number): boolean {
  return windows.some(({ days, start, end }) =>
    days.some((day) => {
      const since = minuteOfWeek - day * dayMinutes - start;
      return (since + weekMinutes) % weekMinutes < lengthOf(start, end);
    }),
  );
}

function lengthOf(start: number, end: number): number {
  return end > start ? end - start : end - start + dayMinutes;
}

/** Minutes since Monday 00:00 of a local time; 1970-01-05 was a Monday. */
function localMinute(local: number): number {
  return Math.floor(local / minuteMilliseconds - 4 * dayMinutes) % weekMinutes;
}

const minuteMilliseconds = 60_000;
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;
/** A week, and room for a change of the clocks. */
const searchDays = 9;
