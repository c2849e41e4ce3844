import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkCron, nextCronTime } from "../../src/jobs/cron.ts";
import { openTimeZone } from "../../src/jobs/time-zone.ts";
import { checkWindows, nextOpening, type WeekWindow } from "../../src/jobs/week-windows.ts";

const minute = 60_000;
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];

/** Local time by the machine's own calendar, apart from the code under test. */
function localOf(zone: string): (instant: number) => Local {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
    return {
      weekday: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(
        parts.get("weekday") ?? "",
      ),
      month: number("month"),
      day: number("day"),
      hour: number("hour"),
      minute: number("minute"),
    };
  };
}

interface Local {
  readonly weekday: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Minutes of 2026, most of them near a change of the clocks. */
const someInstant = fc
  .tuple(
    fc.constantFrom(
      Date.UTC(2026, 2, 28, 20),
      Date.UTC(2026, 9, 24, 20),
      Date.UTC(2026, 2, 8),
      Date.UTC(2026, 10, 1),
      Date.UTC(2026, 3, 4, 8),
      Date.UTC(2026, 9, 3, 8),
      Date.UTC(2026, 5, 30),
    ),
    fc.integer({ min: 0, max: 1440 }),
  )
  .map(([day, offset]) => day + offset * minute);

describe("time zones", () => {
  it("offsets are those of the machine's calendar", () => {
    assert.equal(openTimeZone("Asia/Kolkata").offsetAt(0), 5.5 * 60 * minute);
    assert.equal(openTimeZone("UTC").offsetAt(0), 0);
    const berlin = openTimeZone("Europe/Berlin");
    assert.equal(berlin.offsetAt(Date.UTC(2026, 2, 29, 0, 59)), 60 * minute);
    assert.equal(berlin.offsetAt(Date.UTC(2026, 2, 29, 1)), 120 * minute);
    assert.equal(
      openTimeZone("America/St_Johns").offsetAt(Date.UTC(2026, 0, 1)),
      -3.5 * 60 * minute,
    );
  });

  it("unknown ones are refused by name", () => {
    for (const name of ["Mars/Olympus", "", "+02:00", "a".repeat(70), "Europe/Berlin\n"])
      assert.throws(() => openTimeZone(name), { code: "UnknownTimeZone" });
  });
});

describe("windows", () => {
  const someWindow = fc
    .record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
      start: fc.integer({ min: 0, max: 1439 }),
      end: fc.integer({ min: 1, max: 1440 }),
    })
    .filter(({ start, end }) => start !== end);

  it("open when a look at every minute finds them open", () => {
    fc.assert(
      fc.property(
        fc.array(someWindow, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...zones),
        someInstant,
        (windows, zone, instant) => {
          const local = localOf(zone);
          let expected = instant;
          while (!isOpen(windows, local(expected))) expected += minute;
          assert.equal(nextOpening(windows, openTimeZone(zone), instant), expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("that overlap are refused, also over midnight and the end of the week", () => {
    const at = (days: number[], start: number, end: number): WeekWindow => ({
      days,
      start: start * 60,
      end: end * 60,
    });
    checkWindows([at([0, 1], 22, 6), at([1], 6, 22)], "windows");
    for (const windows of [
      [at([0], 8, 12), at([0], 11, 13)],
      [at([0], 22, 6), at([1], 5, 7)],
      [at([6], 22, 6), at([0], 5, 7)],
    ])
      assert.throws(() => checkWindows(windows, "windows"), {
        code: "OverlappingWindows",
        target: "windows[1]",
      });
    assert.throws(() => checkWindows([at([0], 8, 8)], "windows"), { code: "InvalidSchedule" });
  });
});

function isOpen(windows: readonly WeekWindow[], local: Local): boolean {
  const now = local.hour * 60 + local.minute;
  return windows.some(({ days, start, end }) => {
    const isToday = days.includes(local.weekday);
    const isFromYesterday = days.includes((local.weekday + 6) % 7);
    if (end > start) return isToday && start <= now && now < end;
    return (isToday && start <= now) || (isFromYesterday && now < end);
  });
}

describe("cron expressions", () => {
  const cases: readonly [string, string, string, string, string][] = [
    [
      "a time the clocks skip comes when they have",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-29T00:00Z",
      "2026-03-29T01:00Z",
    ],
    [
      "a time they repeat comes first",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T22:00Z",
      "2026-10-25T00:30Z",
    ],
    ["and not again", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    [
      "nor when it is one of several",
      "0 2,14 * * *",
      "Europe/Berlin",
      "2026-10-25T00:00Z",
      "2026-10-25T13:00Z",
    ],
    [
      "hourly means every hour that passes",
      "30 * * * *",
      "Europe/Berlin",
      "2026-10-25T00:30Z",
      "2026-10-25T01:30Z",
    ],
    [
      "the leap day comes every four years",
      "0 0 29 2 *",
      "UTC",
      "2026-01-01T00:00Z",
      "2028-02-29T00:00Z",
    ],
    [
      "half an hour is a change of the clocks too",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T00:00Z",
      "2026-10-03T15:30Z",
    ],
    [
      "day and weekday: one of them is enough",
      "0 0 13 * 5",
      "UTC",
      "2026-02-06T00:00Z",
      "2026-02-13T00:00Z",
    ],
  ];
  for (const [name, expression, zone, after, expected] of cases) {
    it(name, () => {
      const next = nextCronTime(expression, zone, Date.parse(after));
      assert.equal(new Date(next ?? 0).toISOString().replace(":00.000", ""), expected);
    });
  }

  it("come when a look at every minute finds them", () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 });
    const field = fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      hours: fc.oneof(fc.constant(undefined), hours),
      weekdays: fc.oneof(
        fc.constant(undefined),
        fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 4 }),
      ),
    });
    fc.assert(
      fc.property(field, fc.constantFrom(...zones), someInstant, (fields, zone, instant) => {
        // The model counts weekdays from Monday, cron from Sunday.
        const weekdays = fields.weekdays?.map((day) => (day + 1) % 7).join(",") ?? "*";
        const expression = `${fields.minute} ${fields.hours?.join(",") ?? "*"} * * ${weekdays}`;
        const next = nextCronTime(expression, zone, instant);
        assert.equal(next, modelCron(fields, zone, instant), expression);
      }),
      { numRuns: 40 },
    );
  });

