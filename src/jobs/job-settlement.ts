import { AppError, isAppError, toAppError } from "../base/errors.ts";
import type { LogFields } from "../base/log.ts";
import type { Job, Lease, Write } from "../state/state-store.ts";
import {
  type AttemptFacts,
  computeRetryDelay,
  decideNextStep,
  formatJobError,
  type NextStep,
} from "./job.ts";
import type { AttemptEnd, RunOptions } from "./run-options.ts";
import type { JobEnd } from "./job-handler.ts";

export interface SettleOptions extends RunOptions {
  /** What is known right now: a cancel or a lost lease may come while we commit. */
  readonly readFacts: (error: AppError | undefined) => AttemptFacts;
}

/** Conditions that fail this often in a row mean a mistake of the handler, not bad luck. */
const maxConflicts = 5;
const unavailablePauseMilliseconds = 1000;

/**
 * Brings the job to its next state, its writes in the same commit. Never rejects: what cannot be written
 * is left to the lease, which runs out, so that the job is taken up again.
 */
export async function settleJob(job: Job, end: AttemptEnd, options: SettleOptions): Promise<void> {
  const next = decideNextStep(options.readFacts(end.error), options.policy);
  try {
    await takeStep(job, next, end, options);
    logStep(next, options);
    const ended = ends[next.step];
    if (ended !== undefined) options.handler.onEnded?.(job, ended);
  } catch (error) {
    await settleFailedStep(job, next, toAppError(error), options);
  }
}

const ends: Readonly<Partial<Record<NextStep["step"], JobEnd>>> = {
  succeed: "succeeded",
  cancel: "canceled",
  fail: "failed",
};

async function takeStep(
  job: Job,
  next: NextStep,
  end: AttemptEnd,
  options: SettleOptions,
): Promise<void> {
  const { handler, clock } = options;
  const lease: Lease = { jobId: job.id, fence: job.fence };
  switch (next.step) {
    case "forget":
      return;
    case "succeed":
      return commitEnd(lease, { state: "succeeded" }, () => readOutcome(end), options);
    case "cancel":
      return commitEnd(lease, { state: "canceled" }, () => handler.onCancel(job), options);
    case "fail": {
      const finish = { state: "failed", error: formatJobError(next.error) } as const;
      return commitEnd(lease, finish, () => handler.onFailure(job, next.error), options);
    }
    case "handBack":
      return releaseJob(lease, { dueAt: clock.now(), refundAttempt: true }, options);
    case "retry": {
      const dueAt = clock.now() + next.delayMilliseconds;
      return releaseJob(lease, { dueAt, error: formatJobError(next.error) }, options);
    }
  }
}

async function readOutcome({ outcome }: AttemptEnd): Promise<readonly Write[]> {
  if (outcome === undefined) return [];
  return typeof outcome === "function" ? await outcome() : outcome;
}

type FinishWrite = Extract<Write, { op: "finishJob" }>;
type ReleaseWrite = Extract<Write, { op: "releaseJob" }>;

async function commitEnd(
  lease: Lease,
  finish: Pick<FinishWrite, "state" | "error">,
  makeWrites: () => Promise<readonly Write[]>,
  options: SettleOptions,
): Promise<void> {
  for (let conflicts = 1; ; conflicts += 1) {
    const writes: readonly Write[] = [
      ...(await makeWrites()),
      { op: "finishJob", lease, ...finish },
    ];
    try {
      return await commitPatiently(lease, writes, options);
    } catch (error) {
      if (!isAppError(error, "StateConflict") || conflicts === maxConflicts) throw error;
    }
  }
}

function releaseJob(
  lease: Lease,
  release: Omit<ReleaseWrite, "op" | "lease">,
  options: SettleOptions,
): Promise<void> {
  return commitPatiently(lease, [{ op: "releaseJob", lease, ...release }], options);
}

/** Waits out a store that is briefly unavailable as long as the lease is ours: hours of work hang on it. */
async function commitPatiently(
  lease: Lease,
  writes: readonly Write[],
  { store, clock, readFacts }: SettleOptions,
): Promise<void> {
  for (;;) {
    try {
      return await store.commit(writes, lease);
    } catch (error) {
      const { isLeaseLost, isStopping } = readFacts(undefined);
      if (!isAppError(error, "StateUnavailable") || isLeaseLost || isStopping) throw error;
      await clock.sleep(unavailablePauseMilliseconds);
    }
  }
}

/** The commit itself failed: other writes, later, or as a last resort the end of the job alone. */
async function settleFailedStep(
  job: Job,
  next: NextStep,
  error: AppError,
  options: SettleOptions,
): Promise<void> {
  const { logger, policy, store, clock } = options;
  if (error.code === "LeaseLost") return logStep({ step: "forget" }, options);
  logger.error(`Job could not ${next.step}`, describeError(error));
  // The lease runs out, and whoever takes the job over tries again.
  if (error.code === "StateUnavailable") return;
  if (next.step === "succeed") {
    return settleJob(job, { error: asRetryable(error) }, options);
  }
  if (next.step !== "fail" && next.step !== "cancel") return;
  const lease: Lease = { jobId: job.id, fence: job.fence };
  const text = formatJobError(next.step === "fail" ? next.error : error);
  const write: Write =
    job.attempt < policy.maxAttempts
      ? {
          op: "releaseJob",
          lease,
          dueAt: clock.now() + computeRetryDelay(job.attempt, policy),
          error: text,
        }
      : // Its documents are now orphans, which the sweeper ends.
        {
          op: "finishJob",
          lease,
          state: next.step === "fail" ? "failed" : "canceled",
          error: text,
        };
  await store.commit([write], lease).catch((later: unknown) => {
    logger.error("Job could not be settled", describeError(toAppError(later)));
  });
}

function asRetryable(error: AppError): AppError {
  if (error.code !== "StateConflict") return error;
  return new AppError(error.code, error.message, { cause: error, retryable: true });
}

function logStep(next: NextStep, { logger }: SettleOptions): void {
  switch (next.step) {
    case "forget":
      return logger.warn("Job lease lost");
    case "succeed":
      return logger.info("Job succeeded");
    case "cancel":
      return logger.info("Job canceled");
    case "handBack":
      return logger.info("Job handed back");
    case "retry": {
      const fields = { ...describeError(next.error), delayMilliseconds: next.delayMilliseconds };
      return logger.warn("Job will be tried again", fields);
    }
    case "fail":
      return logger.error("Job failed", describeError(next.error));
  }
}

function describeError(error: AppError): LogFields {
  const cause = error.code === "Internal" && error.cause instanceof Error ? error.cause : undefined;
  return { errorCode: error.code, error: error.message, cause: cause?.stack };
}
