import { Worker } from "node:worker_threads";
import { programFile } from "../base/program-file.ts";
import { SpareThreads } from "../base/spare-threads.ts";

const threads = new SpareThreads(
  () =>
    new Worker(programFile("roles/walk-worker"), {
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    }),
);

/** Starts a thread for the next walk before it is known what to walk. */
export function startWalkThread(): void {
  threads.start(1);
}

/** Whether a thread waits for a walk. */
export function hasWalkThread(): boolean {
  return threads.count > 0;
}

/** A thread for one walk: the one that was started before, or a new one. */
export function takeWalkThread(): Worker {
  return threads.take();
}
