import { type Expression, type Selectable, sql } from "kysely";
import { AppError } from "../base/errors.ts";
import type { DialectFacts, StateDatabase } from "./dialect-facts.ts";
import { toJson } from "./document-queries.ts";
import { checkKey } from "./key-range.ts";
import type { Job, JobClaim, JobState, Lease, NewJob, Write } from "./state-store.ts";
import type { JobTable } from "./tables.ts";

type FinishWrite = Extract<Write, { op: "finishJob" }>;
type ReleaseWrite = Extract<Write, { op: "releaseJob" }>;

/** Adds a queued job; an id that exists is a `StateConflict`, so that a repeated enqueue cannot double work. */
export async function enqueueJob(database: StateDatabase, job: NewJob): Promise<void> {
  checkKey(job.id);
  const result = await database
    .insertInto("job")
    .values({
      id: job.id,
      kind: job.kind,
      payload: toJson(job.payload, `job/${job.id}`),
      due_at: job.dueAt,
      state: "queued",
      fence: 0,
      attempt: 0,
      owner: null,
      lease_until: null,
      cancel_requested: 0,
      error: null,
      ended_at: null,
    })
    .onConflict((existing) => existing.column("id").doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) {
    throw new AppError("StateConflict", `Cannot enqueue job "${job.id}": it exists already`, {
      target: `job/${job.id}`,
    });
  }
}

/** Picks and leases one job in a single statement, so that two claimers never get the same. */
export async function claimJob(
  database: StateDatabase,
  facts: DialectFacts,
  claim: JobClaim,
): Promise<Job | undefined> {
  if (claim.kinds.length === 0) return undefined;
  const now = facts.now();
  const free = database
    .selectFrom("job")
    .select("sequence")
    .where("kind", "in", [...claim.kinds])
    .where((is) =>
      is.or([
        is.and([is("state", "=", "queued"), is("due_at", "<=", now)]),
        is.and([is("state", "=", "running"), is("lease_until", "<=", now)]),
      ]),
    )
    .orderBy("sequence")
    .limit(1);
  const row = await database
    .updateTable("job")
    .set({
      state: "running",
      owner: claim.owner,
      lease_until: leaseEnd(now, claim.leaseSeconds),
      fence: sql<number>`fence + 1`,
      attempt: sql<number>`attempt + 1`,
    })
    .where("sequence", "=", facts.canSkipLocked ? free.forUpdate().skipLocked() : free)
    .returningAll()
    .executeTakeFirst();
  return row && toJob(row);
}

/** Extends a lease that is still ours, also one that has run out but that nobody took. */
export async function extendLease(
  database: StateDatabase,
  facts: DialectFacts,
  lease: Lease,
  leaseSeconds: number,
): Promise<{ readonly cancelRequested: boolean }> {
  const row = await database
    .updateTable("job")
    .set({ lease_until: leaseEnd(facts.now(), leaseSeconds) })
    .where((is) => is.and({ id: lease.jobId, fence: lease.fence, state: "running" }))
    .returning("cancel_requested")
    .executeTakeFirst();
  if (row === undefined) throw leaseLost(lease);
  return { cancelRequested: row.cancel_requested === 1 };
}

/** Throws `LeaseLost` unless the lease is ours, and keeps others from taking it until the commit is through. */
export async function guardLease(database: StateDatabase, lease: Lease): Promise<void> {
  // An update rather than a read: it locks the row in databases where readers do not block writers.
  await updateLeased(database, lease, { fence: lease.fence });
}

/** Ends a job; throws `LeaseLost` when it is no longer ours. */
export async function finishJob(
  database: StateDatabase,
  facts: DialectFacts,
  write: FinishWrite,
): Promise<void> {
  await updateLeased(database, write.lease, {
    state: write.state,
    error: write.error ?? null,
    owner: null,
    lease_until: null,
    ended_at: facts.now(),
  });
}

/** Hands a job back; one that somebody wants canceled is due at once, so that cancel does not wait for a retry. */
export async function releaseJob(
  database: StateDatabase,
  facts: DialectFacts,
  write: ReleaseWrite,
): Promise<void> {
  await updateLeased(database, write.lease, {
    state: "queued",
    owner: null,
    lease_until: null,
    due_at: sql<number>`case when cancel_requested = 1 then ${facts.now()} else ${write.dueAt} end`,
    ...(write.error === undefined ? {} : { error: write.error }),
    ...(write.refundAttempt === true ? { attempt: sql<number>`attempt - 1` } : {}),
  });
}

/** Marks a living job; one that waits for its time is due at once. */
export async function markCanceled(
  database: StateDatabase,
  facts: DialectFacts,
  jobId: string,
): Promise<boolean> {
  const result = await database
    .updateTable("job")
    .set({
      cancel_requested: 1,
      due_at: sql<number>`case when due_at > ${facts.now()} then ${facts.now()} else due_at end`,
    })
    .where("id", "=", jobId)
    .where("state", "in", ["queued", "running"])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The job, or undefined. */
export async function getJob(database: StateDatabase, jobId: string): Promise<Job | undefined> {
  const row = await database
    .selectFrom("job")
    .selectAll()
    .where("id", "=", jobId)
    .executeTakeFirst();
  return row && toJob(row);
}

/** Jobs in any of the states, in the order they were enqueued. */
export async function listJobs(
  database: StateDatabase,
  states: readonly JobState[],
): Promise<readonly Job[]> {
  if (states.length === 0) return [];
  const query = database
    .selectFrom("job")
    .selectAll()
    .where("state", "in", [...states]);
  return (await query.orderBy("sequence").execute()).map(toJob);
}

/** Removes jobs that ended before the instant; living ones have no end. */
export async function removeEndedJobs(database: StateDatabase, before: number): Promise<number> {
  const result = await database
    .deleteFrom("job")
    .where("ended_at", "is not", null)
    .where("ended_at", "<", before)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

type JobChange = {
  readonly [K in keyof JobTable]?: Selectable<JobTable>[K] | Expression<Selectable<JobTable>[K]>;
};

async function updateLeased(
  database: StateDatabase,
  lease: Lease,
  change: JobChange,
): Promise<void> {
  const result = await database
    .updateTable("job")
    .set(change)
    .where((is) => is.and({ id: lease.jobId, fence: lease.fence, state: "running" }))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw leaseLost(lease);
}

function leaseEnd(now: Expression<number>, leaseSeconds: number): Expression<number> {
  return sql<number>`${now} + ${leaseSeconds * 1000}`;
}

function leaseLost(lease: Lease): AppError {
  return new AppError(
    "LeaseLost",
    `Cannot write for job "${lease.jobId}": its lease "${lease.fence}" has ended or passed to another worker`,
    { target: `job/${lease.jobId}` },
  );
}

// Databases with 64-bit integers may hand them out as text; ours stay far below 2^53.
function toJob(row: Selectable<JobTable>): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload) as unknown,
    dueAt: Number(row.due_at),
    state: row.state,
    fence: Number(row.fence),
    attempt: Number(row.attempt),
    owner: row.owner ?? undefined,
    leaseUntil: row.lease_until === null ? undefined : Number(row.lease_until),
    cancelRequested: Number(row.cancel_requested) === 1,
    error: row.error ?? undefined,
  };
}
