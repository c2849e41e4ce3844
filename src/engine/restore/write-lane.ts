import type { RestorePlan } from "./restore-plan.ts";

/** Writes a plan; tells when all of it is handed to the threads, and resolves when all of it is written. */
type WritePlan = (plan: RestorePlan, onHandedOut: () => void) => Promise<void>;

/** Writes plans while the next is made: one begins when all of the one before is with the threads, so that none waits. */
export class WriteLane {
  /** The threads will soon have nothing to do. */
  isIdle = true;
  readonly #write: WritePlan;
  readonly #running = new Set<Promise<void>>();
  #handedOut: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(write: WritePlan) {
    this.#write = write;
  }

  /** Starts when the plan before is handed out; throws what went wrong with those before. */
  async start(plan: RestorePlan): Promise<void> {
    await this.#handedOut;
    this.#throwFailure();
    this.isIdle = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    let isHandedOut = false;
    const onHandedOut = (): void => {
      // It ends later than it is handed out: what comes after it may have begun by then.
      if (isHandedOut) return;
      isHandedOut = true;
      this.isIdle = true;
      resolve();
    };
    this.#handedOut = promise;
    const writing: Promise<void> = this.#write(plan, onHandedOut)
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => {
        onHandedOut();
        this.#running.delete(writing);
      });
    this.#running.add(writing);
  }

  /** Resolves when all is written. */
  async done(): Promise<void> {
    await Promise.all(this.#running);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
