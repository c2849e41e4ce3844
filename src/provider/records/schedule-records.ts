import { toIso } from "../../base/clock.ts";
import type { DueTick } from "../../jobs/schedule.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";

/** What became of a tick of a location's schedule: for alerts, metrics and whoever asks. */
export interface ScheduleRecord {
  readonly locationKey: string;
  /** ISO 8601 UTC, as the others. */
  readonly tick: string;
  readonly at: string;
  readonly nextTick: string;
  /** Ticks after this one that had passed by then: nobody was there, or a window was closed. */
  readonly missedTicks: number;
  readonly outcome: ScheduleOutcome["outcome"];
  /** Of what was started. */
  readonly backupId?: string;
  /** Why nothing was. */
  readonly code?: string;
  readonly message?: string;
  /** What was in the way. */
  readonly operationId?: string | null;
}

export type ScheduleOutcome =
  | { readonly outcome: "started"; readonly backupId: string }
  | {
      readonly outcome: "skipped";
      readonly code: string;
      readonly message: string;
      readonly operationId: string | null;
    };

/** The write of a record; it belongs into the commit that deals with the tick. */
export function recordWrite(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  due: DueTick,
  outcome: ScheduleOutcome,
): Write {
  const at = nowIso(deps);
  const value: ScheduleRecord = {
    locationKey: location.key,
    tick: toIso(due.tick),
    at,
    nextTick: toIso(due.nextTick),
    missedTicks: due.missed,
    ...outcome,
  };
  return { op: "put", kind: "scheduleRecord", key: `${location.key}#${at}`, value };
}

/** The records of a location, oldest first. */
export async function listScheduleRecords(
  deps: Pick<ProviderDeps, "store">,
  locationKey: string,
): Promise<readonly ScheduleRecord[]> {
  const found = await listAll<ScheduleRecord>(deps.store, "scheduleRecord", `${locationKey}#`);
  return found.map(({ value }) => value);
}

/** How long records are kept. */
export const recordRetentionMilliseconds: number = 90 * 86_400_000;
