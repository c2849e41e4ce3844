import { AppError } from "../base/errors.ts";
import type { JobState } from "../state/state-store.ts";

/** Where a job may go from each state; running to running is a take-over by another worker. */
const nextStates: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ["running"],
  running: ["running", "queued", "succeeded", "failed", "canceled"],
  succeeded: [],
  failed: [],
  canceled: [],
};

/** Whether a job may move from one state to another in one step. */
export function canMove(from: JobState, to: JobState): boolean {
  return nextStates[from].includes(to);
}

/** Whether nothing happens to a job in this state any more. */
export function isEnded(state: JobState): boolean {
  return nextStates[state].length === 0;
}

export interface RetryPolicy {
  /** Claims of one job, the first included; a hand-back does not count. */
  readonly maxAttempts: number;
  readonly firstDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
}

/** The pause after the given attempt: doubles each time, up to the cap. */
export function computeRetryDelay(attempt: number, policy: RetryPolicy): number {
  const doubled = policy.firstDelayMilliseconds * 2 ** (attempt - 1);
  return Math.min(doubled, policy.maxDelayMilliseconds);
}

/** What a worker knows about an attempt when it has to decide what becomes of the job. */
export interface AttemptFacts {
  readonly attempt: number;
  readonly isLeaseLost: boolean;
  readonly isCancelRequested: boolean;
  readonly isStopping: boolean;
  /** Undefined when the handler completed. */
  readonly error: AppError | undefined;
}

export type NextStep =
  | { readonly step: "forget" }
  | { readonly step: "succeed" }
  | { readonly step: "cancel" }
  | { readonly step: "handBack" }
  | { readonly step: "retry"; readonly delayMilliseconds: number; readonly error: AppError }
  | { readonly step: "fail"; readonly error: AppError };

/**
 * What becomes of a job after an attempt. Finished work wins over a late cancel, cancel wins over a stop,
 * and a stop wins over a failure: what failed while it was being stopped is tried by the next process.
 */
export function decideNextStep(facts: AttemptFacts, policy: RetryPolicy): NextStep {
  const { attempt, error } = facts;
  if (facts.isLeaseLost) return { step: "forget" };
  if (error === undefined) return { step: "succeed" };
  if (facts.isCancelRequested) return { step: "cancel" };
  if (facts.isStopping) return { step: "handBack" };
  if (!error.retryable || attempt >= policy.maxAttempts) return { step: "fail", error };
  return { step: "retry", delayMilliseconds: computeRetryDelay(attempt, policy), error };
}

/** The error of a job whose process died at every attempt; names what the last finished attempt said. */
export function describeInterruption(attempts: number, lastError: string | undefined): AppError {
  const last = lastError === undefined ? "" : `; the last error was "${lastError}"`;
  return new AppError(
    "Interrupted",
    `The work was interrupted "${attempts}" times because its process ended${last}; start it again and look into the log`,
  );
}

/** An error as it is kept on a job. */
export function formatJobError(error: AppError): string {
  return `${error.code}: ${error.message}`;
}
