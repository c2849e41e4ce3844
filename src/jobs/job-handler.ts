import type { AppError } from "../base/errors.ts";
import type { LogFields } from "../base/log.ts";
import type { Job, Lease, Write } from "../state/state-store.ts";

/** What a kind of job does. The worker commits the writes together with the end of the job, under its lease. */
export interface JobHandler {
  /**
   * Does the work, resuming what an earlier attempt left. May run again after any failure, so every
   * effect must bear repetition. Settles soon after `context.signal` aborts.
   */
  run(job: Job, context: JobContext): Promise<JobOutcome>;
  /** The writes that go with a failure that will not be tried again. */
  onFailure(job: Job, error: AppError): Promise<readonly Write[]>;
  /** The writes that go with a cancel; the work has stopped or never began. */
  onCancel(job: Job): Promise<readonly Write[]>;
  /** What every line about the job says besides of it. */
  logFields?(job: Job): LogFields;
  /** Called when the end of the job is committed, whichever it is; must not throw. */
  onEnded?(job: Job, end: JobEnd): void;
}

export type JobEnd = "succeeded" | "failed" | "canceled";

/**
 * The writes of a finished job. As a function it is called again when a condition of its writes does not
 * hold any more, so that it can read afresh; a plain list then makes the whole attempt fail.
 */
export type JobOutcome = readonly Write[] | (() => Promise<readonly Write[]>);

export interface JobContext {
  /** Aborts on cancel (`Canceled`), a lost lease (`LeaseLost`) and a stopping process (`Interrupted`). */
  readonly signal: AbortSignal;
  /** Guards writes of progress: `store.commit(writes, context.lease)`. Its heartbeat is automatic. */
  readonly lease: Lease;
  /** 1 for the first. */
  readonly attempt: number;
  isCancelRequested(): boolean;
}
