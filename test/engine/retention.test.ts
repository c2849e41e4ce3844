import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupRecord } from "../../src/engine/model.ts";
import { planRetention, type RetentionPlan } from "../../src/engine/retention.ts";
import type { RetentionPolicy } from "../../src/engine/retention-policy.ts";
import { aRecord } from "../support/backup-records.ts";

const day = 86_400_000;
const start = Date.parse("2026-01-01T12:00:00Z");
const numberOf = ({ backupId }: { readonly backupId: string }): number =>
  Number(backupId.slice(-6));

function kept(plan: RetentionPlan): number[] {
  return plan.keep.map(numberOf).sort((a, b) => a - b);
}

function reasonsOf(plan: RetentionPlan, number: number): string {
  return plan.keep.find((entry) => numberOf(entry) === number)?.reasons.join("; ") ?? "";
}

/** One backup a day, numbered from 1. */
function daily(
  count: number,
  change: (number: number) => Partial<BackupRecord> = () => ({}),
): BackupRecord[] {
  return Array.from({ length: count }, (_, index) =>
    aRecord(index + 1, {
      createdAt: new Date(start + index * day).toISOString(),
      ...change(index + 1),
    }),
  );
}

describe("a policy that says nothing", () => {
  const unreadable: Record<string, unknown> = {
    undefined,
    null: null,
    "no rule": {},
    "only zeros": { keepLast: 0, keepDaily: 0 },
    "only a floor": { floor: 2 },
    "only pins": { pinned: ["x"] },
    "a negative number": { keepLast: 1, keepDaily: -1 },
    "a fraction": { keepLast: 1.5 },
    "not a number": { keepLast: Number.NaN },
    "a text": { keepLast: "7" },
    "a misspelt rule": { keepLast: 1, keepDayly: 7 },
    "a floor of nothing": { keepLast: 1, floor: 0 },
    "pins that are none": { keepLast: 1, pinned: "all" },
    "an array": [1],
    "a word": "keep 7",
  };
  for (const [what, policy] of Object.entries(unreadable)) {
    it(`keeps everything: ${what}`, () => {
      const plan = planRetention(daily(5), policy as RetentionPolicy, start + 9 * day);
      assert.deepEqual(plan.remove, []);
      assert.equal(plan.keep.length, 5);
      assert.match(plan.keep[0]?.reasons[0] ?? "", /policy/);
    });
  }

  it("keeps everything when the time is unknown", () => {
    assert.equal(planRetention(daily(5), { keepLast: 1 }, Number.NaN).keep.length, 5);
  });
});

describe("rules", () => {
  const now = start + 400 * day;
  const cases: [string, RetentionPolicy, number[]][] = [
    ["keepLast", { keepLast: 3 }, [398, 399, 400]],
    ["keepWithinDays", { keepWithinDays: 2 }, [398, 399, 400]],
    ["keepDaily", { keepDaily: 2 }, [399, 400]],
    // 2027-02-04 is a Thursday; Sundays are 396 (01-31) and 389.
    ["keepWeekly", { keepWeekly: 3 }, [389, 396, 400]],
    ["keepMonthly", { keepMonthly: 3 }, [365, 396, 400]],
    ["keepYearly", { keepYearly: 2 }, [365, 400]],
    ["the oldest while room is left", { keepYearly: 5 }, [1, 365, 400]],
    ["all together", { keepLast: 1, keepDaily: 2, keepYearly: 2 }, [365, 399, 400]],
  ];
  for (const [name, policy, expected] of cases) {
    it(`keep what they name: ${name}`, () => {
      assert.deepEqual(kept(planRetention(daily(400), policy, now)), expected);
    });
  }

  it("count several backups of one hour", () => {
    const hourly = Array.from({ length: 8 }, (_, index) =>
      aRecord(index + 1, { createdAt: new Date(start + index * 20 * 60_000).toISOString() }),
    );
    assert.deepEqual(kept(planRetention(hourly, { keepHourly: 2 }, now)), [6, 8]);
  });

  it("prefer the good backup of a day", () => {
    const records = daily(4, (number) => ({
      createdAt: new Date(start + (number >> 1) * day).toISOString(),
      status: number === 3 ? "Failed" : "Succeeded",
    }));
    assert.deepEqual(kept(planRetention(records, { keepDaily: 2 }, now)), [2, 4]);
  });

  it("do not let failed backups displace good ones", () => {
    const records = daily(6, (number) => (number > 3 ? { status: "Failed" } : {}));
    assert.deepEqual(kept(planRetention(records, { keepLast: 2 }, now)), [2, 3, 6]);
  });

  it("keep pinned backups and say so", () => {
    const pinned = [aRecord(2).backupId];
    const plan = planRetention(daily(5), { keepLast: 1, pinned }, now);
    assert.deepEqual(kept(plan), [2, 5]);
    assert.equal(reasonsOf(plan, 2), "pinned");
  });
});

