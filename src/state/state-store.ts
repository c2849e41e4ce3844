/**
 * The port to the service's own documents and jobs: typed JSON documents with etags, and a durable job
 * table, written together in one atomic commit. The contract suite in `test/contracts/state-store.ts`
 * runs against every adapter.
 */
export interface StateStore {
  /** The document, or undefined. */
  get<T>(kind: DocumentKind, key: string): Promise<Document<T> | undefined>;
  /**
   * What `get` would resolve with, where it is at hand as of now: `document` is undefined when there is none. Undefined
   * when it has to be read.
   */
  known?<T>(kind: DocumentKind, key: string): KnownDocument<T> | undefined;
  /** Documents whose key starts with `prefix`, ordered by key, after `after` (exclusive), at most `limit`. */
  list<T>(kind: DocumentKind, options: ListOptions): Promise<readonly Document<T>[]>;
  /** The keys that `list` would return, which costs a fraction of it. */
  listKeys(kind: DocumentKind, options: ListOptions): Promise<readonly string[]>;
  /** How many documents of the kind there are. */
  count(kind: DocumentKind): Promise<number>;
  /** Grows with every write of the kind, removals too, whichever process made it: while it stands, nothing has changed. */
  revisionOf(kind: DocumentKind): Promise<number>;
  /** The documents of a kind that were written after a revision, oldest write first; removed ones are not among them. */
  listChanges<T>(
    kind: DocumentKind,
    after: number,
    limit: number,
  ): Promise<readonly ChangedDocument<T>[]>;
  /**
   * All writes or none, durable when it resolves. Throws `StateConflict` (target = `kind/key`) when a
   * condition does not hold, `LeaseLost` when the guard names a lease that is no longer ours.
   */
  commit(writes: readonly Write[], guard?: Lease, durability?: Durability): Promise<void>;
  /** Takes the oldest job that is queued and due, or running with an expired lease. Fence and attempt grow by one. */
  claimJob(claim: JobClaim): Promise<Job | undefined>;
  /** Extends the lease; tells whether somebody asked to cancel. Throws `LeaseLost`. */
  heartbeat(lease: Lease, leaseSeconds: number): Promise<{ readonly cancelRequested: boolean }>;
  /** Asks the job's worker to stop; false when the job is unknown or has ended. */
  requestCancel(jobId: string): Promise<boolean>;
  /** The job, or undefined. */
  getJob(jobId: string): Promise<Job | undefined>;
  /** Jobs in any of the states, oldest first. */
  listJobs(states: readonly JobState[]): Promise<readonly Job[]>;
  /** Removes jobs that ended before an instant (milliseconds since 1970); says how many. */
  removeEndedJobs(before: number): Promise<number>;
  /** Throws `StateUnavailable` when the store cannot be read and written. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `location`, `backup`: our resources, keyed by canonical lower-case ARM id. `operation`: keyed by
 * lower-case operation id. `repository`: engine keys of a store, sealed. `pin`: a backup that stays. `scheduleRecord`: what became of
 * each tick of a schedule, keyed by its location's key, `#` and the time of the decision. `cache`, `setting`,
 * `ledger`, `idempotency`: as named. `alert`: below its location's key. `watch`: what the watchdog remembers of a location;
 * `note`: what others tell it; `monitoring`: what is expected of a location;
 * `route`: a way notifications take; `deadLetter`: one that did not arrive. `operationLog`: keyed as its operation.
 */
export type DocumentKind =
  | "subscription"
  | "location"
  | "backup"
  | "operation"
  | "repository"
  | "ledger"
  | "setting"
  | "idempotency"
  | "scheduleRecord"
  | "pin"
  | "audit"
  | "alert"
  | "watch"
  | "note"
  | "monitoring"
  | "route"
  | "deadLetter"
  | "operationLog";

export interface Document<T> {
  readonly kind: DocumentKind;
  readonly key: string;
  /** Opaque; changes with every write. */
  readonly etag: string;
  readonly value: T;
}

export interface KnownDocument<T> {
  readonly document: Document<T> | undefined;
}

/**
 * `loose`: a power cut, but nothing less, may take the commit back, with all that followed it until the next durable one.
 * For what is written often and missed by nobody: the disk is not waited for.
 */
export type Durability = "durable" | "loose";

export interface ChangedDocument<T> extends Document<T> {
  /** Of its kind, when it was written last. */
  readonly revision: number;
}

export interface ListOptions {
  readonly prefix?: string;
  readonly after?: string;
  readonly limit?: number;
}

export type Write =
  | {
      readonly op: "put";
      readonly kind: DocumentKind;
      readonly key: string;
      readonly value: unknown;
      readonly if?: WriteCondition;
    }
  | {
      readonly op: "delete";
      readonly kind: DocumentKind;
      readonly key: string;
      readonly if?: WriteCondition;
    }
  | { readonly op: "enqueue"; readonly job: NewJob }
  | {
      readonly op: "finishJob";
      readonly lease: Lease;
      readonly state: "succeeded" | "failed" | "canceled";
      readonly error?: string;
    }
  | {
      readonly op: "releaseJob";
      readonly lease: Lease;
      readonly dueAt: number;
      /** Why this attempt ended; kept on the job for whoever looks. */
      readonly error?: string;
      /** True when the attempt does not count: it was handed back, it did not fail. */
      readonly refundAttempt?: boolean;
    };

/** `absent`: the document must not exist; `etag`: it must exist with this etag. */
export type WriteCondition = "absent" | { readonly etag: string };

export type JobState = "queued" | "running" | "succeeded" | "failed" | "canceled";

export interface NewJob {
  readonly id: string;
  /** What kind of work; a worker registers a handler per kind. */
  readonly kind: string;
  /** JSON; never a secret in the clear. */
  readonly payload: unknown;
  /** Milliseconds since 1970; not claimed before. */
  readonly dueAt: number;
}

export interface Job extends NewJob {
  readonly state: JobState;
  /** Grows by one at each claim; every later write names it. */
  readonly fence: number;
  readonly attempt: number;
  readonly owner: string | undefined;
  readonly leaseUntil: number | undefined;
  readonly cancelRequested: boolean;
  readonly error: string | undefined;
}

export interface Lease {
  readonly jobId: string;
  readonly fence: number;
}

export interface JobClaim {
  readonly owner: string;
  readonly leaseSeconds: number;
  readonly kinds: readonly string[];
}
