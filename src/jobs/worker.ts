import type { Clock } from "../base/clock.ts";
import { toAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Job, StateStore } from "../state/state-store.ts";
import { createBell } from "./bell.ts";
import type { RetryPolicy } from "./job.ts";
import type { JobHandler } from "./job-handler.ts";
import { type JobRun, startJobRun } from "./job-run.ts";
import type { RunOptions } from "./run-options.ts";

export interface WorkerOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process in the job table. */
  readonly owner: string;
  /** By kind of job; jobs of other kinds are left to other workers. */
  readonly handlers: ReadonlyMap<string, JobHandler>;
  /** Jobs at a time. */
  readonly concurrency: number;
  readonly leaseSeconds: number;
  readonly maxAttempts: number;
  readonly pollMilliseconds: number;
  /** The longest time between two heartbeats of a job; 5 seconds unless told. */
  readonly maxBeatMilliseconds?: number;
  /** How long a handler may go on after its signal; 10 unless told. */
  readonly graceSeconds?: number;
  /** 1 second unless told; doubles with each attempt. */
  readonly firstRetryMilliseconds?: number;
  /** 5 minutes unless told. */
  readonly maxRetryMilliseconds?: number;
}

export interface Worker {
  /** Looks for work and for cancels at once; call it after an enqueue or a cancel. */
  wake(): void;
  /**
   * Claims nothing more, signals the running handlers and hands their jobs back; resolves when all have
   * been, at the latest after the grace.
   */
  stop(): Promise<void>;
}

/** Starts to claim and run jobs; each ends once, whatever dies on the way. */
export function startWorker(options: WorkerOptions): Worker {
  const { clock, concurrency, pollMilliseconds } = options;
  const bell = createBell(clock);
  const runs = new Set<JobRun>();
  const claimNext = createClaimer(options);
  let stopped: Promise<void> | undefined;
  let isStopping = false;

  const startRun = (job: Job, claimedAt: number): void => {
    const run = startJobRun(job, readRunOptions(job, claimedAt, options));
    if (isStopping) run.stop();
    runs.add(run);
    void run.done.then(() => {
      runs.delete(run);
      bell.ring();
    });
  };
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      const claimedAt = clock.now();
      const job = runs.size < concurrency ? await claimNext() : undefined;
      if (job === undefined) await bell.wait(pollMilliseconds);
      else startRun(job, claimedAt);
    }
  };
  const looping = loop();
  const stop = async (): Promise<void> => {
    isStopping = true;
    bell.ring();
    for (const run of runs) run.stop();
    await looping;
    await Promise.all([...runs].map((run) => run.done));
  };
  return {
    wake: () => {
      bell.ring();
      for (const run of runs) run.nudge();
    },
    stop: () => (stopped ??= stop()),
  };
}

const defaultGraceSeconds = 10;
const defaultFirstRetryMilliseconds = 1000;
const defaultMaxRetryMilliseconds = 300_000;

function readRunOptions(job: Job, claimedAt: number, options: WorkerOptions): RunOptions {
  const { store, clock, leaseSeconds } = options;
  const policy: RetryPolicy = {
    maxAttempts: options.maxAttempts,
    firstDelayMilliseconds: options.firstRetryMilliseconds ?? defaultFirstRetryMilliseconds,
    maxDelayMilliseconds: options.maxRetryMilliseconds ?? defaultMaxRetryMilliseconds,
  };
  const handler = options.handlers.get(job.kind);
  if (handler === undefined) throw new TypeError(`No handler for "${job.kind}"`);
  return {
    store,
    clock,
    leaseSeconds,
    ...(options.maxBeatMilliseconds === undefined
      ? {}
      : { maxBeatMilliseconds: options.maxBeatMilliseconds }),
    handler,
    policy,
    claimedAt,
    logger: options.logger.child({
      ...handler.logFields?.(job),
      ...{ jobId: job.id, jobKind: job.kind, attempt: job.attempt },
    }),
    graceSeconds: options.graceSeconds ?? defaultGraceSeconds,
  };
}

/** Claims; a store that fails is told once, not at every poll. */
function createClaimer(options: WorkerOptions): () => Promise<Job | undefined> {
  const { store, owner, leaseSeconds, logger } = options;
  const kinds = [...options.handlers.keys()];
  let isFailing = false;
  return async () => {
    try {
      const job = await store.claimJob({ owner, leaseSeconds, kinds });
      if (isFailing) logger.info("Worker can claim jobs again");
      isFailing = false;
      return job;
    } catch (error) {
      const { code, message } = toAppError(error);
      if (!isFailing) logger.error("Worker cannot claim jobs", { errorCode: code, error: message });
      isFailing = true;
      return undefined;
    }
  };
}
