import { AppError, toAppError } from "../base/errors.ts";
import type { Job } from "../state/state-store.ts";
import { type AttemptFacts, describeInterruption } from "./job.ts";
import { settleJob } from "./job-settlement.ts";
import type { JobContext, JobHandler } from "./job-handler.ts";
import type { AttemptEnd, RunOptions } from "./run-options.ts";
import { keepLease } from "./lease-keeper.ts";

/** One attempt at one job. */
export interface JobRun {
  /** Resolves when the job has been settled or given up; never rejects. */
  readonly done: Promise<void>;
  /** Looks for a cancel at once. */
  nudge(): void;
  /** Asks the handler to stop, to hand the job back. */
  stop(): void;
}

/** Runs a claimed job to its next state. */
export function startJobRun(job: Job, options: RunOptions): JobRun {
  const state = { isLost: false, isCanceled: job.cancelRequested, isStopping: false };
  const controller = new AbortController();
  const keeper = keepLease({
    ...options,
    job,
    onCancel: () => {
      state.isCanceled = true;
      controller.abort(new AppError("Canceled", "The work was canceled"));
    },
    onLost: () => {
      state.isLost = true;
      controller.abort(new AppError("LeaseLost", "The work has passed to another worker"));
    },
  });
  const readFacts = (error: AppError | undefined): AttemptFacts => ({
    attempt: job.attempt,
    isLeaseLost: state.isLost,
    isCancelRequested: state.isCanceled,
    isStopping: state.isStopping,
    error,
  });
  const run = async (): Promise<void> => {
    const context = createContext(job, controller.signal, () => state.isCanceled);
    const end = await attemptJob(job, context, options);
    await settleJob(job, end, { ...options, readFacts });
    keeper.stop();
  };
  return {
    done: run(),
    nudge: () => keeper.nudge(),
    stop: () => {
      state.isStopping = true;
      controller.abort(new AppError("Interrupted", "The process is stopping"));
    },
  };
}

function createContext(
  job: Job,
  signal: AbortSignal,
  isCancelRequested: () => boolean,
): JobContext {
  const lease = { jobId: job.id, fence: job.fence };
  return { signal, lease, attempt: job.attempt, isCancelRequested };
}

async function attemptJob(job: Job, context: JobContext, options: RunOptions): Promise<AttemptEnd> {
  // A tick later, so that a stop that is already known is seen before any work begins.
  await Promise.resolve();
  const { maxAttempts } = options.policy;
  if (job.cancelRequested) return { error: new AppError("Canceled", "Canceled before it began") };
  if (context.signal.aborted) return { error: toAppError(context.signal.reason) };
  if (job.attempt > maxAttempts) return { error: describeInterruption(maxAttempts, job.error) };
  options.logger.info("Job started");
  const settled = new AbortController();
  const handled = callHandler(job, context, options.handler);
  const overdue = waitOutGrace(context.signal, settled.signal, options);
  const end = await Promise.race([handled, overdue]);
  settled.abort();
  return end;
}

async function callHandler(
  job: Job,
  context: JobContext,
  handler: JobHandler,
): Promise<AttemptEnd> {
  try {
    return { outcome: await handler.run(job, context) };
  } catch (error) {
    return { error: toAppError(error) };
  }
}

/** Ends when the handler still runs some time after its signal; its later writes are refused by the fence. */
async function waitOutGrace(
  signal: AbortSignal,
  settled: AbortSignal,
  { clock, graceSeconds, logger }: RunOptions,
): Promise<AttemptEnd> {
  await waitForAbort(signal, settled);
  await clock.sleep(graceSeconds * 1000, settled).catch(() => undefined);
  if (!settled.aborted) logger.error("Job handler ignores its signal and is left behind");
  return {
    error: new AppError("TimedOut", `The work did not stop within "${graceSeconds}" seconds`),
  };
}

function waitForAbort(signal: AbortSignal, settled: AbortSignal): Promise<void> {
  const either = AbortSignal.any([signal, settled]);
  if (either.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    either.addEventListener("abort", () => resolve(), { once: true });
  });
}
