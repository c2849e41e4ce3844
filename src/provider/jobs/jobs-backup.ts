import type { OperationRecord } from "../../arm/operation-record.ts";
import type { AppError } from "../../base/errors.ts";
import { inTurns } from "../../base/in-turns.ts";
import type { BackupRecord } from "../../engine/model.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { backupOfRecord, failureOf, isUsable } from "../records/backup-records.ts";
import { capacityWith, judgeCapacity, lookThrough } from "../records/capacity-outlook.ts";
import { endOperation, getBackup, getOperation, releaseRunning, replace } from "../documents.ts";
import {
  beginOperation,
  createProgressWriter,
  endAbandoned,
  errorOf,
  findJobLocation,
} from "./job-parts.ts";
import type { Backup, BackupLocation, Capacity } from "../model.ts";
import { backupKey } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import type { OpenedStore } from "../stores/store-access.ts";
import { openStore } from "../stores/store-access.ts";
import { listBackupsOf } from "../records/known-backups.ts";
import { whyKept, type Kept } from "../records/location-retention.ts";
import { findUnknownBackups, reconcileWrites } from "./unknown-backups.ts";
import { upkeepAfterBackup } from "../records/upkeep-times.ts";
import { checkSubscription } from "../records/subscription-state.ts";

export interface BackupPayload extends JobPayload {
  /** Absent in jobs of before there was a choice. */
  readonly rescan?: boolean;
}

/**
 * Makes a backup. Its id is the operation's, so that an attempt after a crash goes on with the same backup
 * and finds in the store what the earlier one left.
 */
export function backupHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runBackup(deps, job, context),
    onFailure: (job, error) => endBackup(deps, job, "Failed", error),
    onCancel: (job) => endBackup(deps, job, "Canceled", undefined),
    onEnded: () => deps.onTrouble?.(),
  };
}

async function runBackup(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  const location = await findJobLocation(deps, job);
  const backup = location && (await getBackup(deps.store, backupKey(location.key, job.id)));
  if (location === undefined || backup === undefined) return () => endAbandoned(deps, job);
  await checkSubscription(deps, location.value.subscriptionId);
  const opened = await openStore(deps, location.key, location.value);
  const { isResumed } = await beginOperation(deps, job, context, "Preparing");
  if (backup.value.status === "Creating") {
    await deps.store.commit(
      [replace(backup, { ...backup.value, status: "Running" })],
      context.lease,
    );
  }
  await deps.failpoint?.("backup.before-run");
  // An attempt that goes on has stored a part of it already.
  const expectedBytes = isResumed ? undefined : await expectBytes(deps, location);
  const run = { backup: backup.value, opened, expectedBytes };
  const record = await callEngine(deps, job, context, run);
  await deps.failpoint?.("backup.after-run");
  const capacity = await askCapacity(deps, opened);
  const unknown = await findUnknownBackups(deps, location, opened, record);
  await deps.failpoint?.("backup.before-finish");
  const { ledgerKey } = opened;
  return () => finishBackup(deps, job, { record, capacity, ledgerKey, unknown });
}

interface Run {
  readonly backup: Backup;
  readonly opened: OpenedStore;
  readonly expectedBytes: number | undefined;
}

/** What the backup will add, judged by those before it. */
async function expectBytes(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
): Promise<number> {
  const backups = await listBackupsOf(deps.store, location.key);
  await inTurns(lookThrough(backups, location.value));
  const question = { location: location.value, backups, now: deps.clock.now() };
  return judgeCapacity(question).nextBackupBytes;
}

async function callEngine(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
  { backup, opened, expectedBytes }: Run,
): Promise<BackupRecord> {
  const { spec, keys, ledgerHead } = opened;
  const progress = createProgressWriter(deps, job, context);
  const run = {
    store: spec,
    keys,
    backupId: backup.id,
    isAutomatic: backup.isAutomatic,
    deployment: backup.deployment,
    ledgerHead,
    rescan: (job.payload as BackupPayload).rescan ?? false,
    expectedBytes,
    fence: context.lease.fence,
  };
  try {
    await deps.failpoint?.("backup.during-run");
    context.signal.throwIfAborted();
    return await deps.engine.runBackup(run, progress.report, context.signal);
  } finally {
    await progress.settle();
  }
}

