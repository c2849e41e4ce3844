import { Worker } from "node:worker_threads";
import { AppError, isAppError } from "../../base/errors.ts";
import { programFile } from "../../base/program-file.ts";
import type { Suite } from "../format/suite.ts";
import type { ObjectStore } from "../object-store.ts";
import { readBounded } from "../read-object.ts";
import { hashObject, type HashJob, type HashOutcome } from "./hash-object.ts";

/** Objects being hashed at once, per worker. */
const jobsPerWorker = 2;

/** Below this, starting threads takes longer than hashing. */
const threadBytes = 8 * 1024 * 1024;

/** Hashes every named object as a repository of this suite does, on worker threads when there is much to hash; calls back in any order. */
export async function hashObjects(
  store: ObjectStore,
  suite: Suite,
  objects: readonly { readonly name: string; readonly bytes: number }[],
  totalBytes: number,
  workers: number,
  onHash: (name: string, outcome: HashOutcome) => void,
  signal: AbortSignal,
): Promise<void> {
  if (objects.length === 0) return;
  const threads = Array.from(
    { length: totalBytes < threadBytes ? 0 : Math.min(workers, objects.length) },
    () => new Worker(programFile("engine/verify/hash-worker")),
  );
  const queue = objects.entries();
  const runLane = async (thread: Worker | undefined): Promise<void> => {
    for (const [job, object] of queue) {
      signal.throwIfAborted();
      onHash(
        object.name,
        await hashStored(thread, store, { job, name: object.name, suite }, object.bytes),
      );
    }
  };
  try {
    if (threads.length === 0) await runLane(undefined);
    await Promise.all(
      threads.flatMap((thread) => Array.from({ length: jobsPerWorker }, () => runLane(thread))),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** An object that cannot be read is an outcome: the others are still checked. */
async function hashStored(
  thread: Worker | undefined,
  store: ObjectStore,
  base: Pick<HashJob, "job" | "name" | "suite">,
  size: number,
): Promise<HashOutcome> {
  const { job, name } = base;
  const hash = (task: HashJob): HashOutcome | Promise<HashOutcome> =>
    thread === undefined ? hashObject(task) : ask(thread, task);
  if (store.localPath !== undefined) return hash({ ...base, localPath: store.localPath(name) });
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(store, name, size, { knownBytes: size });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === "CorruptObject") return { job, hash: damaged, bytes: 0 };
    return { job, hash: "", bytes: 0, fault: error.nativeCode ?? error.code };
  }
  return hash({ ...base, bytes });
}

/** The hash of nothing that is there: of an object that is shorter than the store says. */
const damaged = "-";

function ask(thread: Worker, job: HashJob): Promise<HashOutcome> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      thread.off("message", onMessage);
      thread.off("error", onEnd);
      thread.off("exit", onEnd);
    };
    const onMessage = (outcome: HashOutcome): void => {
      if (outcome.job !== job.job) return;
      settle();
      resolve(outcome);
    };
    const onEnd = (error: unknown): void => {
      settle();
      reject(
        error instanceof Error
          ? error
          : new AppError(
              "Interrupted",
              "A verification worker thread ended before its work was done",
            ),
      );
    };
    thread.on("message", onMessage);
    thread.on("error", onEnd);
    thread.on("exit", onEnd);
    thread.postMessage(job);
  });
}
