import type { WeekWindow } from "../../jobs/week-windows.ts";
import { nextBackupTimeOf, plainPlan } from "../records/location-schedule.ts";
import type { LocationChange, PlanChange } from "../rules/location-change.ts";
import type { LocationView } from "../model.ts";
import { formatDateTime } from "../wire-format.ts";

/** The schedule of a location in 2026-12-01. */
export interface ScheduleBody {
  readonly isEnabled?: boolean | null;
  readonly frequencyInHours?: number | null;
  readonly cron?: string | null;
  readonly timeZone?: string | null;
  readonly windows?: readonly WindowBody[] | null;
  readonly blackouts?: readonly BlackoutBody[] | null;
  readonly pausedUntil?: string | null;
}

interface WindowBody {
  readonly days?: readonly string[] | null;
  readonly start: string;
  readonly end: string;
}

interface BlackoutBody {
  readonly from: string;
  readonly to: string;
  readonly reason?: string | null;
}

type ScheduleChange = Pick<LocationChange, "schedulerEnabled" | "frequencyHours" | "plan">;

/** What is left out goes back to its default. */
export function replaceSchedule(body: ScheduleBody | null | undefined): ScheduleChange {
  const plan = readPlan(body ?? {});
  return {
    schedulerEnabled: body?.isEnabled ?? false,
    frequencyHours: body?.frequencyInHours ?? null,
    plan: {
      cron: plan.cron ?? null,
      timeZone: plan.timeZone ?? null,
      windows: plan.windows ?? null,
      blackouts: plan.blackouts ?? null,
      pausedUntil: plan.pausedUntil ?? null,
    },
  };
}

/** Absent keeps, `null` goes back to the default. */
export function mergeSchedule(body: ScheduleBody | null | undefined): ScheduleChange {
  if (body === null) return replaceSchedule(body);
  return {
    schedulerEnabled: body?.isEnabled === null ? false : body?.isEnabled,
    frequencyHours: body?.frequencyInHours,
    plan: readPlan(body ?? {}),
  };
}

/** The schedule as it stands. */
export function renderSchedule(view: LocationView, now: number): object {
  const { settings, lastSkip } = view;
  const plan = settings.plan ?? plainPlan;
  const next = nextBackupTimeOf(view, now);
  return {
    isEnabled: settings.schedulerEnabled ?? false,
    frequencyInHours: plan.cron === null ? settings.frequencyHours : null,
    cron: plan.cron,
    timeZone: plan.timeZone,
    windows: plan.windows.map(renderWindow),
    blackouts: plan.blackouts,
    pausedUntil: plan.pausedUntil,
    nextBackupTime: next === null ? null : formatDateTime(next),
    lastSkip:
      lastSkip === undefined
        ? null
        : {
            tick: formatDateTime(lastSkip.tick),
            time: formatDateTime(lastSkip.at),
            code: lastSkip.code,
            message: lastSkip.message,
            operationId: lastSkip.operationId,
          },
  };
}

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function readPlan(body: ScheduleBody): PlanChange {
  const { cron, timeZone, windows, blackouts, pausedUntil } = body;
  return {
    cron,
    timeZone,
    windows: windows?.map(readWindow) ?? keptOrNull(windows),
    blackouts:
      blackouts?.map(({ from, to, reason }) => ({ from, to, reason: reason ?? null })) ??
      keptOrNull(blackouts),
    pausedUntil,
  };
}

function keptOrNull(value: unknown): null | undefined {
  return value === null ? null : undefined;
}

function readWindow(window: WindowBody): WeekWindow {
  return {
    // In the caller's order, and twice what is said twice: what was written comes back as it was.
    days: (window.days ?? days).map((day) => days.indexOf(day)),
    start: readMinutes(window.start),
    end: readMinutes(window.end),
  };
}

function renderWindow({ days: numbers, start, end }: WeekWindow): WindowBody {
  return {
    days: numbers.map((number) => days[number] ?? ""),
    start: formatMinutes(start),
    end: formatMinutes(end),
  };
}

function readMinutes(text: string): number {
  const [hours = "", minutes = ""] = text.split(":");
  return Number(hours) * 60 + Number(minutes);
}

function formatMinutes(minutes: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
