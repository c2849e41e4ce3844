import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nextDueTime } from "../../src/jobs/schedule.ts";

const hour = 3_600_000;
const anchor = Date.UTC(2026, 2, 28, 20, 13, 5, 250);

describe("nextDueTime", () => {
  const cases: readonly [string, number, number, number][] = [
    ["keeps a tick that is still to come", 12, -1, 0],
    ["moves on when the tick has come", 12, 0, 12 * hour],
    ["is not moved by a run between ticks", 12, 5 * hour, 12 * hour],
    ["skips ticks nobody was there for", 4, 25 * hour + 1, 28 * hour],
    ["counts hours over a change of summer time", 24, hour, 24 * hour],
    ["takes a new frequency from the old tick", 6, 5 * hour, 6 * hour],
  ];
  for (const [name, frequencyHours, sinceAnchor, expected] of cases) {
    it(name, () => {
      assert.equal(nextDueTime(frequencyHours, anchor, anchor + sinceAnchor) - anchor, expected);
    });
  }

  it("is always the first tick after now", () => {
    const hours = fc.integer({ min: 1, max: 48 });
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 1e11 }), (frequencyHours, elapsed) => {
        const due = nextDueTime(frequencyHours, anchor, anchor + elapsed);
        assert.equal((due - anchor) % (frequencyHours * hour), 0);
        assert.ok(due > anchor + elapsed && due <= anchor + elapsed + frequencyHours * hour);
      }),
    );
  });

  it("refuses a frequency that never ticks", () => {
    for (const hours of [0, -1, Number.NaN]) {
      assert.throws(() => nextDueTime(hours, anchor, anchor), { code: "InvalidArgument" });
    }
  });
});
