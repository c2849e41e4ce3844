import { Worker } from "node:worker_threads";
import { AppError, toAppError } from "../../base/errors.ts";
import { programFile } from "../../base/program-file.ts";
import { codeOfThread } from "../../base/thread-failure.ts";
import type { ChunkTable } from "../chunk-table.ts";
import { packBufferBytes } from "../pack-builder.ts";
import { keepYoungGenerations, workerLimits } from "../young-garbage.ts";
import type {
  EntriesResult,
  FileResult,
  FileTask,
  FromWorker,
  SharedPacks,
  ToWorker,
  WorkerSetup,
} from "./messages.ts";

type PackMessage = Extract<FromWorker, { kind: "pack" }>;

/** A pack a worker finished. Its bytes are a shared buffer: they last until it is stored. */
export interface ArrivedPack {
  readonly ordinal: number;
  readonly packId: string;
  readonly bytes: Buffer;
  readonly blocks: Uint8Array;
}

export interface WorkerPoolOptions {
  readonly setup: Omit<WorkerSetup, "packs" | "signals">;
  readonly table: ChunkTable;
  readonly count: number;
  /** Makes a pack durable; its buffer goes back to the worker when this resolves. */
  readonly storePack: (pack: ArrivedPack) => Promise<void>;
}

/** Pack buffers more than workers: every worker may fill one while as many are on their way to the store. */
const spareBuffers = 1;

/** Batches a worker may have waiting: enough that it never idles, few enough to bound what is in flight. */
const batchesPerWorker = 3;

