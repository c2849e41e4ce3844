import { AppError } from "../base/errors.ts";
import { nextCronTime } from "./cron.ts";
import { openTimeZone } from "./time-zone.ts";
import { isInWindows, nextOpening, type WeekWindow } from "./week-windows.ts";

/** When recurring work is due. Instants are milliseconds since 1970. */
export interface Schedule {
  readonly isEnabled: boolean;
  readonly rule: ScheduleRule;
  /** The clocks that cron expressions and windows go by. */
  readonly timeZone: string;
  /** Work begins in one of these only, and waits for it; none is always. */
  readonly windows: readonly WeekWindow[];
  /** Work does not begin in any of these, and waits for its end. */
  readonly blackouts: readonly Blackout[];
  /** Ticks before this pass. */
  readonly pausedUntil: number | undefined;
}

export type ScheduleRule =
  | { readonly kind: "every"; readonly hours: number }
  | { readonly kind: "cron"; readonly expression: string };

export interface Blackout {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Where a schedule stands: the next tick nobody has dealt with, and when that was decided. */
export interface ScheduleState {
  readonly tick: number;
  readonly decidedAt: number | undefined;
}

export type ScheduleStep =
  | { readonly kind: "wait" }
  /** The clock was set back: the tick is now this one. */
  | { readonly kind: "move"; readonly tick: number }
  /** One run, however many ticks have passed. */
  | { readonly kind: "due"; readonly due: DueTick };

export interface DueTick {
  readonly tick: number;
  /** The first one still to come. */
  readonly nextTick: number;
  /** Ticks that passed after this one and get no run. */
  readonly missed: number;
}

/** What is to be done now. */
export function decideStep(
  schedule: Schedule,
  { tick, decidedAt }: ScheduleState,
  now: number,
): ScheduleStep {
  if (decidedAt !== undefined && now < decidedAt - slackMilliseconds) {
    return { kind: "move", tick: Math.min(tick, firstTick(schedule, tick, now)) };
  }
  if (!isPending(schedule, tick, now) || !isAllowed(schedule, now)) return { kind: "wait" };
  const due = tickAfterPause(schedule, tick);
  const nextTick = firstTick(schedule, due, now);
  return { kind: "due", due: { tick: due, nextTick, missed: countTicks(schedule, due, now) } };
}

/** Whether a tick has come that nobody has dealt with. */
export function isPending(schedule: Schedule, tick: number, now: number): boolean {
  return schedule.isEnabled && tickAfterPause(schedule, tick) <= now;
}

/** When the next run is to begin, as far as anybody can know now; a schedule that is off shows its next tick. */
export function nextRunTime(schedule: Schedule, tick: number, now: number): number {
  const from = Math.max(now, (schedule.pausedUntil ?? 0) - 1);
  const coming = tick > from ? tick : firstTick(schedule, tick, from);
  if (!schedule.isEnabled) return coming;
  const isWaiting = isPending(schedule, tick, now) && !isAllowed(schedule, now);
  return nextAllowed(schedule, isWaiting ? now : coming);
}

/** A run to come: the tick, and when it begins, which is later where windows or blackouts are in the way. */
export interface PlannedRun {
  readonly tick: number;
  readonly time: number;
}

/** The next runs of an enabled schedule; ticks that wait for the same moment make one run. */
export function planRuns(
  schedule: Schedule,
  tick: number,
  now: number,
  count: number,
): readonly PlannedRun[] {
  const enabled = { ...schedule, isEnabled: true };
  const runs: PlannedRun[] = [];
  let next = tickAfterPause(enabled, tick);
  let clock = now;
  while (runs.length < count) {
    const time = nextAllowed(enabled, Math.max(next, clock));
    runs.push({ tick: next, time });
    clock = time;
    next = firstTick(enabled, next, time);
  }
  return runs;
}

/** The first tick after the instant; ticks of a fixed frequency keep the rhythm of the given one, before it too. */
export function firstTick(
  { rule, timeZone }: Pick<Schedule, "rule" | "timeZone">,
  anchor: number,
  after: number,
): number {
  if (rule.kind === "cron") {
    const next = nextCronTime(rule.expression, timeZone, after);
    if (next === undefined) throw new TypeError("A cron expression that never fires");
    return next;
  }
  if (!(rule.hours > 0)) {
    throw new AppError(
      "InvalidArgument",
      `Cannot schedule every "${rule.hours}" hours: give a number above zero`,
    );
  }
  const period = rule.hours * hourMilliseconds;
  return anchor + (Math.floor((after - anchor) / period) + 1) * period;
}

/** Clocks are corrected by little all the time; only more than this is a jump back. */
const slackMilliseconds = 5 * 60_000;
const hourMilliseconds = 3_600_000;

function tickAfterPause(schedule: Schedule, tick: number): number {
  const { pausedUntil } = schedule;
  if (pausedUntil === undefined || tick >= pausedUntil) return tick;
  return firstTick(schedule, tick, pausedUntil - 1);
}

function isAllowed({ windows, blackouts, timeZone }: Schedule, instant: number): boolean {
  if (blackouts.some(({ from, to }) => from <= instant && instant < to)) return false;
  return windows.length === 0 || isInWindows(windows, openTimeZone(timeZone), instant);
}

function nextAllowed({ windows, blackouts, timeZone }: Schedule, instant: number): number {
  let at = instant;
  for (;;) {
    const blackout = blackouts.find(({ from, to }) => from <= at && at < to);
    const later =
      blackout?.to ??
      (windows.length === 0 ? at : nextOpening(windows, openTimeZone(timeZone), at));
    if (later === at) return at;
    at = later;
  }
}

/** Counting ends here: the number is for people. */
const maximumCount = 1000;

function countTicks(schedule: Schedule, after: number, until: number): number {
  const { rule } = schedule;
  if (rule.kind === "every") return Math.floor((until - after) / (rule.hours * hourMilliseconds));
  let count = 0;
  let tick = firstTick(schedule, after, after);
  while (tick <= until && count < maximumCount) {
    count += 1;
    tick = firstTick(schedule, tick, tick);
  }
  return count;
}