describe("reasons", () => {
  const now = start + 100 * day;
  const newest = "the newest: the next one's ledger names it";

  it("are all told, each in its words", () => {
    const pinned = [aRecord(5).backupId];
    const plan = planRetention(daily(5), { keepLast: 2, keepDaily: 2, floor: 2, pinned }, now);
    assert.deepEqual(
      plan.keep.map(({ reasons }) => reasons),
      [
        [
          newest,
          "pinned",
          "the newest good one",
          "one of 2 good ones that always stay",
          "last 2",
          "daily 1 of 2",
        ],
        ["one of 2 good ones that always stay", "last 2", "daily 2 of 2"],
      ],
    );
    assert.deepEqual(
      plan.remove.map((entry) => [numberOf(entry), entry.reason]),
      [3, 2, 1].map((number) => [number, "no rule keeps it"]),
    );
  });

  it("of a rule of one", () => {
    const plan = planRetention(daily(3), { keepLast: 1, keepDaily: 1, keepWithinDays: 1 }, now);
    const always = ["the newest good one", "the good one that always stays"];
    const rules = ["last 1", "within 1 days of the newest", "daily 1 of 1"];
    assert.deepEqual(
      plan.keep.map(({ reasons }) => reasons),
      [[newest, ...always, ...rules], ["within 1 days of the newest"]],
    );
  });
});

describe("limits of rules", () => {
  const at = (number: number, milliseconds: number): BackupRecord =>
    aRecord(number, { createdAt: new Date(start + milliseconds).toISOString() });

  it("are days of the newest to the millisecond", () => {
    const records = [at(1, -2 * day - 1), at(2, -2 * day), at(3, 0)];
    assert.deepEqual(kept(planRetention(records, { keepWithinDays: 2 }, start)), [2, 3]);
  });

  it("are five minutes in which a date is not of the future", () => {
    const records = [at(1, -day), at(2, 299_999), at(3, 300_000), at(4, 300_000)];
    assert.deepEqual(kept(planRetention(records, { keepLast: 1 }, start)), [4]);
    const later = [at(1, -day), at(2, 300_001), at(3, 300_001)];
    const plan = planRetention(later, { keepLast: 1 }, start);
    assert.deepEqual(kept(plan), [2, 3]);
    assert.equal(reasonsOf(plan, 2), "dated in the future");
    const before = [at(1, -300_001), at(2, -300_000), at(3, -1), at(4, 0)];
    assert.deepEqual(kept(planRetention(before, { keepLast: 1 }, start)), [4]);
  });

  it("let others stand in where good ones are too few", () => {
    const records = daily(5, (number) => (number > 1 ? { status: "PartialSucceeded" } : {}));
    const plan = planRetention(records, { keepLast: 3 }, start + 9 * day);
    assert.deepEqual(kept(plan), [1, 4, 5]);
    assert.equal(reasonsOf(plan, 4), "last 3");
  });

  it("give the last room of a rule to the oldest", () => {
    const records = [at(1, 0), at(2, 1000), at(3, day)];
    const plan = planRetention(records, { keepDaily: 3 }, start + 9 * day);
    assert.deepEqual(kept(plan), [1, 2, 3]);
    assert.equal(reasonsOf(plan, 1), "daily: the oldest");
    assert.deepEqual(kept(planRetention(records, { keepDaily: 2 }, start + 9 * day)), [2, 3]);
  });

  it("rank by the ledger, then by the name", () => {
    const turned = daily(4, (number) => ({ sequence: 5 - number, createdAt: at(1, 0).createdAt }));
    const plan = planRetention(turned, { keepLast: 2 }, start + 9 * day);
    assert.deepEqual(plan.keep.map(numberOf), [1, 2]);
    assert.deepEqual(plan.remove.map(numberOf), [3, 4]);
    const level = daily(4, () => ({ sequence: 1, createdAt: at(1, 0).createdAt }));
    for (const records of [level, level.toReversed()]) {
      const { keep, remove } = planRetention(records, { keepLast: 2 }, start + 9 * day);
      assert.deepEqual(
        [keep.map(numberOf), remove.map(numberOf)],
        [
          [4, 3],
          [2, 1],
        ],
      );
    }
  });
});