/**
 * The worker threads of one backup, started when there is work for them. The first failure, of a worker or of
 * the store, ends everything: all pending and later calls reject with it.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #signals = new SharedArrayBuffer(8);
  readonly #workers: PoolWorker[] = [];
  readonly #segments: SharedArrayBuffer[];
  readonly #packs: SharedPacks;
  readonly #storing = new Set<Promise<void>>();
  #waiters: (() => void)[] = [];
  #failure: AppError | undefined;
  #batches = 0;
  #streams = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#segments = [...options.setup.table.segments];
    this.#packs = createPacks(options.count + spareBuffers);
  }

  /** Reads files; results come in the order of the tasks. Await `ready` first. */
  readFiles(files: readonly FileTask[]): Promise<readonly FileResult[]> {
    const worker = this.#leastBusy();
    const batch = this.#batches++;
    const bytes = files.reduce((sum, file) => sum + file.length, 0);
    const message = { kind: "files", batch, files, segments: this.#growSegments() } as const;
    const cost = costOfFiles(bytes, files.length);
    return this.#ask(worker, `batch ${batch}`, message, cost) as Promise<readonly FileResult[]>;
  }

  /** Copies entries that nothing is known of, `bytes` and `count` of them in all; their records come back. Await `ready` first. */
  copyEntries(
    entries: Uint8Array,
    localRoot: string,
    { bytes, count }: { readonly bytes: number; readonly count: number },
  ): Promise<EntriesResult> {
    const worker = this.#leastBusy();
    const batch = this.#batches++;
    const segments = this.#growSegments();
    const message = { kind: "entries", batch, entries, localRoot, segments } as const;
    const cost = costOfFiles(bytes, count);
    return this.#ask(worker, `batch ${batch}`, message, cost) as Promise<EntriesResult>;
  }

  /** Resolves when another batch may be handed in: this is what slows the walk down. */
  async ready(): Promise<void> {
    while (this.#failure === undefined && this.#isFull()) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A stream of bytes, stored in order by one worker. Awaiting each write bounds what is in flight. */
  openStream(): { write(bytes: Uint8Array, last: boolean): Promise<FileResult> } {
    const stream = this.#streams++;
    const worker = this.#leastBusy();
    let piece = 0;
    return {
      write: (bytes, last) => {
        const label = `stream ${stream} ${piece++}`;
        const segments = this.#growSegments();
        const message = { kind: "piece", stream, bytes, last, segments } as const;
        return this.#ask(worker, label, message, bytes.length) as Promise<FileResult>;
      },
    };
  }

  /** Everything handed in is in the store when this resolves. */
  async flush(): Promise<void> {
    // One after the other: the footer of a pack of tiny files is large while it is made.
    for (const worker of this.#workers) await this.#ask(worker, "flush", { kind: "flush" });
    while (this.#storing.size > 0) await Promise.all(this.#storing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Stops the threads at their next chunk. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#workers.map((worker) => worker.thread.terminate()));
    await Promise.allSettled(this.#storing);
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = toAppError(error);
    this.#stop();
    for (const worker of this.#workers) {
      for (const answer of worker.pending.values()) answer.reject(this.#failure);
      worker.pending.clear();
    }
    this.#wake();
  }

  #stop(): void {
    Atomics.store(new Int32Array(this.#signals), 0, 1);
    Atomics.add(new Int32Array(this.#signals), 1, 1);
    Atomics.notify(new Int32Array(this.#signals), 1);
  }

  #ask(worker: PoolWorker, label: string, message: ToWorker, cost = 0): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      worker.pending.set(label, { resolve, reject, cost });
      worker.thread.postMessage(message);
    });
  }

  #growSegments(): readonly SharedArrayBuffer[] {
    const segment = this.#options.table.growAhead();
    if (segment !== undefined) this.#segments.push(segment);
    return this.#segments;
  }

  /** A worker with nothing to do gets something even while the others have much waiting. */
  #isFull(): boolean {
    const waiting = this.#workers.reduce((sum, worker) => sum + worker.pending.size, 0);
    return (
      waiting >= this.#options.count * batchesPerWorker &&
      this.#workers.every((worker) => worker.pending.size > 0)
    );
  }

  #leastBusy(): PoolWorker {
    const idle = this.#workers.find((worker) => worker.pending.size === 0);
    if (idle !== undefined) return idle;
    if (this.#workers.length < this.#options.count) return this.#startWorker();
    return this.#workers.reduce((least, worker) =>
      costOf(worker) < costOf(least) ? worker : least,
    );
  }

  #startWorker(): PoolWorker {
    const setup: WorkerSetup = {
      ...this.#options.setup,
      signals: this.#signals,
      packs: this.#packs,
    };
    const thread = new Worker(programFile("engine/backup/backup-worker"), {
      workerData: setup,
      resourceLimits: workerLimits,
    });
    const worker: PoolWorker = { thread, pending: new Map() };
    thread.on("message", (message: FromWorker) => this.#receive(worker, message));
    thread.on("error", (error) => this.fail(error));
    thread.on("exit", () =>
      this.fail(
        new AppError("Interrupted", "A backup worker thread ended before its work was done"),
      ),
    );
    this.#workers.push(worker);
    return worker;
  }

  #receive(worker: PoolWorker, message: FromWorker): void {
    switch (message.kind) {
      case "files":
        return this.#answer(worker, `batch ${message.batch}`, message.results);
      case "entries":
        return this.#answer(worker, `batch ${message.batch}`, message.result);
      case "piece":
        return this.#answer(
          worker,
          firstPending(worker, `stream ${message.stream} `),
          message.result,
        );
      case "flushed":
        return this.#answer(worker, "flush", undefined);
      case "pack":
        return this.#storePack(message);
      case "failed":
        return this.fail(new AppError(codeOfThread(message.code), message.message));
    }
  }

  #answer(worker: PoolWorker, label: string, value: unknown): void {
    const answer = worker.pending.get(label);
    worker.pending.delete(label);
    answer?.resolve(value);
    this.#wake();
  }

  #storePack({ ordinal, packId, buffer, length, blocks }: PackMessage): void {
    // The workers run by now: to start one takes twice as long from here on.
    keepYoungGenerations();
    const packs = this.#packs;
    const bytes = Buffer.from(packs.buffers[buffer] as SharedArrayBuffer, 0, length);
    const stored = this.#options
      .storePack({ ordinal, packId, bytes, blocks })
      .then(() => {
        Atomics.store(new Int32Array(packs.taken), buffer, 0);
        Atomics.add(new Int32Array(this.#signals), 1, 1);
        Atomics.notify(new Int32Array(this.#signals), 1);
      })
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.#storing.delete(stored));
    this.#storing.add(stored);
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function createPacks(count: number): SharedPacks {
  return {
    buffers: Array.from({ length: count }, () => new SharedArrayBuffer(packBufferBytes)),
    taken: new SharedArrayBuffer(4 * count),
  };
}

interface PoolWorker {
  readonly thread: Worker;
  readonly pending: Map<string, Waiting>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** Bytes to read, or what takes as long. */
  readonly cost: number;
}

/** What opening and naming one file costs, in bytes that are read in that time. */
const fileCost = 16 * 1024;

function costOfFiles(bytes: number, count: number): number {
  return bytes + count * fileCost;
}

/** What a worker has left to do: by the number of batches, one would end a second before the other. */
function costOf(worker: PoolWorker): number {
  let cost = 0;
  for (const waiting of worker.pending.values()) cost += waiting.cost;
  return cost;
}

/** Pieces of a stream are answered in the order they were sent. */
function firstPending(worker: PoolWorker, prefix: string): string {
  for (const label of worker.pending.keys()) if (label.startsWith(prefix)) return label;
  return prefix;
}
