import type { AppError } from "../../base/errors.ts";
import type { BackupRecord, CopyOutcome, LedgerHead, RepositoryKeys } from "../../engine/model.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { backupOfRecord, newestBackupTime } from "../records/backup-records.ts";
import { capacityWith } from "../records/capacity-outlook.ts";
import { getLocation, releaseRunning, replace } from "../documents.ts";
import {
  beginOperation,
  createProgressWriter,
  endAbandoned,
  endUnfinished,
  findJobLocation,
  succeed,
} from "./job-parts.ts";
import { askCapacity, releaseWrites } from "./jobs-backup.ts";
import { rebuildBackups } from "./jobs-configure.ts";
import type { BackupLocation, Capacity } from "../model.ts";
import { repositoryKey, storeIdentity } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { CopyRun } from "../ports.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { sealKeys } from "../stores/repository-keys.ts";
import { openStore, storeNotConfigured } from "../stores/store-access.ts";
import { storeSpecOf } from "../stores/store-spec-of.ts";
import { noteWrite, type CopyNote } from "../records/notes.ts";

export interface CopyPayload extends JobPayload {
  readonly targetKey: string;
  readonly targetIncarnation: string;
  readonly depth: CopyRun["depth"];
  /** Absent: all that are signed. */
  readonly backupIds?: readonly string[];
}

/** What a finished copy shows. */
export interface CopyResult extends CopyOutcome {
  readonly targetLocationName: string;
}

/** Copies backups into another location's store. An attempt after a crash goes on where the store shows it. */
export function copyHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runCopy(deps, job, context),
    onFailure: (job, error) => endCopy(deps, job, "Failed", error),
    onCancel: (job) => endCopy(deps, job, "Canceled", undefined),
    onEnded: () => deps.onTrouble?.(),
  };
}

async function runCopy(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  const location = await findJobLocation(deps, job);
  const target = await findTarget(deps, job);
  if (location === undefined || target === undefined) return () => endAbandoned(deps, job);
  const payload = job.payload as CopyPayload;
  const { spec, keys } = await openStore(deps, location.key, location.value);
  const to = storeSpecOf(deps, target.key, target.value.settings.store, target.value.secrets);
  if (to === undefined) throw storeNotConfigured(target.value.name);
  await beginOperation(deps, job, context, "Preparing");
  await deps.failpoint?.("copy.before-run");
  const { signingPublicKey } = keys;
  const { backupIds, depth } = payload;
  const outcome = await callEngine(deps, job, context, {
    store: spec,
    to,
    signingPublicKey,
    backupIds,
    depth,
  });
  const records = await deps.engine.listBackups(to, signingPublicKey);
  const capacity = await askCapacity(deps, { spec: to });
  await deps.failpoint?.("copy.before-finish");
  return () => finishCopy(deps, job, { outcome, records, capacity, keys });
}

async function callEngine(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
  run: CopyRun,
): Promise<CopyOutcome> {
  const progress = createProgressWriter(deps, job, context);
  try {
    context.signal.throwIfAborted();
    return await deps.engine.copy(run, progress.report, context.signal);
  } finally {
    await progress.settle();
  }
}

interface FinishedCopy {
  readonly outcome: CopyOutcome;
  /** What the target holds now. */
  readonly records: readonly BackupRecord[];
  readonly capacity: Capacity | undefined;
  readonly keys: RepositoryKeys;
}

/** The target shows the copies and can open their repository: in one commit with the operation's end. */
async function finishCopy(
  deps: ProviderDeps,
  job: Job,
  finished: FinishedCopy,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  const target = await findTarget(deps, job);
  if (location === undefined || target === undefined) return endAbandoned(deps, job);
  const key = repositoryKey(target.key, target.value.settings.store);
  const after = targetAfter(deps, job, target.value, finished);
  const result: CopyResult = { targetLocationName: target.value.name, ...finished.outcome };
  return [
    ...releaseWrites(location, job.id),
    replace(target, after),
    ...copyNote(deps, job, location.key, target),
    sealKeys(deps, key, finished.keys),
    ...headWrites(key, finished.records),
    ...(await rebuildBackups(deps, target, after, finished.records)),
    ...(await succeed(deps, job, result)),
  ];
}

function targetAfter(
  deps: ProviderDeps,
  job: Job,
  target: BackupLocation,
  { records, capacity }: FinishedCopy,
): BackupLocation {
  const backups = records.map((record) => backupOfRecord(record, target));
  const store = storeIdentity(target.settings.store);
  const outlook =
    capacity && capacityWith(capacity, { location: target, backups }, deps.clock.now());
  return {
    ...releaseRunning(target, job.id),
    cachedStore: store ?? null,
    ...(store === undefined ? {} : { copiesIn: store }),
    lastBackupTime: newestBackupTime(records),
    capacity: outlook ?? target.capacity,
    revision: target.revision + 1,
  };
}

/** The newest copy is what a later check must find again. */
function headWrites(key: string, records: readonly BackupRecord[]): readonly Write[] {
  const newest = records
    .filter(({ signature }) => signature === "trusted")
    .toSorted((one, other) => one.sequence - other.sequence)
    .at(-1);
  if (newest === undefined) return [];
  const { sequence, backupId, manifestHash } = newest;
  const value: LedgerHead = { sequence, backupId, manifestHash };
  return [{ op: "put", kind: "ledger", key, value }];
}

async function endCopy(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  const target = await findTarget(deps, job);
  const hasFailed = location !== undefined && target !== undefined && error !== undefined;
  return [
    ...releaseWrites(location, job.id),
    ...releaseWrites(target, job.id),
    ...(hasFailed ? copyNote(deps, job, location.key, target, error) : []),
    ...(await endUnfinished(deps, job, state, error)),
  ];
}

/** What the watchdog learns of a copy; a canceled one says nothing. */
function copyNote(
  deps: ProviderDeps,
  job: Job,
  key: string,
  { value }: Document<BackupLocation>,
  error?: AppError,
): readonly Write[] {
  const note: CopyNote = {
    operationId: job.id,
    at: nowIso(deps),
    targetName: value.name,
    isInternal: value.settings.store.kind === "local",
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
  return [noteWrite(key, `copy:${value.name.toLowerCase()}`, note)];
}

async function findTarget(
  deps: ProviderDeps,
  job: Job,
): Promise<Document<BackupLocation> | undefined> {
  const { targetKey, targetIncarnation } = job.payload as CopyPayload;
  const target = await getLocation(deps.store, targetKey);
  return target?.value.incarnation === targetIncarnation ? target : undefined;
}
