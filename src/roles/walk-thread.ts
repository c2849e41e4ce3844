import { Worker } from "node:worker_threads";

import { programFile } from "../base/program-file.ts";

let spare: Worker | undefined;

/**
 * Starts a thread for the next walk before it is known what to walk: a command loads most of its code meanwhile. It holds
 * nobody up, and is nobody's loss when it is not taken.
 */
export function startWalkThread(): void {
  if (spare !== undefined) return;
  const thread = createThread();
  spare = thread;
  thread.unref();
  const forget = (): void => {
    if (spare === thread) spare = undefined;
  };
  thread.on("error", forget);
  thread.on("exit", forget);
}

/** A thread for one walk: the one that was started before, or a new one. */
export function takeWalkThread(): Worker {
  const thread = spare ?? createThread();
  spare = undefined;
  thread.ref();
  return thread;
}

function createThread(): Worker {
  return new Worker(programFile("roles/walk-worker"), {
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
}
