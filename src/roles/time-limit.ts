import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Source } from "../engine/source.ts";

/** The same source, ended with `SourceTimeout` when the time from `prepare` on is up. */
export function limitSourceTime(source: Source, seconds: number, clock: Clock): Source {
  const limit = new TimeLimit(seconds, clock);
  return {
    prepare: async (signal) => {
      limit.start();
      await source.prepare(limit.join(signal)).catch((error: unknown) => limit.rethrow(error));
    },
    entries: (signal) => limit.pass(source.entries(limit.join(signal))),
    open: (entry, signal) => limit.pass(source.open(entry, limit.join(signal))),
    close: async () => {
      limit.stop();
      await source.close();
    },
  };
}

class TimeLimit {
  readonly #seconds: number;
  readonly #clock: Clock;
  readonly #late = new AbortController();
  readonly #closed = new AbortController();
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(seconds: number, clock: Clock) {
    this.#seconds = seconds;
    this.#clock = clock;
  }

  start(): void {
    const milliseconds = this.#seconds * 1000;
    this.#endsAt = this.#clock.now() + milliseconds;
    this.#clock.sleep(milliseconds, this.#closed.signal).then(
      () => this.#expire(),
      () => undefined,
    );
  }

  stop(): void {
    this.#closed.abort();
  }

  join(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#late.signal]);
  }

  async *pass<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      for await (const item of items) {
        this.#check();
        yield item;
      }
      this.#check();
    } catch (error) {
      this.rethrow(error);
    }
  }

  /** Whatever the adapter says when it is stopped, the reason is the time. */
  rethrow(error: unknown): never {
    this.#late.signal.throwIfAborted();
    throw error;
  }

  /** A walk of fast disks may starve timers: this looks at the clock too. */
  #check(): void {
    if (this.#clock.now() >= this.#endsAt) this.#expire();
    this.#late.signal.throwIfAborted();
  }

  #expire(): void {
    const message = `Cannot read the source within ${this.#seconds} s: raise timeoutSeconds of the role, or find out what holds it up`;
    if (!this.#late.signal.aborted) this.#late.abort(new AppError("SourceTimeout", message));
  }
}
