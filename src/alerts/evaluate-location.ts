import { toIso } from "../base/clock.ts";
import { countOf } from "../base/count-of.ts";
import { formatBytes } from "../base/format-bytes.ts";
import type { Finding } from "./alert.ts";
import { typeOfBackupFailure, typeOfStoreFailure, typeOfVerifyFailure } from "./alert-types.ts";
import { findUnusualSize } from "./unusual-size.ts";
import type { LocationFacts, RunFacts } from "./location-facts.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** Nobody may look at the schedule for this long. */
const startGrace = 0.5 * hour;
/** A certificate this near to its end is as bad as an expired one. */
const lastDays = 7 * day;
/** Who has the private key is asked for this long after the first backup. */
const proofGrace = 7 * day;

/** Everything that is wrong with a location now, the gravest of each family first. Looks at nothing but its arguments. */
export function evaluateLocation(facts: LocationFacts, now: number): readonly Finding[] {
  if (!facts.isConfigured && facts.copies === undefined)
    return [{ typeId: "BackupsNotConfigured", properties: {} }, ...findRoutes(facts)];
  const ofItsStore = [
    ...findLedgerTrouble(facts),
    ...(facts.isConfigured ? findRunTrouble(facts) : []),
    ...findStoreTrouble(facts),
    ...findVerifyTrouble(facts),
    ...findPrune(facts),
    ...findRoutes(facts),
  ];
  // What others copy there is looked after; no backup of its own is expected.
  if (!facts.isConfigured) return ofItsStore;
  return [
    ...ofItsStore,
    ...findScheduleTrouble(facts, now),
    ...findAge(facts, now),
    ...findCertificates(facts, now),
    ...findDrills(facts, now),
    ...findSize(facts),
    ...findCopies(facts),
    ...(facts.hasPreSharedKey
      ? [{ typeId: "EncryptionSettingsOutdated", properties: {} } as const]
      : []),
  ];
}

/** The newest backup a site can be rebuilt from. */
export function newestReady(runs: readonly RunFacts[]): RunFacts | undefined {
  return runs.find((run) => run.isRecoveryReady && run.endedAt !== undefined);
}

/** Ended runs that say something: a canceled one was ended by somebody who knows. */
function newestEnded(runs: readonly RunFacts[]): RunFacts | undefined {
  return runs.find(({ status, endedAt }) => endedAt !== undefined && status !== "Canceled");
}

function findRunTrouble({ runs, storeText }: LocationFacts): readonly Finding[] {
  const run = newestEnded(runs);
  if (run === undefined || run.status === "Succeeded") return [];
  const evidence = run.backupId;
  if (run.status === "PartialSucceeded") {
    const properties = { backupId: run.backupId, failedRoles: run.failedRoles.join(", ") };
    return [{ typeId: "BackupPartial", evidence, properties }];
  }
  const error = run.error ?? { code: "Internal", message: "The backup failed without a reason" };
  const properties = { backupId: run.backupId, store: storeText };
  return [{ typeId: typeOfBackupFailure(error.code), evidence, error, properties }];
}

/** A ledger that does not match, whoever noticed, comes before everything else of its family. */
function findLedgerTrouble({ lastVerify, store }: LocationFacts): readonly Finding[] {
  const code = lastVerify?.findings.find((one) => typeOfVerifyFailure(one) === "LedgerMismatch");
  if (lastVerify === undefined || code === undefined) return findMissing(store);
  const error = { code, message: "The verification of the store found it" };
  const { operationId } = lastVerify;
  return [{ typeId: "LedgerMismatch", evidence: operationId, error, properties: { operationId } }];
}

/** The look at the store between backups sees it first. */
function findMissing({ newest }: LocationFacts["store"]): readonly Finding[] {
  if (newest?.is !== "missing") return [];
  const { backupId } = newest;
  const message = `Backup "${backupId}", the newest this service made, is not in the store: the store was rolled back or the backup deleted`;
  const error = { code: "RollbackDetected", message };
  return [
    {
      typeId: "LedgerMismatch",
      evidence: backupId,
      error,
      properties: { backupId },
    },
  ];
}

function findVerifyTrouble({ lastVerify }: LocationFacts): readonly Finding[] {
  if (lastVerify === undefined) return [];
  const { operationId, findings } = lastVerify;
  const code = lastVerify.error?.code ?? findings[0];
  if (code === undefined) return [];
  const count = `${countOf(findings.length, "finding")}: ${[...new Set(findings)].join(", ")}`;
  const error = lastVerify.error ?? { code, message: count };
  // Damage beside a ledger that does not match is damage all the same.
  const typeId = lastVerify.error === undefined ? "VerifyFailed" : typeOfVerifyFailure(code);
  return [{ typeId, evidence: operationId, error, properties: { operationId } }];
}

function findStoreTrouble({ store, storeText }: LocationFacts): readonly Finding[] {
  const { error, newest, isAlmostFull, particulars } = store;
  if (error !== undefined) {
    const properties = { store: storeText };
    return [{ typeId: typeOfStoreFailure(error.code), error, properties }];
  }
  const properties = { store: storeText, ...particulars };
  const findings: Finding[] = [];
  if (isAlmostFull) findings.push({ typeId: "StoreAlmostFull", properties });
  if (newest?.is === "unlisted")
    findings.push({
      typeId: "StoreLooksStale",
      properties: { store: storeText, backupId: newest.backupId },
    });
  return findings;
}

