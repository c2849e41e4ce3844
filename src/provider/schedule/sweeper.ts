import type { OperationRecord } from "../../arm/operation-record.ts";
import { isTerminal } from "../../arm/operation-record.ts";
import { AppError } from "../../base/errors.ts";
import type { SweepReport } from "../../jobs/sweeper.ts";
import { sweepOrphans } from "../../jobs/sweeper.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import {
  endOperation,
  getBackup,
  getOperation,
  releaseRunning,
  replace,
  settleLocation,
} from "../documents.ts";
import { errorOf, findJobLocation } from "../jobs/job-parts.ts";
import type { Backup, BackupLocation } from "../model.ts";
import { backupKey, isSettled } from "../model.ts";
import type { OpenOperations } from "../records/open-operations.ts";
import { jobKinds } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";

/**
 * Ends what waits for a job that will never come: operations without a living job, and locations and backups
 * that were left behind by one. Safe beside running workers. Call it at start and now and then.
 */
export async function sweepProvider(
  deps: ProviderDeps,
  openOperations: OpenOperations,
): Promise<readonly SweepReport[]> {
  const handledKinds = new Set<string>(Object.values(jobKinds));
  const operations = await sweepOrphans<OperationRecord>({
    store: deps.store,
    documentKind: "operation",
    listUnfinished: () => openOperations.list(),
    findJobId: ({ value }) => (isTerminal(value.state) ? undefined : value.id),
    endDocument: async (document) => endOrphanOperation(deps, document),
    isOrphanJob: (job) => isOrphanJob(deps, job),
    handledKinds,
  });
  const locations = await sweepOrphans<BackupLocation>({
    store: deps.store,
    documentKind: "location",
    findJobId: ({ value }) =>
      isSettled(value.provisioningState) ? undefined : (value.activeOperationId ?? "none"),
    endDocument: async (document) => [replace(document, settleLocation(document.value, "Failed"))],
    isOrphanJob: () => Promise.resolve(false),
    handledKinds,
  });
  const running = await sweepOrphans<BackupLocation>({
    store: deps.store,
    documentKind: "location",
    findJobId: ({ value }) => value.running?.operationId,
    endDocument: async (document) => endOrphanWork(deps, document),
    isOrphanJob: () => Promise.resolve(false),
    handledKinds,
  });
  return [operations, locations, running];
}

/** A job is for nothing when its operation has ended or its location is another one by now. */
async function isOrphanJob(deps: ProviderDeps, job: Job): Promise<boolean> {
  const kinds: readonly string[] = Object.values(jobKinds);
  if (!kinds.includes(job.kind)) return false;
  const operation = await getOperation(deps.store, job.id);
  return (
    operation === undefined ||
    isTerminal(operation.value.state) ||
    (await findJobLocation(deps, job)) === undefined
  );
}

function endOrphanOperation(
  deps: ProviderDeps,
  document: Document<OperationRecord>,
): readonly Write[] {
  return endOperation(document, {
    state: "Failed",
    endTime: nowIso(deps),
    error: errorOf(document, interrupted()),
  });
}

/** Frees the location and ends the backup its work was making. */
async function endOrphanWork(
  deps: ProviderDeps,
  document: Document<BackupLocation>,
): Promise<readonly Write[]> {
  const { running } = document.value;
  if (running === undefined) return [];
  const backup = await getBackup(deps.store, backupKey(document.key, running.operationId));
  const isOpen = backup !== undefined && backup.value.endedAt === undefined;
  return [
    replace(document, releaseRunning(document.value, running.operationId)),
    ...(isOpen ? [replace(backup, failedBackup(deps, backup.value))] : []),
  ];
}

function failedBackup(deps: ProviderDeps, backup: Backup): Backup {
  const { code, message } = interrupted();
  return { ...backup, status: "Failed", endedAt: nowIso(deps), error: { code, message } };
}

function interrupted(): AppError {
  return new AppError(
    "Interrupted",
    "The work was interrupted and nobody will finish it: start it again",
  );
}
