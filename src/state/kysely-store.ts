import { AppError } from "../base/errors.ts";
import type { DialectFacts, StateDatabase } from "./dialect-facts.ts";
import {
  countDocuments,
  deleteDocument,
  getDocument,
  listDocuments,
  listKeys,
  putDocument,
} from "./document-queries.ts";
import { getRevision, listChangedDocuments } from "./revision-queries.ts";
import {
  claimJob,
  enqueueJob,
  extendLease,
  finishJob,
  getJob,
  guardLease,
  listJobs,
  removeEndedJobs,
  markCanceled,
  releaseJob,
} from "./job-queries.ts";
import { createDocumentCache, revisionName, type DocumentCache } from "./document-cache.ts";
import type {
  Document,
  DocumentKind,
  KnownDocument,
  Lease,
  StateStore,
  Write,
} from "./state-store.ts";

/** The state store on any database Kysely speaks; the caller has applied the schema steps. */
export function createKyselyStore(database: StateDatabase, facts: DialectFacts): StateStore {
  const run = runner(facts);
  let closed: Promise<void> | undefined;
  const cache = facts.foreignWrites && createDocumentCache(facts.foreignWrites);
  return {
    ...documentReads(database, run, () => (closed === undefined ? cache : undefined)),
    commit: (writes, guard, durability = "durable") => {
      const commit = (on: StateDatabase): Promise<void> =>
        commitWrites({ database: on, facts, cache }, writes, guard);
      return run(() =>
        durability === "loose" ? loosely(database, facts, commit) : commit(database),
      );
    },
    claimJob: (claim) => run(() => claimJob(database, facts, claim)),
    // A lease that a power cut shortens is one whose worker the power cut has ended.
    heartbeat: (lease, seconds) =>
      run(() => loosely(database, facts, (on) => extendLease(on, facts, lease, seconds))),
    requestCancel: (jobId) => run(() => markCanceled(database, facts, jobId)),
    getJob: (jobId) => run(() => getJob(database, jobId)),
    listJobs: (states) => run(() => listJobs(database, states)),
    removeEndedJobs: (before) => run(() => removeEndedJobs(database, before)),
    check: () => run(() => checkHealth(database, facts)),
    close: () => (closed ??= run(() => database.destroy())),
  };
}

type Run = <T>(work: () => Promise<T>) => Promise<T>;

/** Does what asks the database: its failures in our words, and others come between it and what follows. */
function runner(facts: DialectFacts): Run {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof AppError ? error : facts.translateError(error);
    } finally {
      await facts.giveTurn?.();
    }
  };
}

type DocumentReads = Pick<
  StateStore,
  "get" | "known" | "list" | "count" | "listKeys" | "revisionOf" | "listChanges"
>;

function documentReads(
  database: StateDatabase,
  run: Run,
  usable: () => DocumentCache | undefined,
): DocumentReads {
  return {
    get: async <T>(kind: DocumentKind, key: string) => {
      const known = findKnown<T>(usable(), kind, key);
      if (known !== undefined) return known.document;
      return run(() => readDocument<T>(usable(), database, kind, key));
    },
    known: (kind, key) => findKnown(usable(), kind, key),
    list: (kind, options) => run(() => listDocuments(database, kind, options)),
    count: (kind) => run(() => countDocuments(database, kind)),
    listKeys: (kind, options) => run(() => listKeys(database, kind, options)),
    revisionOf: async (kind) => {
      const known = findKnown<number>(usable(), kind, revisionName)?.document;
      return known?.value ?? run(() => readRevision(usable(), database, kind));
    },
    listChanges: (kind, after, limit) =>
      run(() => listChangedDocuments(database, kind, after, limit)),
  };
}

/** Work on a connection of its own that does not wait for the disk. */
function loosely<T>(
  database: StateDatabase,
  { waitForDisk }: DialectFacts,
  work: (on: StateDatabase) => Promise<T>,
): Promise<T> {
  if (waitForDisk === undefined) return work(database);
  return database.connection().execute(async (connection) => {
    waitForDisk(false);
    try {
      return await work(connection);
    } finally {
      waitForDisk(true);
    }
  });
}

function findKnown<T>(
  cache: DocumentCache | undefined,
  kind: DocumentKind,
  key: string,
): KnownDocument<T> | undefined {
  try {
    // The caller names the type of what it wrote, as it does for what is read.
    return cache?.find(kind, key) as KnownDocument<T> | undefined;
  } catch {
    // Whoever reads instead is told what is wrong.
    return undefined;
  }
}

async function readDocument<T>(
  cache: DocumentCache | undefined,
  database: StateDatabase,
  kind: DocumentKind,
  key: string,
): Promise<Document<T> | undefined> {
  const begun = cache?.begin() ?? 0;
  const document = await getDocument<T>(database, kind, key);
  cache?.keep(begun, kind, key, document);
  return document;
}

/** The revision of a kind lies beside its documents, under a key that none of them has. */
async function readRevision(
  cache: DocumentCache | undefined,
  database: StateDatabase,
  kind: DocumentKind,
): Promise<number> {
  const begun = cache?.begin() ?? 0;
  const value = await getRevision(database, kind);
  cache?.keep(begun, kind, revisionName, { kind, key: revisionName, etag: "", value });
  return value;
}

let commits = 0;

/** Grows with every commit that this process has tried, whatever store it was for. */
export function commitsHere(): number {
  return commits;
}

interface StoreParts {
  readonly database: StateDatabase;
  readonly facts: DialectFacts;
  readonly cache: DocumentCache | undefined;
}

async function commitWrites(
  { database, facts, cache }: StoreParts,
  writes: readonly Write[],
  guard: Lease | undefined,
): Promise<void> {
  try {
    await database.transaction().execute(async (transaction) => {
      if (guard !== undefined) await guardLease(transaction, guard);
      for (const write of writes) await applyWrite(transaction, facts, write);
      // Nobody can read what was before once the first can read what is now.
      cache?.forget(writes);
    });
  } finally {
    commits += 1;
  }
}

function applyWrite(database: StateDatabase, facts: DialectFacts, write: Write): Promise<void> {
  switch (write.op) {
    case "put":
      return putDocument(database, facts, write);
    case "delete":
      return deleteDocument(database, write);
    case "enqueue":
      return enqueueJob(database, write.job);
    case "finishJob":
      return finishJob(database, facts, write);
    case "releaseJob":
      return releaseJob(database, facts, write);
  }
}

// A real write: a full or read-only disk answers reads for a long time.
async function checkHealth(database: StateDatabase, facts: DialectFacts): Promise<void> {
  facts.checkMedium();
  await database.updateTable("health").set({ checked_at: facts.now() }).execute();
}
