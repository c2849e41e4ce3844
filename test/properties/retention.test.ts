import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { BackupRecord } from "../../src/engine/model.ts";
import { atOnce } from "../../src/base/in-turns.ts";
import { isGoodBackup, planRetention, reasonsToKeep } from "../../src/engine/retention.ts";
import type { RetentionPolicy } from "../../src/engine/retention-policy.ts";
import { aRecord } from "../support/backup-records.ts";

const hour = 3_600_000;
const now = Date.parse("2026-06-01T00:00:00Z");
const runs = { numRuns: 400 };

/** Histories with gaps, crowds, clocks that jump, failures and forgeries. */
const someBackups: fc.Arbitrary<BackupRecord[]> = fc
  .array(
    fc.record({
      gapHours: fc.oneof(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: -60, max: 0 }),
      ),
      status: fc.constantFrom("Succeeded", "Succeeded", "PartialSucceeded", "Failed"),
      signature: fc.constantFrom(
        "trusted",
        "trusted",
        "trusted",
        "trusted",
        "untrusted",
        "invalid",
      ),
      isCloudRecoveryReady: fc.boolean(),
      isUndated: fc.integer({ min: 0, max: 19 }).map((draw) => draw === 0),
    }),
    { maxLength: 40 },
  )
  .map((items) => {
    let time = now - 30_000 * hour;
    return items.map(({ gapHours, isUndated, ...rest }, index) => {
      time += gapHours * hour * 1.01;
      const createdAt = isUndated ? "no date" : new Date(time).toISOString();
      return aRecord(index + 1, { ...rest, createdAt } as Partial<BackupRecord>);
    });
  });

const ruleNames = [
  "keepWithinDays",
  "keepLast",
  "keepHourly",
  "keepDaily",
  "keepWeekly",
  "keepMonthly",
  "keepYearly",
] as const;

const somePolicy: fc.Arbitrary<RetentionPolicy> = fc
  .record({
    ...(Object.fromEntries(
      ruleNames.map((name) => [
        name,
        fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 12 })),
      ]),
    ) as Record<(typeof ruleNames)[number], fc.Arbitrary<number>>),
    floor: fc.integer({ min: 1, max: 5 }),
    pinned: fc.array(
      fc.integer({ min: 1, max: 40 }).map((number) => aRecord(number).backupId),
      { maxLength: 3 },
    ),
  })
  .filter((policy) => ruleNames.some((name) => policy[name] > 0));

/** Good ones, one a day. */
const twelveDays: readonly BackupRecord[] = Array.from({ length: 12 }, (_, day) =>
  aRecord(day + 1, { createdAt: new Date(now - (12 - day) * 24 * hour).toISOString() }),
);

function requireSuperset(
  backups: readonly BackupRecord[],
  greater: RetentionPolicy,
  policy: RetentionPolicy,
  rule: string,
): void {
  const kept = new Set(keptOf(backups, greater));
  for (const record of keptOf(backups, policy)) assert.ok(kept.has(record), rule);
}

function keptOf(backups: readonly BackupRecord[], policy: RetentionPolicy): BackupRecord[] {
  const ids = new Set(planRetention(backups, policy, now).keep.map(({ backupId }) => backupId));
  return backups.filter(({ backupId }) => ids.has(backupId));
}

describe("laws of retention", () => {
  it("gives one backup the reasons that the plan of all gives it", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const { keep } = planRetention(backups, policy, now);
        for (const { backupId } of [...backups, aRecord(99)]) {
          const planned = keep.find((entry) => entry.backupId === backupId)?.reasons ?? [];
          assert.deepEqual(atOnce(reasonsToKeep(backupId, backups, policy, now)), planned);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("every backup is kept or removed, with its reason", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const { keep, remove } = planRetention(backups, policy, now);
        const ids = [...keep, ...remove].map(({ backupId }) => backupId).sort();
        assert.deepEqual(ids, backups.map(({ backupId }) => backupId).sort());
        assert.ok(keep.every(({ reasons }) => reasons.length > 0));
      }),
      runs,
    );
  });

  it("good backups never fall below the floor", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const good = backups.filter(isGoodBackup).length;
        const left = keptOf(backups, policy).filter(isGoodBackup).length;
        assert.ok(left >= Math.min(good, policy.floor ?? 1), `${left} of ${good}`);
      }),
      runs,
    );
  });

  it("the newest good backup and the newest stay", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const kept = keptOf(backups, policy);
        for (const newest of [
          backups.findLast(isGoodBackup),
          backups.findLast((record) => record.signature === "trusted"),
        ])
          if (newest !== undefined) assert.ok(kept.includes(newest));
      }),
      runs,
    );
  });

  it("what is not trusted, pinned or misdated stays", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const kept = new Set(keptOf(backups, policy));
        for (const record of backups) {
          const isOdd =
            record.signature !== "trusted" ||
            policy.pinned?.includes(record.backupId) === true ||
            !(Date.parse(record.createdAt) <= now + 300_000);
          if (isOdd) assert.ok(kept.has(record));
        }
      }),
      runs,
    );
  });

  it("a greater number never keeps less", () => {
    for (const rule of ruleNames)
      for (let number = 1; number < 12; number += 1)
        requireSuperset(twelveDays, { [rule]: number + 1 }, { [rule]: number }, rule);
    fc.assert(
      fc.property(
        someBackups,
        somePolicy,
        fc.constantFrom(...ruleNames, "floor" as const),
        fc.integer({ min: 1, max: 9 }),
        (backups, policy, rule, more) => {
          const greater = { ...policy, [rule]: (policy[rule] ?? 1) + more };
          requireSuperset(backups, greater, policy, rule);
        },
      ),
      runs,
    );
  });

  it("applied twice it removes nothing more", () => {
    fc.assert(
      fc.property(someBackups, somePolicy, (backups, policy) => {
        const kept = keptOf(backups, policy);
        assert.deepEqual(planRetention(kept, policy, now).remove, []);
      }),
      runs,
    );
  });

  it("the order of the input means nothing", () => {
    fc.assert(
      fc.property(
        someBackups.chain((backups) =>
          fc.tuple(
            fc.constant(backups),
            fc.shuffledSubarray(backups, { minLength: backups.length }),
          ),
        ),
        somePolicy,
        ([backups, shuffled], policy) => {
          assert.deepEqual(
            planRetention(shuffled, policy, now),
            planRetention(backups, policy, now),
          );
        },
      ),
      runs,
    );
  });
});
