import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  decideStep,
  firstTick,
  nextRunTime,
  planRuns,
  type Schedule,
} from "../../src/jobs/schedule.ts";

const hour = 3_600_000;
const anchor = Date.UTC(2026, 2, 28, 20, 13, 5, 250);

function every(hours: number, more: Partial<Schedule> = {}): Schedule {
  const rule = { kind: "every", hours } as const;
  const plain = { isEnabled: true, timeZone: "UTC", windows: [], blackouts: [] };
  return { ...plain, rule, pausedUntil: undefined, ...more };
}

function cron(expression: string, timeZone: string, more: Partial<Schedule> = {}): Schedule {
  return every(1, { rule: { kind: "cron", expression }, timeZone, ...more });
}

function at(text: string): number {
  return Date.parse(text);
}

function stepAt(schedule: Schedule, tick: number, now: number, decidedAt?: number): unknown {
  return decideStep(schedule, { tick, decidedAt }, now);
}

describe("ticks of a frequency", () => {
  const cases: readonly [string, number, number, number][] = [
    ["keep one that is still to come", 12, -1, 0],
    ["move on when it has come", 12, 0, 12],
    ["are not moved by a run between them", 12, 5 * hour, 12],
    ["that nobody was there for are left out", 4, 25 * hour + 1, 28],
    ["count hours over a change of summer time", 24, hour, 24],
    ["take a new frequency from the old tick", 6, 5 * hour, 6],
    ["have their rhythm before the anchor too", 4, -9 * hour, -8],
  ];
  for (const [name, hours, sinceAnchor, expected] of cases) {
    it(name, () => {
      const tick = firstTick(every(hours), anchor, anchor + sinceAnchor);
      assert.equal((tick - anchor) / hour, expected);
    });
  }

  it("come first after now, always", () => {
    const hours = fc.integer({ min: 1, max: 48 });
    fc.assert(
      fc.property(hours, fc.integer({ min: -1e11, max: 1e11 }), (frequency, elapsed) => {
        const due = firstTick(every(frequency), anchor, anchor + elapsed);
        assert.equal(Math.abs((due - anchor) % (frequency * hour)), 0);
        assert.ok(due > anchor + elapsed && due <= anchor + elapsed + frequency * hour);
      }),
    );
  });

  it("refuse a frequency that never ticks", () => {
    for (const hours of [0, -1, Number.NaN]) {
      assert.throws(() => firstTick(every(hours), anchor, anchor), { code: "InvalidArgument" });
    }
  });
});

