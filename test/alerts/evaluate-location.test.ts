import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlertTypeId } from "../../src/alerts/alert-types.ts";
import { evaluateLocation } from "../../src/alerts/evaluate-location.ts";
import type { LocationFacts } from "../../src/alerts/location-facts.ts";
import { ago, aRun, day, now, wellFacts } from "../support/location-facts.ts";

function typesOf(change: Partial<LocationFacts>): readonly AlertTypeId[] {
  return evaluateLocation(wellFacts(change), now).map(({ typeId }) => typeId);
}

const failed = (code: string): LocationFacts["runs"] => [
  aRun(day / 4, {
    status: "Failed",
    isRecoveryReady: false,
    error: { code, message: "It did not work" },
  }),
  aRun(day * 0.75),
];

function skippedAt(milliseconds: number): LocationFacts["schedule"] {
  const at = ago(milliseconds);
  const reason = { code: "BackupInProgress", message: "Another backup was running" };
  return { isPaused: false, nextBackupTime: null, lastSkip: { tick: at, at, reason } };
}

function aStoreWith(newest: LocationFacts["store"]["newest"]): LocationFacts["store"] {
  return {
    isAlmostFull: false,
    particulars: {},
    ...(newest === undefined ? {} : { newest }),
  };
}

const cases: readonly (readonly [string, Partial<LocationFacts>, readonly AlertTypeId[]])[] = [
  ["nothing is wrong", {}, []],
  ["a failure with a name", { runs: failed("StoreFull") }, ["BackupFailedStoreFull"]],
  ["a failure without one", { runs: failed("Internal") }, ["BackupFailed"]],
  ["a store put back to an older state", { runs: failed("RollbackDetected") }, ["LedgerMismatch"]],
  ["clocks that disagree", { runs: failed("ClockMismatch") }, ["ClockSkew"]],
  [
    "a backup with failed roles",
    { runs: [aRun(day / 4, { status: "PartialSucceeded", failedRoles: ["identity"] })] },
    ["BackupPartial"],
  ],
  ["a success after a failure", { runs: [aRun(day / 4), ...failed("StoreFull")] }, []],
  [
    "a cancel after a success",
    { runs: [aRun(day / 8, { status: "Canceled", isRecoveryReady: false }), aRun(day / 4)] },
    [],
  ],
  ["no store", { isConfigured: false, runs: [] }, ["BackupsNotConfigured"]],
  [
    "a schedule that is off",
    { schedule: { isPaused: true, nextBackupTime: null } },
    ["BackupsPaused"],
  ],
  ["a pre-shared key", { hasPreSharedKey: true }, ["EncryptionSettingsOutdated"]],
  [
    "no recovery point for longer than the target",
    { runs: [aRun(1.01 * day)] },
    ["RecoveryPointOverdue"],
  ],
  ["a recovery point on the edge", { runs: [aRun(day)] }, []],
  [
    "backups that no site can be rebuilt from",
    { runs: [aRun(day / 4, { isRecoveryReady: false })] },
    ["RecoveryPointOverdue"],
  ],
  [
    "no backup since it was configured",
    { runs: [], configuredAt: ago(2 * day) },
    ["RecoveryPointOverdue"],
  ],
  ["no backup yet", { runs: [], configuredAt: ago(day / 2) }, []],
  [
    "a scheduled backup that nobody starts",
    { schedule: { isPaused: false, dueSince: ago(day / 24), nextBackupTime: null } },
    ["SchedulerSilent"],
  ],
  [
    "a scheduled backup that is just due",
    { schedule: { isPaused: false, dueSince: ago(60_000), nextBackupTime: null } },
    [],
  ],
  ["a skipped backup", { schedule: skippedAt(day / 24) }, ["BackupSkipped"]],
  ["a skipped backup and one after it", { schedule: skippedAt(day / 2) }, []],
  [
    "a store that cannot be reached",
    {
      store: {
        isAlmostFull: false,
        particulars: {},
        error: { code: "StoreUnreachable", message: "No answer" },
      },
    },
    ["StoreNotAccessible"],
  ],
  [
    "a store that cannot be written to",
    {
      store: {
        isAlmostFull: true,
        particulars: {},
        error: { code: "StoreReadOnly", message: "Read-only" },
      },
    },
    ["StoreNotWritable"],
  ],
  [
    "a store that does not list the newest backup",
    { store: aStoreWith({ backupId: "b", is: "unlisted" }) },
    ["StoreLooksStale"],
  ],
  [
    "a store without the newest backup",
    { store: aStoreWith({ backupId: "b", is: "missing" }) },
    ["LedgerMismatch"],
  ],
  [
    "a store for copies that is well",
    { isConfigured: false, copies: "external", runs: [], isKeyProved: false },
    [],
  ],
  [
    "copies within the machine that do not go away",
    {
      ...{ isConfigured: false, copies: "internal", runs: [] },
      lastPrune: {
        operationId: "p",
        error: { code: "StoreAuthRefused", message: "No" },
      },
    },
    ["InternalBackupNotDeleted"],
  ],
  [
    "copies elsewhere that do not go away",
    {
      ...{ isConfigured: false, copies: "external", runs: [] },
      lastPrune: {
        operationId: "p",
        error: { code: "StoreAuthRefused", message: "No" },
      },
    },
    ["BackupNotDeleted"],
  ],
  ["little room", { store: { isAlmostFull: true, particulars: {} } }, ["StoreAlmostFull"]],
  [
    "damage",
    { lastVerify: { operationId: "v2", at: ago(1), findings: ["CorruptObject"] } },
    ["VerifyFailed"],
  ],
  [
    "a verification that could not be done",
    {
      lastVerify: {
        operationId: "v2",
        at: ago(1),
        findings: [],
        error: { code: "StoreTimeout", message: "Too slow" },
      },
    },
    ["VerifyFailed"],
  ],
  [
    "a missing manifest beside damage",
    {
      lastVerify: {
        operationId: "v2",
        at: ago(1),
        findings: ["CorruptObject", "RollbackDetected"],
      },
    },
    ["LedgerMismatch", "VerifyFailed"],
  ],
  [
    "a certificate near its end",
    { certificates: [{ thumbprint: "A", notAfter: ago(-29 * day) }] },
    ["CertificateExpiring"],
  ],
  [
    "a certificate at its end",
    { certificates: [{ thumbprint: "A", notAfter: ago(-6 * day) }] },
    ["CertificateExpired"],
  ],
  ["no drill for long", { lastDrill: ago(91 * day) }, ["DrillOverdue"]],
  [
    "no drill wanted",
    { lastDrill: ago(91 * day), targets: { ...wellFacts().targets, drillDays: null } },
    [],
  ],
  ["nobody shows the key", { isKeyProved: false }, ["KeyPossessionUnproved"]],
  ["nobody shows the key of a new location", { isKeyProved: false, configuredAt: ago(day) }, []],
  [
    "half of the data is gone",
    {
      runs: [
        aRun(day / 4, { plainBytes: 40 * 2 ** 20 }),
        ...[1, 2, 3, 4].map((days) => aRun(days * day)),
      ],
    },
    ["UnusualSize"],
  ],
  [
    "a first change of size",
    {
      runs: [
        aRun(day / 4, { plainBytes: 40 * 2 ** 20 }),
        ...[1, 2, 3].map((days) => aRun(days * day)),
      ],
    },
    [],
  ],
  [
    "backups that cannot be deleted",
    { lastPrune: { operationId: "p", error: { code: "StoreAuthRefused", message: "No" } } },
    ["BackupNotDeleted"],
  ],
  [
    "copies that fail, within the machine and to another place",
    {
      failedCopies: [true, false].map((isInternal) => ({
        ...{ operationId: "c", targetName: "second", isInternal },
        error: { code: "StoreFull", message: "Full" },
      })),
    },
    ["InternalBackupFailed", "BackupCopyFailed"],
  ],
  [
    "a dead route",
    { failingRoutes: { mail: { code: "NotificationFailed", message: "550" } } },
    ["NotificationFailing"],
  ],
];

describe("evaluation of a location", () => {
  for (const [title, change, expected] of cases) {
    it(`${title}: ${expected.join(", ") || "no alert"}`, () =>
      assert.deepEqual(typesOf(change), expected));
  }

  it("names the event, the error and the particulars", () => {
    const [finding] = evaluateLocation(wellFacts({ runs: failed("StoreFull") }), now);
    assert.deepEqual(finding, {
      typeId: "BackupFailedStoreFull",
      evidence: `run-${day / 4}`,
      error: { code: "StoreFull", message: "It did not work" },
      properties: { backupId: `run-${day / 4}`, store: "/srv/backup" },
    });
  });
});
