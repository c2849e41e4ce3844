import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { inTurns } from "../../src/base/in-turns.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import {
  judgeCapacity,
  lookThrough,
  type CapacityOutlook,
  type CapacityQuestion,
} from "../../src/provider/records/capacity-outlook.ts";
import type { Backup, Capacity } from "../../src/provider/model.ts";

const now = Date.parse("2026-03-20T00:00:00Z");
const gib = 1024 ** 3;

interface Story {
  /** Age in days and bytes stored, oldest first; the first one holds all there is. */
  readonly backups: readonly (readonly [ageDays: number, storedBytes: number])[];
  readonly capacity: Capacity | null;
  readonly keyId?: string;
  readonly isScheduled?: boolean;
  readonly retentionDays?: number;
}

/** What is answered, also when one of the backups is told apart from the others, and to who asks again after another question. */
function judge(story: Story): CapacityOutlook {
  const question = questionOf(story);
  const outlook = judgeCapacity(question);
  for (const made of question.backups) {
    const backups = question.backups.filter((backup) => backup !== made);
    assert.deepEqual(judgeCapacity({ ...question, backups, made }), outlook);
  }
  const { location } = questionOf({ ...story, keyId: "of another question" });
  judgeCapacity({ ...question, location });
  assert.deepEqual(judgeCapacity(question), outlook);
  return outlook;
}

function questionOf(story: Story): CapacityQuestion {
  const { backups, capacity, keyId, isScheduled, retentionDays } = story;
  const plainBytes = 200 * gib;
  return {
    now,
    location: {
      capacity,
      settings: {
        region: "north",
        tags: {},
        store: { kind: "none", cleared: false },
        encryption: {
          kind: "certificates",
          certificates: [
            {
              certificateBase64: "",
              thumbprint: "",
              keyId: keyId ?? "known",
              subject: "",
              notAfter: "",
            },
          ],
        },
        schedulerEnabled: isScheduled ?? true,
        frequencyHours: 12,
        retentionDays: retentionDays ?? 7,
      },
    },
    backups: backups.map(([ageDays, storedBytes], index) => ({
      ...({} as Backup),
      status: "Succeeded",
      record: {
        ...({} as BackupRecord),
        createdAt: new Date(now - ageDays * 86_400_000).toISOString(),
        recipients: [{ kind: "certificate", keyId: "known" }],
        plainBytes,
        newBytes: index === 0 ? plainBytes : storedBytes * 2,
        storedBytes,
      },
    })),
  };
}

/** A first backup of 100 GiB and daily ones of 1 GiB since. */
const aWeek = [100, 1, 1, 1, 1, 1].map((size, at) => [6 - at, size * gib] as const);

describe("the outlook of a store's room", () => {
  it("expects what the greatest of the last backups added, the first one apart", () => {
    const capacity = { freeBytes: 500 * gib, totalBytes: 1000 * gib };
    const outlook = judge({ backups: [...aWeek, [0.5, 3 * gib]], capacity });
    assert.equal(outlook.nextBackupBytes, 3 * gib);
    assert.equal(outlook.level, "enough");
    assert.equal(outlook.reserveBytes, 64 * 1024 ** 2);
  });

  it("is the same for who looked through many backups step by step before", async () => {
    const sizes = Array.from({ length: 3500 }, (_none, at) => [3500 - at, (at % 9) * gib] as const);
    const story = { backups: sizes, capacity: { freeBytes: 500 * gib, totalBytes: 1000 * gib } };
    const [question, other] = [questionOf(story), questionOf(story)];
    let turns = 0;
    const looking = inTurns(lookThrough(question.backups, question.location));
    let isOver = false;
    void looking.then(() => (isOver = true));
    for (; !isOver; await setImmediate()) turns += 1;
    assert.ok(turns >= 3, `others had ${turns} turns`);
    assert.deepEqual(judgeCapacity(question), judgeCapacity(other));
  });

  it("is short where the next backup and the reserve do not fit, and only there", () => {
    const levelAt = (freeBytes: number): string =>
      judge({ backups: aWeek, capacity: { freeBytes, totalBytes: 1000 * gib } }).level;
    const need = gib + 64 * 1024 ** 2;
    assert.equal(levelAt(need - 1), "short");
    assert.equal(levelAt(need), "low");
    assert.equal(levelAt(49 * gib), "low", "less than a twentieth of the whole");
    assert.equal(levelAt(51 * gib), "enough");
  });

  it("counts the days until it is full, unless retention gives back what comes", () => {
    const capacity = { freeBytes: 20 * gib, totalBytes: 200 * gib };
    assert.equal(judge({ backups: aWeek, capacity }).daysLeft, null);
    // Two a day of 1 GiB each, and a month of them to come.
    const growing = judge({ backups: aWeek, capacity, retentionDays: 30 });
    assert.deepEqual([growing.daysLeft, growing.level], [9, "enough"]);
    const soon = judge({
      backups: aWeek,
      capacity: { ...capacity, freeBytes: 12 * gib },
      retentionDays: 30,
    });
    assert.deepEqual([soon.daysLeft, soon.level], [5, "low"]);
    // Nobody removes what retention lets go.
    const kept = judge({ backups: aWeek, capacity, retentionDays: 2 });
    assert.equal(kept.daysLeft, 9);
  });

  it("takes the pace of the backups there were where nothing is scheduled", () => {
    const capacity = { freeBytes: 20 * gib, totalBytes: 200 * gib };
    const outlook = judge({
      backups: aWeek,
      capacity,
      retentionDays: 60,
      isScheduled: false,
    });
    assert.equal(outlook.daysLeft, 18);
  });

  it("expects everything anew after a change of the certificate", () => {
    const capacity = { freeBytes: 50 * gib, totalBytes: 1000 * gib };
    const outlook = judge({ backups: aWeek, capacity, keyId: "another" });
    assert.ok(outlook.nextBackupBytes > 90 * gib, `${outlook.nextBackupBytes}`);
    assert.equal(outlook.level, "short");
  });

  it("guesses a part of the first backup after it, and nothing before", () => {
    const capacity = { freeBytes: 500 * gib, totalBytes: 1000 * gib };
    const first = judge({ backups: [[1, 100 * gib]], capacity });
    assert.equal(first.nextBackupBytes, 10 * gib);
    assert.deepEqual(judge({ backups: [], capacity }), {
      level: "enough",
      freeBytes: 500 * gib,
      totalBytes: 1000 * gib,
      nextBackupBytes: 0,
      reserveBytes: 64 * 1024 ** 2,
      daysLeft: null,
    });
  });

  it("keeps a smaller reserve on a small store", () => {
    const capacity = { freeBytes: 100_000_000, totalBytes: 200_000_000 };
    assert.equal(judge({ backups: [], capacity }).reserveBytes, 10_000_000);
  });

  it("A42: believes no room that cannot be", () => {
    for (const capacity of [
      null,
      {},
      { freeBytes: -1, totalBytes: 5 },
      { freeBytes: 2 ** 64 - 1, totalBytes: 2 ** 64 - 1 },
      { freeBytes: 10, totalBytes: 5 },
      { freeBytes: 0, totalBytes: 0 },
      { freeBytes: Number.NaN },
    ]) {
      const { level, freeBytes, daysLeft } = judge({
        backups: aWeek,
        capacity,
      });
      assert.deepEqual(
        { level, freeBytes, daysLeft },
        { level: "unknown", freeBytes: null, daysLeft: null },
      );
    }
    assert.equal(
      judge({ backups: aWeek, capacity: { freeBytes: 0, totalBytes: 5 } }).level,
      "short",
    );
  });
});