function findScheduleTrouble({ schedule, runs }: LocationFacts, now: number): readonly Finding[] {
  const { isPaused, pausedUntil, dueSince, lastSkip } = schedule;
  const findings: Finding[] = [];
  if (isPaused) {
    const properties = pausedUntil === undefined ? {} : { pausedUntil };
    findings.push({ typeId: "BackupsPaused", properties });
  } else if (dueSince !== undefined && now - Date.parse(dueSince) > startGrace) {
    findings.push({ typeId: "SchedulerSilent", properties: { dueSince } });
  }
  if (lastSkip !== undefined && !runs.some(({ startedAt }) => startedAt > lastSkip.at)) {
    const { tick: evidence, reason: error } = lastSkip;
    const properties = { skippedTime: evidence, nextBackupTime: schedule.nextBackupTime ?? "" };
    findings.push({ typeId: "BackupSkipped", evidence, error, properties });
  }
  return findings;
}

/** Silence is an alarm: this looks at the clock alone, so it also speaks when nothing runs any more. */
function findAge({ runs, configuredAt, targets }: LocationFacts, now: number): readonly Finding[] {
  const ready = newestReady(runs);
  const since = ready?.endedAt ?? configuredAt;
  const hours = (now - Date.parse(since)) / hour;
  if (hours <= targets.recoveryPointHours) return [];
  const properties = {
    targetHours: String(targets.recoveryPointHours),
    ageHours: String(Math.floor(hours)),
    ...(ready === undefined ? {} : { backupId: ready.backupId, lastRecoveryPoint: since }),
  };
  return [{ typeId: "RecoveryPointOverdue", properties }];
}

function findCertificates(facts: LocationFacts, now: number): readonly Finding[] {
  const ending = facts.certificates.toSorted((a, b) => (a.notAfter < b.notAfter ? -1 : 1))[0];
  if (ending === undefined) return [];
  const left = Date.parse(ending.notAfter) - now;
  const { thumbprint, notAfter } = ending;
  const properties = { thumbprint, notAfter: toIso(Date.parse(notAfter)) };
  if (left <= lastDays) return [{ typeId: "CertificateExpired", properties }];
  if (left <= facts.targets.certificateDays * day)
    return [{ typeId: "CertificateExpiring", properties }];
  return [];
}

function findDrills(facts: LocationFacts, now: number): readonly Finding[] {
  const first = facts.runs.filter((run) => run.isRecoveryReady).at(-1);
  if (first === undefined) return [];
  const { drillDays } = facts.targets;
  const since = Date.parse(facts.lastDrill ?? first.startedAt);
  const findings: Finding[] = [];
  const isUnproved = !facts.isKeyProved && !facts.hasPreSharedKey;
  if (isUnproved && now - Date.parse(facts.configuredAt) > proofGrace)
    findings.push({ typeId: "KeyPossessionUnproved", properties: {} });
  if (drillDays !== null && now - since > drillDays * day) {
    const lastDrill = facts.lastDrill ?? "never";
    findings.push({
      typeId: "DrillOverdue",
      properties: { lastDrill, targetDays: String(drillDays) },
    });
  }
  return findings;
}

/** A copy within the machine and one to another place are different alerts; of several, the newest is told. */
function findCopies({ failedCopies }: LocationFacts): readonly Finding[] {
  const of = (isInternal: boolean): readonly Finding[] => {
    const failed = failedCopies.filter((copy) => copy.isInternal === isInternal);
    const [first] = failed;
    if (first === undefined) return [];
    const { operationId, error } = first;
    const targets = failed.map(({ targetName }) => targetName).join(", ");
    const typeId = isInternal ? "InternalBackupFailed" : "BackupCopyFailed";
    return [{ typeId, evidence: operationId, error, properties: { operationId, targets } }];
  };
  return [...of(true), ...of(false)];
}

function findSize({ runs, targets }: LocationFacts): readonly Finding[] {
  const unusual = findUnusualSize(runs, targets.sizeChangePercent);
  if (unusual === undefined) return [];
  const { backupId, bytes, usualBytes } = unusual;
  const properties = { backupId, size: formatBytes(bytes), usualSize: formatBytes(usualBytes) };
  return [{ typeId: "UnusualSize", evidence: backupId, properties }];
}

/** Where copies on the service's own machine do not go away, it is that machine's disk that fills. */
function findPrune({ lastPrune, storeText, copies }: LocationFacts): readonly Finding[] {
  if (lastPrune?.error === undefined) return [];
  const { operationId, error } = lastPrune;
  const properties = { operationId, store: storeText };
  const typeId = copies === "internal" ? "InternalBackupNotDeleted" : "BackupNotDeleted";
  return [{ typeId, evidence: operationId, error, properties }];
}

function findRoutes({ failingRoutes }: LocationFacts): readonly Finding[] {
  const [first] = Object.entries(failingRoutes);
  if (first === undefined) return [];
  const properties = { routes: Object.keys(failingRoutes).join(", ") };
  return [{ typeId: "NotificationFailing", error: first[1], properties }];
}
