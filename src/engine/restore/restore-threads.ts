import { Worker } from "node:worker_threads";
import { programFile } from "../../base/program-file.ts";
import { SpareThreads } from "../../base/spare-threads.ts";
import { defaultWorkers } from "../default-workers.ts";
import { workerLimits } from "../young-garbage.ts";

const threads = new SpareThreads(
  () => new Worker(programFile("engine/restore/restore-worker"), { resourceLimits: workerLimits }),
);

/** Starts threads for the next restore, or verification of content, before it is known of what. */
export function startRestoreThreads(): void {
  threads.start(defaultWorkers);
}

/** A thread that was started before, or a new one. */
export function takeRestoreThread(): Worker {
  return threads.take();
}
