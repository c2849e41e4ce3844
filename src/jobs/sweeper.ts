import { setImmediate } from "node:timers/promises";
import { isAppError } from "../base/errors.ts";
import type { Document, DocumentKind, Job, StateStore, Write } from "../state/state-store.ts";
import { isEnded } from "./job.ts";

export interface Sweep<T> {
  readonly store: StateStore;
  /** Documents of this kind promise that a job works on them. */
  readonly documentKind: DocumentKind;
  /** Reads those that may be unfinished; absent: all of the kind are looked at. */
  readonly listUnfinished?: (() => Promise<readonly Document<T>[]>) | undefined;
  /** The job an unfinished document waits for; undefined for a document that waits for none. */
  readonly findJobId: (document: Document<T>) => string | undefined;
  /**
   * The writes that end a document whose job is gone or has ended without it. They must be conditional on
   * the document's etag, so that a worker that finishes meanwhile wins.
   */
  readonly endDocument: (document: Document<T>, job: Job | undefined) => Promise<readonly Write[]>;
  /** Whether a living job has lost what it works for; it is then canceled. */
  readonly isOrphanJob: (job: Job) => Promise<boolean>;
  /** Kinds somebody handles; living jobs of other kinds are only reported. */
  readonly handledKinds: ReadonlySet<string>;
}

export interface SweepReport {
  /** Keys of the documents that were ended. */
  readonly endedDocuments: readonly string[];
  readonly canceledJobs: readonly string[];
  /** Living jobs that nobody handles: a later program enqueued them, or a handler was removed. */
  readonly unhandledJobs: readonly string[];
}

/**
 * Ends orphans both ways: documents that wait for a job that will never end them, and jobs that work for
 * nothing. Safe beside running workers and other sweepers. Jobs whose lease ran out need no sweep: the next
 * claim takes or, beyond the last attempt, ends them.
 */
export async function sweepOrphans<T>(sweep: Sweep<T>): Promise<SweepReport> {
  const canceledJobs: string[] = [];
  const unhandledJobs: string[] = [];
  for (const job of await sweep.store.listJobs(["queued", "running"])) {
    if (!sweep.handledKinds.has(job.kind)) unhandledJobs.push(job.id);
    else if (!job.cancelRequested && (await sweep.isOrphanJob(job))) {
      if (await sweep.store.requestCancel(job.id)) canceledJobs.push(job.id);
    }
  }
  return { endedDocuments: await endOrphanDocuments(sweep), canceledJobs, unhandledJobs };
}

const pageSize = 500;

async function endOrphanDocuments<T>(sweep: Sweep<T>): Promise<readonly string[]> {
  const ended: string[] = [];
  if (sweep.listUnfinished !== undefined) {
    for (const document of await sweep.listUnfinished())
      if (await endIfOrphan(sweep, document)) ended.push(document.key);
    return ended;
  }
  let after: string | undefined;
  for (;;) {
    const position = after === undefined ? {} : { after };
    const page = await sweep.store.list<T>(sweep.documentKind, { ...position, limit: pageSize });
    for (const document of page) {
      if (await endIfOrphan(sweep, document)) ended.push(document.key);
    }
    after = page.at(-1)?.key;
    if (page.length < pageSize) return ended;
    // Reading blocks the thread: whoever waits for an answer comes first.
    await setImmediate();
  }
}

async function endIfOrphan<T>(sweep: Sweep<T>, document: Document<T>): Promise<boolean> {
  const jobId = sweep.findJobId(document);
  if (jobId === undefined) return false;
  const job = await sweep.store.getJob(jobId);
  if (job !== undefined && !isEnded(job.state)) return false;
  try {
    await sweep.store.commit(await sweep.endDocument(document, job));
    return true;
  } catch (error) {
    // Somebody ended it between our reads: it is no orphan.
    if (isAppError(error, "StateConflict")) return false;
    throw error;
  }
}
