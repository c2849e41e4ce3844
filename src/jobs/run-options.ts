import type { Clock } from "../base/clock.ts";
import type { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { StateStore } from "../state/state-store.ts";
import type { RetryPolicy } from "./job.ts";
import type { JobHandler, JobOutcome } from "./job-handler.ts";

/** What one attempt at one job needs. */
export interface RunOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Already carries the fields of the job. */
  readonly logger: Logger;
  readonly handler: JobHandler;
  readonly leaseSeconds: number;
  readonly maxBeatMilliseconds?: number;
  /** How long a handler may go on after its signal before it is left behind. */
  readonly graceSeconds: number;
  readonly policy: RetryPolicy;
  readonly claimedAt: number;
}

/** How a handler ended. */
export type AttemptEnd =
  | { readonly outcome: JobOutcome; readonly error?: undefined }
  | { readonly outcome?: undefined; readonly error: AppError };
