import { AppError } from "../../base/errors.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { listAll, replace, settleLocation } from "../documents.ts";
import {
  beginOperation,
  endAbandoned,
  endUnfinished,
  findJobLocation,
  succeed,
} from "./job-parts.ts";
import type { BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/**
 * Forgets a location and all below it once its running work has stopped. What lies in the store is left alone, and so
 * are the repository's keys: the location can be made again over the same store.
 */
export function deleteHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runDelete(deps, job, context),
    onFailure: (job, error) => endDelete(deps, job, "Failed", error),
    onCancel: (job) => endDelete(deps, job, "Canceled", undefined),
  };
}

const pauseMilliseconds = 100;
const patienceMilliseconds = 60_000;

async function runDelete(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  await beginOperation(deps, job, context, "Stopping running work");
  await stopRunningWork(deps, job, context);
  await deps.failpoint?.("delete.before-finish");
  return () => finishDelete(deps, job);
}

/** Asks whatever runs to stop and waits until it has let go of the location; a clean-up that makes way may run still. */
async function stopRunningWork(deps: ProviderDeps, job: Job, context: JobContext): Promise<void> {
  const deadline = deps.clock.now() + patienceMilliseconds;
  for (;;) {
    const location = (await findDeleting(deps, job))?.value;
    const running = location?.running?.operationId ?? location?.madeWay;
    if (running === undefined) return;
    const isAlive = await deps.store.requestCancel(running);
    // Nobody will let go of it any more; the sweeper ends its operation.
    if (!isAlive) return;
    deps.onEnqueued?.();
    if (deps.clock.now() > deadline) throw stillRunning(running);
    await deps.clock.sleep(pauseMilliseconds, context.signal);
  }
}

function stillRunning(operationId: string): AppError {
  return new AppError(
    "TimedOut",
    `Operation "${operationId}" of this location did not stop: wait until it has ended, then delete again`,
    {
      retryable: true,
    },
  );
}

async function finishDelete(deps: ProviderDeps, job: Job): Promise<readonly Write[]> {
  const location = await findDeleting(deps, job);
  if (location === undefined) return endAbandoned(deps, job);
  const { key, etag } = location;
  const children = await Promise.all(
    childKinds.map((kind) => listAll(deps.store, kind, `${key}/`)),
  );
  return [
    { op: "delete", kind: "location", key, if: { etag } },
    ...children.flat().map((child): Write => ({ op: "delete", kind: child.kind, key: child.key })),
    { op: "delete", kind: "monitoring", key },
    ...(await succeed(deps, job)),
  ];
}

/** What lies below a location; what the watchdog writes of it meanwhile, it forgets itself. */
const childKinds = ["backup", "alert", "route", "deadLetter", "note"] as const;

async function endDelete(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const location = await findDeleting(deps, job);
  return [
    ...(location === undefined ? [] : [replace(location, settleLocation(location.value, state))]),
    ...(await endUnfinished(deps, job, state, error)),
  ];
}

async function findDeleting(
  deps: ProviderDeps,
  job: Job,
): Promise<Document<BackupLocation> | undefined> {
  const location = await findJobLocation(deps, job);
  return location?.value.activeOperationId === job.id ? location : undefined;
}
