import assert from "node:assert/strict";
import type { Logger, LogFields } from "../../src/base/log.ts";
import { isEnded } from "../../src/jobs/job.ts";
import type { JobContext, JobHandler, JobOutcome } from "../../src/jobs/job-handler.ts";
import { startWorker, type Worker, type WorkerOptions } from "../../src/jobs/worker.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { Job, StateStore, Write } from "../../src/state/state-store.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

/** A real store in memory, a clock that only moves when told, and workers on both. */
export interface WorkerWorld {
  readonly clock: FakeClock;
  readonly store: StateStore;
  /** Log lines as `level message`. */
  readonly lines: readonly string[];
  readonly fields: readonly LogFields[];
  enqueue(id: string, dueAt?: number): Promise<void>;
  start(handler: JobHandler, options?: Partial<WorkerOptions>): Worker;
  /** The job, which must be there. */
  readJob(id: string): Promise<Job>;
  readValue(key: string): Promise<unknown>;
  /** Waits without moving the clock. */
  waitForEnd(id: string): Promise<Job>;
  close(): Promise<void>;
}

export async function createWorkerWorld(): Promise<WorkerWorld> {
  const clock = createFakeClock();
  const store = await openSqliteStore({ file: ":memory:", clock });
  const workers: Worker[] = [];
  const lines: string[] = [];
  const fields: LogFields[] = [];
  const logger = createRecorder((line, lineFields) => {
    lines.push(line);
    fields.push(lineFields);
  });
  const readJob = async (id: string): Promise<Job> => {
    const job = await store.getJob(id);
    assert.ok(job, `job ${id}`);
    return job;
  };
  return {
    clock,
    store,
    lines,
    fields,
    enqueue: (id, dueAt = clock.now()) =>
      store.commit([{ op: "enqueue", job: { id, kind: "work", payload: { id }, dueAt } }]),
    start: (handler, options) => {
      const worker = startWorker({
        ...defaultOptions,
        store,
        clock,
        logger,
        handlers: new Map([["work", handler]]),
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    readJob,
    readValue: async (key) => (await store.get("setting", key))?.value,
    waitForEnd: async (id) => {
      await waitUntil(async () => isEnded((await readJob(id)).state));
      return readJob(id);
    },
    close: async () => {
      const stops = workers.map((worker) => worker.stop());
      // Handlers that ignore their signal hold a stop up until the grace is over.
      await clock.advance(60_000);
      await Promise.all(stops);
      await store.close();
    },
  };
}

const defaultOptions = {
  owner: "one",
  concurrency: 2,
  leaseSeconds: 30,
  maxAttempts: 3,
  pollMilliseconds: 1000,
};

/** A handler that does this and leaves a document behind when it fails or is canceled. */
export function aHandler(
  run: (job: Job, context: JobContext) => Promise<JobOutcome>,
  rest: Partial<JobHandler> = {},
): JobHandler {
  return {
    run,
    onFailure: (job, error) => Promise.resolve([aPut(job.id, `failed ${error.code}`)]),
    onCancel: (job) => Promise.resolve([aPut(job.id, "canceled")]),
    ...rest,
  };
}

export function aPut(key: string, value: unknown): Extract<Write, { op: "put" }> {
  return { op: "put", kind: "setting", key, value };
}

/** Runs until its signal, then throws the signal's reason, as well-behaved work does. */
export function waitForSignal(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Lets other work go on until the condition holds; the clock stands still. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 5000; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail("The condition never came true");
}

function createRecorder(
  record: (line: string, fields: LogFields) => void,
  inherited: LogFields = {},
): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      record(`${level} ${message}`, { ...inherited, ...fields });
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    child: (fields) => createRecorder(record, { ...inherited, ...fields }),
  };
}
