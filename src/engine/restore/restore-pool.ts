import type { Worker } from "node:worker_threads";
import { AppError } from "../../base/errors.ts";
import { codeOfThread } from "../../base/thread-failure.ts";
import { defaultWorkers } from "../default-workers.ts";
import type {
  BlockFault,
  FromRestoreWorker,
  PackJob,
  RestoreSetup,
  ToRestoreWorker,
} from "./messages.ts";
import { keepYoungGenerations } from "../young-garbage.ts";
import { takeRestoreThread } from "./restore-threads.ts";

/** Jobs a worker may have waiting. */
const jobsPerWorker = 2;

export interface JobOutcome {
  readonly bytes: number;
  readonly faults: readonly BlockFault[];
  readonly hash?: string;
  /** Of the job's part, to be used again. */
  readonly memory?: ArrayBuffer;
}

/**
 * Worker threads that open packs. They start at once, while the keys they need are still being opened. A job's failure
 * rejects that job only.
 */
export class RestorePool {
  readonly count: number;
  readonly #workers: PoolWorker[] = [];
  #waiters: (() => void)[] = [];
  #failure: Error | undefined;
  #jobs = 0;

  constructor(count: number = defaultWorkers) {
    this.count = count;
    for (let started = 0; started < count; started += 1) this.#workers.push(this.#start());
  }

  /** For the jobs that come after it; call it before the first. */
  use(setup: RestoreSetup): void {
    for (const worker of this.#workers) post(worker, { kind: "setup", setup });
  }

  /** Resolves when another job may be handed in. */
  async ready(): Promise<void> {
    while (this.#busy() >= this.count * jobsPerWorker)
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  run(job: Omit<PackJob, "job">): Promise<JobOutcome> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const worker = this.#leastBusy();
    const number = this.#jobs++;
    return new Promise((resolve, reject) => {
      worker.pending.set(number, { resolve, reject });
      const memory = job.part === undefined ? [] : [job.part.bytes.buffer];
      post(worker, { kind: "job", ...job, job: number }, memory);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.thread.terminate()));
  }

  #busy(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.pending.size, 0);
  }

  #leastBusy(): PoolWorker {
    return this.#workers.reduce((least, worker) =>
      worker.pending.size < least.pending.size ? worker : least,
    );
  }

  #start(): PoolWorker {
    const thread = takeRestoreThread();
    const worker: PoolWorker = { thread, pending: new Map() };
    const failAll = (error: Error): void => {
      // A thread that ended answers nothing any more: later jobs must not wait for it.
      this.#failure ??= error;
      for (const answer of worker.pending.values()) answer.reject(error);
      worker.pending.clear();
      this.#wake();
    };
    thread.on("error", failAll);
    thread.on("exit", () =>
      failAll(
        new AppError("Interrupted", "A restore worker thread ended before its work was done"),
      ),
    );
    thread.on("message", (message: FromRestoreWorker) => {
      // The threads run by now: to start one takes twice as long from here on.
      keepYoungGenerations();
      const answer = worker.pending.get(message.job);
      worker.pending.delete(message.job);
      if (message.kind === "done") answer?.resolve(message);
      else
        answer?.reject(
          new AppError(
            codeOfThread(message.code),
            message.message,
            message.target === undefined ? {} : { target: message.target },
          ),
        );
      this.#wake();
    });
    return worker;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

interface PoolWorker {
  readonly thread: Worker;
  readonly pending: Map<number, { resolve(outcome: JobOutcome): void; reject(error: Error): void }>;
}

function post(worker: PoolWorker, message: ToRestoreWorker, memory: ArrayBuffer[] = []): void {
  worker.thread.postMessage(message, memory);
}
