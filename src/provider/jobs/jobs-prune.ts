import type { OperationError } from "../../arm/operation-record.ts";
import { toIso } from "../../base/clock.ts";
import type { AppError } from "../../base/errors.ts";
import type { PruneReport } from "../../engine/model.ts";
import type { JobContext, JobHandler, JobOutcome } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { listAll, releaseRunning, replace } from "../documents.ts";
import {
  beginOperation,
  endAbandoned,
  endUnfinished,
  findJobLocation,
  succeed,
  workOn,
} from "./job-parts.ts";
import { leastMemoryDays, listPins, policyOf } from "../records/location-retention.ts";
import type { Backup, BackupLocation, LocationView } from "../model.ts";
import { viewOf } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { type OpenedStore, openStore } from "../stores/store-access.ts";
import { confirmRemoval } from "./confirm-removal.ts";
import { isCallerFault } from "../watch/caller-faults.ts";
import { noteWrite } from "../records/notes.ts";
import { upkeepAfterFailure, upkeepAfterPrune } from "../records/upkeep-times.ts";

export interface PrunePayload extends JobPayload {
  readonly isDryRun: boolean;
  /** Backups that the location's retention keeps no longer go too. */
  readonly appliesRetention?: boolean;
  /** Backups that are to go whatever retention says. */
  readonly remove?: readonly string[];
}

/** What a finished prune shows: published versions show it as a location. */
export interface PruneResult {
  readonly location: LocationView;
  readonly report: PruneReport;
}

/** Removes what no backup needs. An attempt after a crash plans anew and goes on. */
export function pruneHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => workOn(deps, job, (location) => runPrune(deps, job, context, location)),
    onFailure: (job, error) => endPrune(deps, job, "Failed", error),
    onCancel: (job) => endPrune(deps, job, "Canceled", undefined),
    onEnded: () => deps.onTrouble?.(),
  };
}

async function runPrune(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
  location: Document<BackupLocation>,
): Promise<JobOutcome> {
  const { isDryRun, appliesRetention, remove = [] } = job.payload as PrunePayload;
  const { spec, keys, ledgerHead } = await openStore(deps, location.key, location.value);
  await beginOperation(deps, job, context, isDryRun ? "Planning" : "Pruning");
  await deps.failpoint?.("prune.before-run");
  // Pins that are set after this are found when the engine asks.
  const pins = await listPins(deps, location.key, location.value);
  const policy =
    appliesRetention === true ? policyOf(location.value.settings, pins.keys()) : undefined;
  const confirm = confirmRemoval(deps, job, context, remove);
  const run = { store: spec, keys, ledgerHead, isDryRun, policy, remove, confirm };
  const report = await deps.engine.prune(run, () => undefined, context.signal);
  await deps.failpoint?.("prune.before-finish");
  const removed = isDryRun
    ? new Set<string>()
    : await findRemoved(deps, job, { spec, keys }, report);
  return () => finishPrune(deps, job, report, removed);
}

/** What went now, and what an attempt before this one had begun to remove and the store shows no more. */
async function findRemoved(
  deps: ProviderDeps,
  job: Job,
  { spec, keys }: Pick<OpenedStore, "spec" | "keys">,
  { removedBackups }: PruneReport,
): Promise<ReadonlySet<string>> {
  const removed = new Set(removedBackups.map((id) => id.toLowerCase()));
  const { removing = [] } = (await findJobLocation(deps, job))?.value ?? {};
  if (removing.every((id) => removed.has(id))) return removed;
  const held = await deps.engine.listBackups(spec, keys.signingPublicKey);
  const ids = new Set(held.map(({ backupId }) => backupId.toLowerCase()));
  return new Set([...removed, ...removing.filter((id) => !ids.has(id))]);
}

/** The operation ends, and the backups that went are no longer shown, in one commit. */
async function finishPrune(
  deps: ProviderDeps,
  job: Job,
  report: PruneReport,
  removed: ReadonlySet<string>,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  if (location === undefined) return endAbandoned(deps, job);
  const gone = report.isDryRun ? [] : await findGone(deps, job, location, removed);
  const result: PruneResult = { location: viewOf(location.value), report };
  return [
    ...settleLocationAfter(job, location, (value) => ({
      // What was begun has been done.
      removing: [],
      upkeep: upkeepAfterPrune(value, {
        report,
        appliesRetention: (job.payload as PrunePayload).appliesRetention === true,
        now: deps.clock.now(),
      }),
    })),
    ...gone.map(({ kind, key }): Write => ({ op: "delete", kind, key })),
    ...retentionNote(deps, job, location),
    ...(await succeed(deps, job, result)),
  ];
}

/** Backups that were removed, and runs that left nothing and are as old as backups get. */
async function findGone(
  deps: ProviderDeps,
  job: Job,
  { key, value }: Document<BackupLocation>,
  removed: ReadonlySet<string>,
): Promise<readonly Document<Backup>[]> {
  const days = Math.max(leastMemoryDays, value.settings.retentionDays);
  const oldest = toIso(deps.clock.now() - days * dayMilliseconds);
  const forgets = (job.payload as PrunePayload).appliesRetention === true;
  const all = await listAll<Backup>(deps.store, "backup", `${key}/backups/`);
  return all.filter(({ value: { id, record, endedAt } }) => {
    const isEmpty = record === undefined && endedAt !== undefined;
    return removed.has(id) || (forgets && isEmpty && endedAt < oldest);
  });
}

const dayMilliseconds = 86_400_000;

/** The location let go of, with what is to be done next; a dry run changes nothing of that. */
function settleLocationAfter(
  job: Job,
  location: Document<BackupLocation> | undefined,
  settledOf: (location: BackupLocation) => Pick<BackupLocation, "upkeep" | "removing">,
): readonly Write[] {
  if (location?.value.running?.operationId !== job.id) return [];
  const released = releaseRunning(location.value, job.id);
  if ((job.payload as PrunePayload).isDryRun) return [replace(location, released)];
  const { removing, ...settled } = { ...released, ...settledOf(location.value) };
  const begun = removing === undefined || removing.length === 0 ? {} : { removing };
  return [replace(location, { ...settled, ...begun })];
}

async function endPrune(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  const hasMadeWay = state === "Canceled" && location?.value.madeWay === job.id;
  const tells = location !== undefined && error !== undefined && !isCallerFault(error.code);
  return [
    ...settleLocationAfter(job, location, (value) => ({
      upkeep: upkeepAfterFailure(value, deps.clock.now()),
    })),
    ...(tells ? retentionNote(deps, job, location, error) : []),
    ...(await endUnfinished(deps, job, state, error, hasMadeWay ? madeWay : undefined)),
  ];
}

const madeWay: OperationError = {
  code: "OperationCanceled",
  message: "The clean-up made way for what was asked for: it is taken up again by itself",
};

/** What the watchdog learns: whether old backups can be removed. A dry run tried nothing. */
function retentionNote(
  deps: ProviderDeps,
  job: Job,
  { key }: Document<BackupLocation>,
  error?: AppError,
): readonly Write[] {
  if ((job.payload as PrunePayload).isDryRun) return [];
  const cause = error === undefined ? {} : { error: { code: error.code, message: error.message } };
  const note = { operationId: job.id, at: nowIso(deps), ...cause };
  return [noteWrite(key, "retention", note)];
}
