import type { RestorePlan } from "./restore-plan.ts";

/** Writes one plan while the next is made. */
export class WriteLane {
  isIdle = true;
  readonly #write: (plan: RestorePlan) => Promise<void>;
  #running: Promise<void> = Promise.resolve();

  constructor(write: (plan: RestorePlan) => Promise<void>) {
    this.#write = write;
  }

  /** Starts when the plan before is written; throws what went wrong with that. */
  async start(plan: RestorePlan): Promise<void> {
    await this.#running;
    this.isIdle = false;
    this.#running = this.#write(plan).finally(() => {
      this.isIdle = true;
    });
    // Whoever starts or waits next sees the failure.
    this.#running.catch(() => undefined);
  }

  /** Resolves when all is written. */
  done(): Promise<void> {
    return this.#running;
  }
}
