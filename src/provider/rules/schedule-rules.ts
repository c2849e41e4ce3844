import { AppError } from "../../base/errors.ts";
import { checkCron } from "../../jobs/cron.ts";
import { openTimeZone } from "../../jobs/time-zone.ts";
import { checkWindows } from "../../jobs/week-windows.ts";
import { isDeepStrictEqual } from "node:util";
import { pick, retarget } from "./change-parts.ts";
import type { LocationChange, PlanChange } from "./location-change.ts";
import { judgedWindows, plainPlan } from "../records/location-schedule.ts";
import type { LocationSettings, SchedulePlan } from "../model.ts";

/**
 * The plan of a changed schedule, as a part of the settings; nothing where it is the plain one. A frequency that
 * is set takes the place of a cron expression, but old clients send back the one they were shown: that changes
 * nothing. Throws `InvalidSchedule`, `ScheduleNeverFires`, `UnknownTimeZone` or `OverlappingWindows`.
 */
export function changePlan(
  base: LocationSettings,
  change: LocationChange,
  now: number,
): Pick<LocationSettings, "plan"> {
  const known = base.plan ?? plainPlan;
  const target = change.names.schedule;
  checkOneRule(change);
  const { timeZone, windows, blackouts, pausedUntil } = change.plan ?? {};
  const plan: SchedulePlan = {
    cron: changeCron(base, change),
    timeZone: pick(timeZone, known.timeZone, plainPlan.timeZone),
    windows: pick(windows, known.windows, plainPlan.windows),
    blackouts: pick(blackouts, known.blackouts, plainPlan.blackouts),
    pausedUntil: pick(pausedUntil, known.pausedUntil, null),
  };
  if (isDeepStrictEqual(plan, plainPlan)) return {};
  if (isDeepStrictEqual(plan, known)) return { plan };
  retarget(`${target}.timeZone`, () => openTimeZone(plan.timeZone));
  if (plan.cron !== null) checkCron(plan.cron, plan.timeZone, now, `${target}.cron`);
  checkWindows(judgedWindows(plan.windows), `${target}.windows`);
  if (blackouts) checkBlackouts(blackouts, now, `${target}.blackouts`);
  if (pausedUntil) checkHorizon(Date.parse(pausedUntil), now, `${target}.pausedUntil`);
  return { plan };
}

function checkOneRule({ frequencyHours, plan, names }: LocationChange): void {
  if (typeof frequencyHours !== "number" || typeof plan?.cron !== "string") return;
  throw new AppError(
    "InvalidSchedule",
    "A schedule has a frequency or a cron expression: leave one of them out",
    { target: names.frequency },
  );
}

function changeCron(
  base: LocationSettings,
  { frequencyHours, plan }: LocationChange,
): string | null {
  const known = base.plan?.cron ?? null;
  const isFrequencySet =
    typeof frequencyHours === "number" &&
    (plan !== undefined || frequencyHours !== base.frequencyHours);
  if (isFrequencySet) return null;
  return pick(plan?.cron, known, null);
}

function checkBlackouts(
  blackouts: NonNullable<PlanChange["blackouts"]>,
  now: number,
  target: string,
): void {
  const spans = blackouts.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  for (const [number, { from, to }] of spans.entries()) {
    const at = `${target}[${number}]`;
    if (from >= to) {
      const message = "A blackout must begin before it is over: exchange its ends";
      throw new AppError("InvalidSchedule", message, { target: at });
    }
    checkHorizon(to, now, at);
    const other = spans.findIndex((one, index) => index < number && one.from < to && from < one.to);
    if (other === -1) continue;
    const message = `Blackouts ${other} and ${number} overlap: make one of them`;
    throw new AppError("OverlappingWindows", message, { target: at });
  }
}

/** Who plans further ahead wants no backups: that is `isEnabled`, which can be seen. */
const horizonMilliseconds = 5 * 366 * 86_400_000;

function checkHorizon(time: number, now: number, target: string): void {
  if (time <= now + horizonMilliseconds) return;
  throw new AppError(
    "InvalidSchedule",
    "The time lies more than five years ahead: give an earlier one, or switch the schedule off",
    { target },
  );
}