describe("A78: the floor", () => {
  const now = start + 100 * day;

  it("keeps the newest good backup", () => {
    const records = daily(5, (number) => (number > 2 ? { status: "PartialSucceeded" } : {}));
    assert.deepEqual(kept(planRetention(records, { keepWithinDays: 1 }, now)), [2, 4, 5]);
  });

  it("takes recovery-ready backups first", () => {
    const records = daily(5, (number) => ({ isCloudRecoveryReady: number === 2 }));
    assert.deepEqual(kept(planRetention(records, { keepLast: 1, floor: 2 }, now)), [2, 5]);
  });

  it("keeps the newest good one beside those ready first", () => {
    const records = daily(5, (number) => ({
      isCloudRecoveryReady: number === 1,
      status: number === 5 ? "Failed" : "Succeeded",
    }));
    assert.deepEqual(kept(planRetention(records, { keepDaily: 1 }, now)), [1, 4, 5]);
  });

  it("never counts backups others signed", () => {
    const records = daily(5, (number) => (number > 3 ? { signature: "untrusted" } : {}));
    const plan = planRetention(records, { keepLast: 1, floor: 2 }, now);
    assert.deepEqual(kept(plan), [2, 3, 4, 5]);
    assert.match(reasonsOf(plan, 5), /untrusted/);
  });

  it("is not pushed down by later backups that others signed", () => {
    const own = daily(6);
    const forged = daily(20, () => ({ signature: "untrusted" })).slice(6);
    for (const policy of [
      { keepDaily: 3 },
      { keepLast: 3 },
      { keepWithinDays: 2 },
      { keepHourly: 3, keepLast: 2 },
    ]) {
      const alone = kept(planRetention(own, policy, now));
      const beside = kept(planRetention([...own, ...forged], policy, now));
      assert.deepEqual(
        beside.filter((number) => number <= 6),
        alone,
        JSON.stringify(policy),
      );
      assert.equal(beside.length, alone.length + forged.length, "what cannot be judged is kept");
    }
  });
});

describe("dates that cannot be", () => {
  const now = start + 10 * day;

  it("of the future keep their backup", () => {
    const records = daily(6, (number) =>
      number === 2 ? { createdAt: "2031-01-01T00:00:00.000Z" } : {},
    );
    const plan = planRetention(records, { keepDaily: 1 }, now);
    assert.deepEqual(kept(plan), [2, 6]);
    assert.match(reasonsOf(plan, 2), /future/);
  });

  it("before an older backup's keep both", () => {
    const records = daily(6, (number) =>
      number === 4 ? { createdAt: "1970-01-01T00:00:00.000Z" } : {},
    );
    const plan = planRetention(records, { keepDaily: 1 }, now);
    assert.deepEqual(kept(plan), [3, 4, 6]);
    assert.match(reasonsOf(plan, 4), /clocks disagree/);
    assert.match(reasonsOf(plan, 3), /clocks disagree/);
  });

  it("that are none keep their backup", () => {
    const records = daily(3, (number) => (number === 1 ? { createdAt: "yesterday" } : {}));
    assert.match(reasonsOf(planRetention(records, { keepLast: 1 }, now), 1), /cannot be read/);
  });

  it("do not rank: the ledger does", () => {
    const forged = [...daily(5), aRecord(6, { createdAt: "2026-01-02T00:00:00.000Z" })];
    assert.ok(kept(planRetention(forged, { keepLast: 1 }, now)).includes(6));
  });
});