describe("what is to be done", () => {
  it("nothing before the tick, one run at it, one for all that were missed", () => {
    assert.deepEqual(stepAt(every(4), anchor, anchor - 1), { kind: "wait" });
    const due = { tick: anchor, nextTick: anchor + 4 * hour, missed: 0 };
    assert.deepEqual(stepAt(every(4), anchor, anchor), { kind: "due", due });
    const late = { tick: anchor, nextTick: anchor + 28 * hour, missed: 6 };
    assert.deepEqual(stepAt(every(4), anchor, anchor + 25 * hour), { kind: "due", due: late });
  });

  it("nothing while the schedule is off, though its time ticks", () => {
    const off = every(12, { isEnabled: false });
    assert.deepEqual(stepAt(off, anchor, anchor + hour), { kind: "wait" });
    assert.equal(nextRunTime(off, anchor, anchor + hour), anchor + 12 * hour);
  });

  it("ticks of a pause pass; the first one at its end or after it counts", () => {
    const paused = every(4, { pausedUntil: anchor + 9 * hour });
    assert.deepEqual(stepAt(paused, anchor, anchor + 8 * hour), { kind: "wait" });
    assert.equal(nextRunTime(paused, anchor, anchor + hour), anchor + 12 * hour);
    const step = stepAt(paused, anchor, anchor + 12 * hour);
    const due = { tick: anchor + 12 * hour, nextTick: anchor + 16 * hour, missed: 0 };
    assert.deepEqual(step, { kind: "due", due });
    const toTheTick = every(4, { pausedUntil: anchor + 4 * hour });
    assert.equal(nextRunTime(toTheTick, anchor, anchor), anchor + 4 * hour);
  });

  it("a tick in a blackout or outside the windows waits, and several make one run", () => {
    const blackouts = [{ from: anchor - hour, to: anchor + 10 * hour }];
    const dark = every(4, { blackouts });
    assert.deepEqual(stepAt(dark, anchor, anchor + 9 * hour), { kind: "wait" });
    assert.equal(nextRunTime(dark, anchor, anchor + 9 * hour), anchor + 10 * hour);
    const due = { tick: anchor, nextTick: anchor + 12 * hour, missed: 2 };
    assert.deepEqual(stepAt(dark, anchor, anchor + 10 * hour), { kind: "due", due });
    const windows = [{ days: [0, 1, 2, 3, 4, 5, 6], start: 22 * 60, end: 6 * 60 }];
    const nightly = cron("0 12 * * *", "Europe/Berlin", { windows });
    const noon = at("2026-07-01T10:00:00Z");
    assert.deepEqual(stepAt(nightly, noon, noon), { kind: "wait" });
    assert.equal(nextRunTime(nightly, noon, noon), at("2026-07-01T20:00:00Z"));
    const step = stepAt(nightly, noon, at("2026-07-01T20:00:00Z"));
    const evening = { tick: noon, nextTick: at("2026-07-02T10:00:00Z"), missed: 0 };
    assert.deepEqual(step, { kind: "due", due: evening });
  });

  it("A74: a clock that jumps ahead makes one run; set back again, the rhythm comes back with it", () => {
    const year = 8760 * hour;
    const jumped = anchor + year + hour;
    const step = stepAt(every(12), anchor, jumped, anchor - 12 * hour);
    const due = { tick: anchor, nextTick: anchor + year + 12 * hour, missed: 730 };
    assert.deepEqual(step, { kind: "due", due });
    const back = stepAt(every(12), anchor + year + 12 * hour, anchor + 2 * hour, jumped);
    assert.deepEqual(back, { kind: "move", tick: anchor + 12 * hour });
  });

  it("a clock that is corrected by minutes repeats no run", () => {
    const step = stepAt(every(4), anchor + 4 * hour, anchor - 60_000, anchor + 1000);
    assert.deepEqual(step, { kind: "wait" });
  });

  it("an update that left a far tick in place is no clock set back", () => {
    const step = stepAt(every(4), anchor + 12 * hour, anchor + 60_000, anchor);
    assert.deepEqual(step, { kind: "wait" });
  });

  it("a preview shows the tick and when it begins", () => {
    const blackouts = [{ from: anchor + hour, to: anchor + 9 * hour }];
    assert.deepEqual(planRuns(every(4, { blackouts }), anchor, anchor - 1, 3), [
      { tick: anchor, time: anchor },
      { tick: anchor + 4 * hour, time: anchor + 9 * hour },
      { tick: anchor + 12 * hour, time: anchor + 12 * hour },
    ]);
  });

  it("a preview is what a scheduler that looks every minute does", () => {
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York");
    const hours = fc.integer({ min: 1, max: 30 });
    const start = fc.integer({ min: 0, max: 365 * 24 * 60 });
    const window = fc.record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 3 }),
      start: fc.integer({ min: 0, max: 1439 }),
      end: fc.integer({ min: 1, max: 1440 }),
    });
    const windows = fc.array(
      window.filter((one) => one.start !== one.end),
      { maxLength: 1 },
    );
    fc.assert(
      fc.property(hours, start, windows, zones, (frequency, minute, someWindows, timeZone) => {
        const from = Date.UTC(2026, 0, 1) + minute * 60_000;
        const blackouts = [{ from: from + 7 * hour, to: from + 22 * hour }];
        const schedule = every(frequency, { timeZone, windows: someWindows, blackouts });
        const seen: { tick: number; time: number }[] = [];
        let tick = from + hour;
        for (let now = from; seen.length < 3; now += 60_000) {
          const step = decideStep(schedule, { tick, decidedAt: undefined }, now);
          if (step.kind !== "due") continue;
          seen.push({ tick: step.due.tick, time: now });
          tick = step.due.nextTick;
        }
        assert.deepEqual(planRuns(schedule, from + hour, from, 3), seen);
      }),
      { numRuns: 15 },
    );
  });
});