/** Free space after the run, for display: its failure is no failure of the backup. */
export async function askCapacity(
  deps: ProviderDeps,
  { spec }: Pick<OpenedStore, "spec">,
): Promise<Capacity | undefined> {
  try {
    return await deps.engine.probeStore(spec);
  } catch {
    return undefined;
  }
}

/** What the operation shows when it has ended: the backup with what was true of it then. */
export interface FinishedBackup extends Backup {
  /** Absent in what older programs left. */
  readonly kept?: Kept;
}

interface FinishedRun {
  readonly record: BackupRecord;
  readonly capacity: Capacity | undefined;
  readonly ledgerKey: string;
  /** What the store holds, where the state has forgotten some of it. */
  readonly unknown: readonly BackupRecord[] | undefined;
}

/** Backup, operation, location and ledger change together: nobody ever sees one say success before the others. */
async function finishBackup(
  deps: ProviderDeps,
  job: Job,
  finished: FinishedRun,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  if (location === undefined) return endAbandoned(deps, job);
  const { record, capacity, ledgerKey, unknown } = finished;
  const key = backupKey(location.key, job.id);
  const known = (await getBackup(deps.store, key))?.value;
  const made = backupOfRecord(record, location.value, known);
  const backup: Backup = { ...made, startedAt: known?.startedAt ?? made.startedAt };
  const backups = await listBackupsOf(deps.store, location.key);
  await inTurns(lookThrough(backups, location.value));
  const question = { location: location.value, backups, made: backup };
  const outlook = capacity && capacityWith(capacity, question, deps.clock.now());
  const kept = await whyKept(deps, location, [...backups, backup], backup.id);
  const result: FinishedBackup = { ...backup, kept };
  const head = {
    sequence: record.sequence,
    backupId: record.backupId,
    manifestHash: record.manifestHash,
  };
  return [
    { op: "put", kind: "backup", key, value: backup },
    ...(unknown === undefined ? [] : await reconcileWrites(deps, location, unknown, record)),
    { op: "put", kind: "ledger", key: ledgerKey, value: head },
    replace(location, {
      ...locationAfter(location.value, job.id, record, outlook),
      upkeep: upkeepAfterBackup(location.value, deps.clock.now()),
    }),
    ...endOperation(await getOperation(deps.store, job.id), endOf(deps, record, result)),
  ];
}

function locationAfter(
  location: BackupLocation,
  operationId: string,
  record: BackupRecord,
  capacity: Capacity | undefined,
): BackupLocation {
  const isNewest = location.lastBackupTime === null || record.endedAt > location.lastBackupTime;
  return {
    ...releaseRunning(location, operationId),
    lastBackupTime: isUsable(record) && isNewest ? record.endedAt : location.lastBackupTime,
    capacity: capacity ?? location.capacity,
    revision: location.revision + 1,
  };
}

/** A partial backup is a success of the operation (D10); its own status tells the rest. */
function endOf(
  deps: ProviderDeps,
  record: BackupRecord,
  result: FinishedBackup,
): Pick<OperationRecord, "result" | "error"> & {
  readonly state: "Succeeded" | "Failed";
  readonly endTime: string;
} {
  const endTime = nowIso(deps);
  if (record.status !== "Failed") return { state: "Succeeded", endTime, result };
  return { state: "Failed", endTime, error: failureOf(record) };
}

async function endBackup(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const operation = await getOperation(deps.store, job.id);
  const reason = errorOf(operation, error);
  const endTime = nowIso(deps);
  const location = await findJobLocation(deps, job);
  const backup = location && (await getBackup(deps.store, backupKey(location.key, job.id)));
  return [
    ...releaseWrites(location, job.id),
    ...(backup === undefined
      ? []
      : [
          replace(backup, {
            ...backup.value,
            status: state,
            endedAt: endTime,
            error: { code: reason.code, message: reason.message },
          }),
        ]),
    ...endOperation(operation, { state, endTime, error: reason }),
  ];
}

/** The location without this work; no visible change, so no new revision. */
export function releaseWrites(
  location: Document<BackupLocation> | undefined,
  operationId: string,
): readonly Write[] {
  if (location?.value.running?.operationId !== operationId) return [];
  return [replace(location, releaseRunning(location.value, operationId))];
}
