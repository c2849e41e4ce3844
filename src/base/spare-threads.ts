import type { Worker } from "node:worker_threads";

/**
 * Threads that start before it is known what they will do: a command loads most of its code meanwhile. They hold nobody
 * up, and are nobody's loss when they are not taken.
 */
export class SpareThreads {
  readonly #create: () => Worker;
  readonly #spare: Worker[] = [];

  constructor(create: () => Worker) {
    this.#create = create;
  }

  get count(): number {
    return this.#spare.length;
  }

  /** Starts what is missing to so many. */
  start(count: number): void {
    while (this.#spare.length < count) {
      const thread = this.#create();
      thread.unref();
      const forget = (): void => {
        const place = this.#spare.indexOf(thread);
        if (place >= 0) this.#spare.splice(place, 1);
      };
      thread.on("error", forget);
      thread.on("exit", forget);
      this.#spare.push(thread);
    }
  }

  /** One that was started before, or a new one. */
  take(): Worker {
    const thread = this.#spare.shift() ?? this.#create();
    thread.ref();
    return thread;
  }
}
