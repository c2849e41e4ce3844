import type { LocationFacts, RunFacts } from "../../src/alerts/location-facts.ts";

export const day = 86_400_000;
/** When the facts are judged. */
export const now: number = Date.parse("2026-03-02T12:00:00Z");

export function ago(milliseconds: number): string {
  return new Date(now - milliseconds).toISOString();
}

/** A good backup that ended so long ago. */
export function aRun(endedAgo: number, change: Partial<RunFacts> = {}): RunFacts {
  return {
    backupId: `run-${endedAgo}`,
    status: "Succeeded",
    isAutomatic: true,
    isRecoveryReady: true,
    startedAt: ago(endedAgo + 600_000),
    endedAt: ago(endedAgo),
    error: undefined,
    failedRoles: [],
    plainBytes: 100 * 2 ** 20,
    storedBytes: 10 * 2 ** 20,
    ...change,
  };
}

/** A location with which nothing is wrong. */
export function wellFacts(change: Partial<LocationFacts> = {}): LocationFacts {
  return {
    isConfigured: true,
    configuredAt: ago(30 * day),
    storeText: "/srv/backup",
    hasPreSharedKey: false,
    certificates: [{ thumbprint: "AB12", notAfter: ago(-300 * day) }],
    schedule: { isPaused: false, nextBackupTime: ago(-day / 4) },
    runs: [aRun(day / 4), aRun(day * 0.75)],
    lastVerify: { operationId: "v1", at: ago(day), findings: [] },
    lastDrill: ago(20 * day),
    isKeyProved: true,
    lastPrune: { operationId: "p1" },
    failedCopies: [],
    store: { isAlmostFull: false, particulars: { free: "1.0 TiB" } },
    failingRoutes: {},
    targets: {
      recoveryPointHours: 24,
      drillDays: 90,
      certificateDays: 30,
      sizeChangePercent: 50,
    },
    ...change,
  };
}
