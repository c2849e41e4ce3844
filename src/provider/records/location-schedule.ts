import { toIso } from "../../base/clock.ts";
import { decideStep, firstTick, isPending, nextRunTime } from "../../jobs/schedule.ts";
import type { Schedule, ScheduleStep } from "../../jobs/schedule.ts";
import type { WeekWindow } from "../../jobs/week-windows.ts";
import type { BackupLocation, LocationSettings, LocationView, SchedulePlan } from "../model.ts";

/** A location's settings as a schedule. */
export function scheduleOf(settings: LocationSettings): Schedule {
  const { cron, timeZone, windows, blackouts, pausedUntil } = settings.plan ?? plainPlan;
  return {
    isEnabled: settings.schedulerEnabled === true,
    rule:
      cron === null
        ? { kind: "every", hours: settings.frequencyHours }
        : { kind: "cron", expression: cron },
    timeZone,
    windows: judgedWindows(windows),
    blackouts: blackouts.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
    pausedUntil: pausedUntil === null ? undefined : Date.parse(pausedUntil),
  };
}

/** Windows as they are judged: midnight at the end of one is that of its day, however it was written. */
export function judgedWindows(windows: SchedulePlan["windows"]): readonly WeekWindow[] {
  return windows.map((window) => (window.end === 0 ? { ...window, end: dayMinutes } : window));
}

const dayMinutes = 1440;

/** The plan of a location that has none. */
export const plainPlan: SchedulePlan = {
  cron: null,
  timeZone: "UTC",
  windows: [],
  blackouts: [],
  pausedUntil: null,
};

/** What the schedule of a location asks for now; undefined without one. */
export function stepOf(location: BackupLocation, now: number): ScheduleStep | undefined {
  const { nextTick, tickDecidedAt, settings } = location;
  if (nextTick === null) return undefined;
  const decidedAt = tickDecidedAt === undefined ? undefined : Date.parse(tickDecidedAt);
  return decideStep(scheduleOf(settings), { tick: Date.parse(nextTick), decidedAt }, now);
}

/** When the next scheduled backup is to begin; null without a store. */
export function nextBackupTimeOf(
  { nextTick, settings }: Pick<LocationView, "nextTick" | "settings">,
  now: number,
): string | null {
  if (nextTick === null) return null;
  return toIso(nextRunTime(scheduleOf(settings), Date.parse(nextTick), now));
}

/** Until when a view shows the same, if nobody writes to it: its next backup is all that time alone changes. */
export function standsUntil(
  view: Pick<LocationView, "nextTick" | "settings">,
  now: number,
): number {
  const next = nextBackupTimeOf(view, now);
  return next === null ? Number.POSITIVE_INFINITY : Date.parse(next);
}

/** Hours from one scheduled backup to the next, in the mean of those to come. */
export function meanHoursBetween(settings: LocationSettings, now: number): number {
  const schedule = scheduleOf(settings);
  if (schedule.rule.kind === "every") return schedule.rule.hours;
  const ticks = 8;
  const first = firstTick(schedule, now, now);
  let last = first;
  for (let count = 0; count < ticks; count += 1) last = firstTick(schedule, last, last);
  return (last - first) / ticks / 3_600_000;
}

/** The part of a location that a decision about its tick changes. */
export type TickChange = Pick<BackupLocation, "nextTick" | "tickDecidedAt">;

/**
 * The schedule starts with the first store and ends with a clear. A change leaves the tick to come where it
 * is, and only those after it follow a new frequency; another cron expression begins anew. A run that is due
 * stays due, but what passed while the schedule was off or paused is not made up for.
 */
export function tickAfterChange(
  before: BackupLocation,
  after: LocationSettings,
  now: number,
): TickChange {
  const tickDecidedAt = toIso(now);
  if (after.store.kind === "none") return { nextTick: null, tickDecidedAt };
  const changed = scheduleOf(after);
  if (before.nextTick === null) {
    return { nextTick: toIso(firstTick(changed, now, now)), tickDecidedAt };
  }
  const step = stepOf(before, now);
  const known = step?.kind === "move" ? step.tick : Date.parse(before.nextTick);
  const present = scheduleOf(before.settings);
  if (changed.isEnabled && isPending(present, known, now)) {
    return { nextTick: toIso(known), tickDecidedAt };
  }
  const isSameCron =
    changed.rule.kind === "every" ||
    (present.rule.kind === "cron" &&
      present.rule.expression === changed.rule.expression &&
      present.timeZone === changed.timeZone);
  const coming = known > now ? known : firstTick(present, known, now);
  const tick = isSameCron ? coming : firstTick(changed, now, now);
  return { nextTick: toIso(tick), tickDecidedAt };
}
