import { countOf } from "../../base/count-of.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import type { OperationError, OperationRecord } from "../../arm/operation-record.ts";
import { isTerminal } from "../../arm/operation-record.ts";
import { AppError } from "../../base/errors.ts";
import type { Progress } from "../../engine/model.ts";
import type { JobContext, JobOutcome } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { endOperation, getLocation, getOperation, replace } from "../documents.ts";
import type { BackupLocation } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";

/** The location a job was made for; undefined when it is gone or another of the same name took its place. */
export async function findJobLocation(
  deps: ProviderDeps,
  job: Job,
): Promise<Document<BackupLocation> | undefined> {
  const payload = job.payload as JobPayload;
  const location = await getLocation(deps.store, payload.locationKey);
  return location?.value.incarnation === payload.incarnation ? location : undefined;
}

/** Shows the operation as running; tells whether an earlier attempt had done so. */
export async function beginOperation(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
  progress: string,
): Promise<{ readonly isResumed: boolean }> {
  const operation = await getOperation(deps.store, job.id);
  if (operation === undefined || operation.value.state !== "Accepted") return { isResumed: true };
  const running: OperationRecord = {
    ...operation.value,
    state: "Running",
    progress,
    percentComplete: 0,
  };
  await deps.store.commit([replace(operation, running)], context.lease);
  return { isResumed: false };
}

/** The error of an ended operation: the root cause, or that somebody canceled it. */
export function errorOf(
  operation: Document<OperationRecord> | undefined,
  error: AppError | undefined,
): OperationError {
  if (error === undefined) {
    const target = operation?.value.resourceId;
    const message = "The operation was canceled on request: start it again if it is still wanted";
    return { code: "OperationCanceled", message, ...(target === undefined ? {} : { target }) };
  }
  const { code, message, target } = error;
  return { code, message, ...(target === undefined ? {} : { target }) };
}

/** Does a job's work on its location; where that is gone, all that is left is to end the operation. */
export async function workOn(
  deps: ProviderDeps,
  job: Job,
  work: (location: Document<BackupLocation>) => Promise<JobOutcome>,
): Promise<JobOutcome> {
  const location = await findJobLocation(deps, job);
  return location === undefined ? () => endAbandoned(deps, job) : work(location);
}

/** Ends the operation of a job that has nothing left to work for. */
export function endAbandoned(deps: ProviderDeps, job: Job): Promise<readonly Write[]> {
  const error = new AppError(
    "Interrupted",
    "The location changed or went away before the operation could end: look at it and start again",
  );
  return endUnfinished(deps, job, "Failed", error);
}

/** Ends the operation of a job with what it has brought. */
export async function succeed(
  deps: ProviderDeps,
  job: Job,
  result?: unknown,
): Promise<readonly Write[]> {
  const end = { state: "Succeeded", endTime: nowIso(deps), result } as const;
  return endOperation(await getOperation(deps.store, job.id), end);
}

/** Ends the operation of a job that failed or was canceled; `reason` where that is known better. */
export async function endUnfinished(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
  reason?: OperationError,
): Promise<readonly Write[]> {
  const operation = await getOperation(deps.store, job.id);
  const end = { state, endTime: nowIso(deps), error: reason ?? errorOf(operation, error) };
  return endOperation(operation, end);
}

/**
 * Writes progress to the operation, at most once a second and one write at a time, under the job's lease.
 * What cannot be written is left out: the next report brings more. `settle` resolves when none is under way.
 */
export function createProgressWriter(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): ProgressWriter {
  let lastAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;
  let isEnded = false;
  const write = async (progress: Progress): Promise<void> => {
    const operation = await getOperation(deps.store, job.id);
    if (operation === undefined || isTerminal(operation.value.state) || isEnded) return;
    const percent = Math.max(operation.value.percentComplete ?? 0, percentOf(progress));
    const value = {
      ...operation.value,
      percentComplete: percent,
      progress: describeProgress(progress),
      ...(progress.roles === undefined ? {} : { details: { roles: progress.roles } }),
    };
    await deps.store.commit([replace(operation, value)], context.lease, "loose");
  };
  return {
    report: (progress) => {
      const now = deps.clock.now();
      if (writing !== undefined || isEnded || now - lastAt < 1000) return;
      lastAt = now;
      writing = write(progress)
        .catch(() => undefined)
        .finally(() => {
          writing = undefined;
        });
    },
    settle: async () => {
      isEnded = true;
      await writing;
    },
  };
}

export interface ProgressWriter {
  readonly report: (progress: Progress) => void;
  readonly settle: () => Promise<void>;
}

/** 100 belongs to the end alone. */
function percentOf({ bytesDone, bytesTotal }: Progress): number {
  if (bytesTotal <= 0) return 0;
  return Math.min(99, Math.floor((bytesDone / bytesTotal) * 100));
}

const phaseWords: Readonly<Record<Progress["phase"], string>> = {
  preparing: "Preparing",
  scanning: "Looking for changes",
  copying: "Copying",
  committing: "Publishing",
  checking: "Reading back",
  restoring: "Restoring",
  verifying: "Verifying",
  finishing: "Finishing",
};

function describeProgress({ phase, role, bytesDone, bytesTotal, filesDone }: Progress): string {
  const total = bytesTotal > 0 ? ` of ${formatBytes(bytesTotal)}` : "";
  const amount = `${formatBytes(bytesDone)}${total}, ${countOf(filesDone, "file")}`;
  return `${phaseWords[phase]}${role === undefined ? "" : ` ${role}`}: ${amount}`;
}
