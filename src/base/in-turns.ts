import { setImmediate } from "node:timers/promises";

/** Work that comes in short steps, and what comes of it. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does it without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Does it step by step: whoever waits for an answer meanwhile has it in between. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}
