import type { Worker } from "node:worker_threads";

import { AppError } from "../base/errors.ts";
import { codeOfThread } from "../base/thread-failure.ts";
import { PackedEntries } from "../engine/packed-entries.ts";
import type { SourceWarning } from "../engine/source.ts";
import type { WalkState } from "./directory-walk.ts";
import type { FromWalkWorker, ToWalkWorker, WalkSetup } from "./walk-messages.ts";
import { takeWalkThread } from "./walk-thread.ts";

/** Batches the thread may be ahead, some 5 MB: it lists while the repository is opened. */
const batchesAhead = 64;

/** A thread that goes on with a walk, ahead of whoever takes the entries. */
export class WalkAhead {
  readonly #thread: Worker;
  readonly #localRoot: string;
  readonly #warn: (warning: SourceWarning) => void;
  readonly #batches: FromWalkWorker[] = [];
  #isAtEnd = false;
  #failure: AppError | undefined;
  #wake: () => void = () => undefined;

  constructor(setup: WalkSetup, state: WalkState, warn: (warning: SourceWarning) => void) {
    this.#localRoot = setup.root.endsWith("/") ? setup.root : `${setup.root}/`;
    this.#warn = warn;
    this.#thread = takeWalkThread();
    this.#thread.on("message", (message: FromWalkWorker) => this.#receive(message));
    this.#thread.on("error", (cause) => this.#fail(cause));
    this.#thread.on("exit", () => this.#fail(undefined));
    this.#ask({ start: { ...setup, state } });
    for (let asked = 1; asked < batchesAhead; asked += 1) this.#ask({});
  }

  /** The entries from where the walk was left; once. */
  async *entries(): AsyncGenerator<PackedEntries, void, undefined> {
    for (;;) {
      const batch = await this.#nextBatch();
      for (const warning of batch.warnings) this.#warn(warning);
      if (batch.entries.byteLength === 0) return;
      this.#ask({});
      yield new PackedEntries(batch.entries, this.#localRoot);
    }
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  async #nextBatch(): Promise<Extract<FromWalkWorker, { kind: "entries" }>> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch?.kind === "entries") return batch;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #ask(message: ToWalkWorker): void {
    this.#thread.postMessage(message);
  }

  #receive(message: FromWalkWorker): void {
    if (this.#isAtEnd) return;
    if (message.kind === "entries") {
      this.#batches.push(message);
      this.#isAtEnd = message.entries.byteLength === 0;
      // At its end the thread only holds memory.
      if (this.#isAtEnd) void this.#thread.terminate();
    } else
      this.#failure ??= new AppError(codeOfThread(message.code, "SourceFailed"), message.message);
    this.#wake();
  }

  #fail(cause: unknown): void {
    this.#failure ??= new AppError(
      "SourceFailed",
      "The thread that lists the folder of the role ended before its work was done",
      { cause },
    );
    this.#wake();
  }
}