  it("that mean nothing, too much or never are refused by name", () => {
    const codeOf = (expression: string): string => {
      try {
        checkCron(expression, "UTC", Date.UTC(2026, 0, 1), "cron");
        return "fine";
      } catch (error) {
        assert.equal((error as { target?: string }).target, "cron");
        return (error as { code: string }).code;
      }
    };
    for (const fine of ["0 2 * * *", "5 4 1,15 JAN-jun MON-FRI", "0 0-23/2 * * *", "59 */6 * * 7"])
      assert.equal(codeOf(fine), "fine", fine);
    for (const bad of ["", "* *", "0 0 2 * * *", "@daily", "0 25 * * *", "0 0 L * *", "0 2 * * 9"])
      assert.equal(codeOf(bad), "InvalidSchedule", bad);
    for (const often of ["* * * * *", "*/5 * * * *", "0,30 * * * *"])
      assert.equal(codeOf(often), "InvalidSchedule", often);
    for (const never of ["0 0 30 2 *", "0 0 31 4,6,9,11 *"])
      assert.equal(codeOf(never), "ScheduleNeverFires", never);
    assert.equal(codeOf(`0 0 ${"1,".repeat(5000)}1 * *`), "fine");
  });
});

interface Fields {
  readonly minute: number;
  readonly hours: readonly number[] | undefined;
  readonly weekdays: readonly number[] | undefined;
}

/** Looks at every minute; fixed hours that are skipped come at the end of the gap, repeated ones once. */
function modelCron(fields: Fields, zone: string, after: number): number {
  const local = localOf(zone);
  const matches = ({ hour, minute: at, weekday }: Local): boolean =>
    at === fields.minute &&
    (fields.hours?.includes(hour) ?? true) &&
    (fields.weekdays?.includes(weekday) ?? true);
  const seen = new Set<string>();
  const keyOf = ({ month, day, hour, minute: at }: Local): string =>
    `${month} ${day} ${hour} ${at}`;
  const from = after - 3 * 60 * minute;
  for (let instant = from - (from % minute); ; instant += minute) {
    const now = local(instant);
    const before = local(instant - minute);
    const skipped = minutesBetween(before, now).filter(matches);
    const isFixed = fields.hours !== undefined;
    const isFirst = !seen.has(keyOf(now));
    seen.add(keyOf(now));
    const isHit = (matches(now) && (!isFixed || isFirst)) || (isFixed && skipped.length > 0);
    if (isHit && instant > after) return instant;
  }
}

/** Local minutes of one day that the clocks left out between two minutes that followed each other. */
function minutesBetween(before: Local, now: Local): readonly Local[] {
  const start = before.hour * 60 + before.minute + 1;
  const end = now.hour * 60 + now.minute;
  if (before.day !== now.day || end <= start) return [];
  return Array.from({ length: end - start }, (_, index) => ({
    ...now,
    hour: Math.floor((start + index) / 60),
    minute: (start + index) % 60,
  }));
}
