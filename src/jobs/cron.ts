import { Cron } from "croner";
import { AppError } from "../base/errors.ts";

/** The first time after the instant that the expression names, on the zone's clocks; undefined when there is none. */
export function nextCronTime(
  expression: string,
  timeZone: string,
  after: number,
): number | undefined {
  return openCron(expression, timeZone).nextRun(new Date(after))?.getTime();
}

/**
 * Throws `InvalidSchedule` for what is no expression of five fields or fires more often than hourly, and
 * `ScheduleNeverFires` for a day that does not exist.
 */
export function checkCron(expression: string, timeZone: string, now: number, target: string): void {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => fieldForm.test(field))) {
    throw new AppError(
      "InvalidSchedule",
      `The cron expression "${expression.slice(0, 100)}" cannot be read: give five fields, minute hour day month weekday, such as "30 2 * * *"`,
      { target },
    );
  }
  if (!/^\d+$/.test(fields[0] ?? "")) {
    throw new AppError(
      "InvalidSchedule",
      "The cron expression asks for more than one backup an hour: give one number as its minute",
      { target },
    );
  }
  const next = readNext(expression, timeZone, now, target);
  if (next !== undefined) return;
  throw new AppError(
    "ScheduleNeverFires",
    `The cron expression "${expression}" names a day that never comes: correct its day and month`,
    { target },
  );
}

/** Numbers, names, lists, ranges and steps; nothing that only some programs know. */
const fieldForm =
  /^(?:\*|[0-9]+|[A-Za-z]{3})(?:-(?:[0-9]+|[A-Za-z]{3}))?(?:\/[0-9]+)?(?:,(?:[0-9]+|[A-Za-z]{3})(?:-(?:[0-9]+|[A-Za-z]{3}))?(?:\/[0-9]+)?)*$/;

function readNext(
  expression: string,
  timeZone: string,
  now: number,
  target: string,
): number | undefined {
  try {
    return nextCronTime(expression, timeZone, now);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : "";
    throw new AppError(
      "InvalidSchedule",
      `The cron expression "${expression.slice(0, 100)}" cannot be read (${why}): give five fields, minute hour day month weekday, such as "30 2 * * *"`,
      { target, cause },
    );
  }
}

/**
 * A fixed time that the clocks skip comes when they have, one they repeat comes once; with a `*` or a step in
 * the hour every hour that passes is meant.
 */
function openCron(expression: string, timeZone: string): Cron {
  const key = `${timeZone} ${expression}`;
  const known = crons.get(key);
  if (known !== undefined) return known;
  const cron = new Cron(expression, {
    timezone: timeZone,
    mode: "5-part",
    fixedTimeRule: "no-wildcard",
    paused: true,
  });
  if (crons.size >= maximumCrons) crons.clear();
  crons.set(key, cron);
  return cron;
}

const crons = new Map<string, Cron>();
const maximumCrons = 200;
