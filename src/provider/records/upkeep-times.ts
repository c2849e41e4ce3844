import { toIso } from "../../base/clock.ts";
import type { PruneReport } from "../../engine/model.ts";
import type { BackupLocation, LocationUpkeep } from "../model.ts";

/**
 * The upkeep that a backup leaves: retention at a quiet moment some time later, so that who made the backup can
 * restore or verify it first. What is waiting already waits no longer, nor is a change of the rules in force earlier.
 */
export function upkeepAfterBackup({ upkeep = {} }: BackupLocation, now: number): LocationUpkeep {
  return { ...upkeep, retentionAt: upkeep.retentionAt ?? toIso(now + settleMilliseconds) };
}

/** The upkeep that a prune leaves: what it marked goes a grace later. */
export function upkeepAfterPrune(
  { upkeep = {} }: BackupLocation,
  { appliesRetention, report, now }: PruneEnd,
): LocationUpkeep {
  const { retentionAt } = upkeep;
  const isDone = appliesRetention && isReached(retentionAt, now);
  return {
    ...(retentionAt === undefined || isDone ? {} : { retentionAt }),
    ...(report.bytesFreedLater === 0 ? {} : { pruneAt: toIso(now + graceMilliseconds) }),
  };
}

export interface PruneEnd {
  readonly appliesRetention: boolean;
  readonly report: PruneReport;
  readonly now: number;
}

/** The upkeep that a failed prune leaves: the same, later. */
export function upkeepAfterFailure({ upkeep = {} }: BackupLocation, now: number): LocationUpkeep {
  const later = toIso(now + retryMilliseconds);
  const delayed = (at: string): string => (at > later ? at : later);
  return {
    ...(upkeep.retentionAt === undefined ? {} : { retentionAt: delayed(upkeep.retentionAt) }),
    ...(upkeep.pruneAt === undefined ? {} : { pruneAt: delayed(upkeep.pruneAt) }),
  };
}

/** The engine's grace is a day; a little more, so that clocks need not agree to the second. */
const graceMilliseconds = 24 * 3_600_000 + 5 * 60_000;
const retryMilliseconds = 3_600_000;
const settleMilliseconds = 15 * 60_000;

/** Whether the time has come; what has no time never does. */
export function isReached(at: string | undefined, now: number): boolean {
  return at !== undefined && Date.parse(at) <= now;
}
