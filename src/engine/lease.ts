import { AppError, isAppError } from "../base/errors.ts";
import { toIso } from "../base/clock.ts";
import { maxLockBytes } from "./format/limits.ts";
import { lockName } from "./format/object-names.ts";
import type { LeaseLook } from "./model.ts";
import type { ObjectStore } from "./object-store.ts";
import { readBounded } from "./read-object.ts";
import type { EngineHost } from "./repository.ts";

/**
 * One writer per repository, over installations: numbered lock objects, each created only if absent, so that
 * two contenders for the same number cannot both win. The newest number holds the lease until it is marked
 * released or its owner stops renewing it. Objects are never changed: a renewal is a new object.
 */
export interface WriterLease {
  readonly fence: number;
  /** Throws `LeaseLost` when a newer writer has taken over, or ours ran out. Call before publishing. */
  assertHeld(): Promise<void>;
  /** Throws `LeaseLost` when a newer writer has taken over; one that only ran out is fine. Call after publishing. */
  assertNewest(): Promise<void>;
  release(): Promise<void>;
}

export interface LeaseOwner {
  /** Which installation: a GUID kept with the repository's keys. */
  readonly installationId: string;
  /** The job's fence within the installation: a newer job may take the lease of an older one at once. */
  readonly jobFence: number;
}

/** The last number that a lock's name can carry. */
const maxFence = 999_999_999_999;
/** A lease lives this long without renewal. */
const leaseMilliseconds = 120_000;
const renewMilliseconds = 30_000;
/** Clocks of two writers may differ by this much before a live lease could be taken for a dead one. */
const skewMilliseconds = 60_000;

export async function acquireLease(
  store: ObjectStore,
  owner: LeaseOwner,
  host: EngineHost,
): Promise<WriterLease> {
  const state = await listLocks(store);
  // What is released says nothing any more.
  const held = state.released.has(state.fence) ? undefined : await readNewest(store, state);
  if (held !== undefined && isHeldByOther(held, owner, host.clock.now())) {
    throw new AppError(
      "StoreLocked",
      `Another writer holds the repository until ${toIso(held.validUntil)}: wait for it to end; a writer that died frees the repository by itself within ${(leaseMilliseconds + skewMilliseconds) / 60_000} minutes`,
      { retryable: true },
    );
  }
  const fence = state.fence + 1;
  if (fence > maxFence)
    throw new AppError(
      "StoreTampered",
      `Object "${lockName(maxFence)}" was put there by somebody else: no lock can follow it; remove it by hand`,
      { target: lockName(maxFence) },
    );
  await writeLock(store, `${lockName(fence)}`, owner, host);
  const clearing = removeOlder(store, state.names);
  // What is built upon from here on may be of a writer that died before it was durable.
  await store.settle?.();
  return new StoreLease(store, owner, host, fence, clearing);
}

/** Who holds the lease now, and whether that writer is alive. */
export async function lookAtLease(store: ObjectStore, now: number): Promise<LeaseLook> {
  const state = await listLocks(store);
  const lock = state.released.has(state.fence) ? undefined : await readNewest(store, state);
  if (lock === undefined) return { kind: "free" };
  const { installationId, validUntil } = lock;
  return {
    kind: isDead(lock, now) ? "stale" : "held",
    installationId,
    validUntil,
  };
}

/** The number of whoever took the lease last, 0 for nobody; whether it was released does not matter. */
export async function readNewestFence(store: ObjectStore): Promise<number> {
  return (await listLocks(store)).fence;
}

class StoreLease implements WriterLease {
  readonly fence: number;
  readonly #store: ObjectStore;
  readonly #owner: LeaseOwner;
  readonly #host: EngineHost;
  readonly #stop = new AbortController();
  readonly #renewals: Promise<void>;
  /** Of older locks, beside the work: it never fails. */
  readonly #clearing: Promise<void>;
  #validUntil: number;
  #beat = 0;

  constructor(
    store: ObjectStore,
    owner: LeaseOwner,
    host: EngineHost,
    fence: number,
    clearing: Promise<void>,
  ) {
    this.#clearing = clearing;
    this.#store = store;
    this.#owner = owner;
    this.#host = host;
    this.fence = fence;
    this.#validUntil = host.clock.now() + leaseMilliseconds;
    this.#renewals = this.#renew();
  }

  async assertHeld(): Promise<void> {
    const { fence } = await listLocks(this.#store);
    if (fence === this.fence && this.#host.clock.now() < this.#validUntil) return;
    throw new AppError(
      "LeaseLost",
      "Another writer has taken over the repository: this run stops before it publishes; the next run continues from what is stored",
    );
  }

  async assertNewest(): Promise<void> {
    const { fence } = await listLocks(this.#store);
    if (fence === this.fence) return;
    throw new AppError(
      "LeaseLost",
      "Another writer took over the repository while this backup was published: the backup is withdrawn; the next run continues from what is stored",
    );
  }

  async release(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#renewals, this.#clearing]);
    try {
      await this.#store.put(`${lockName(this.fence)}-released`, Buffer.from("{}\n"));
    } catch {
      // The lease runs out by itself; failing a finished backup for it would be wrong.
    }
  }

  async #renew(): Promise<void> {
    for (;;) {
      try {
        await this.#host.clock.sleep(renewMilliseconds, this.#stop.signal);
      } catch {
        return;
      }
      const until = this.#host.clock.now() + leaseMilliseconds;
      try {
        this.#beat += 1;
        await writeLock(
          this.#store,
          `${lockName(this.fence)}-${this.#beat}`,
          this.#owner,
          this.#host,
        );
        this.#validUntil = until;
      } catch {
        // Not renewed: assertHeld says so when the time is up.
      }
    }
  }
}

interface Lock {
  readonly fence: number;
  readonly installationId: string;
  readonly jobFence: number;
  readonly validUntil: number;
}

/** What the names of the locks say: the newest fence, 0 for none, and its latest renewal. */
interface LockNames {
  readonly names: readonly string[];
  readonly released: ReadonlySet<number>;
  readonly fence: number;
  readonly beat: number;
}

async function listLocks(store: ObjectStore): Promise<LockNames> {
  const names: string[] = [];
  const released = new Set<number>();
  let fence = 0;
  let beat = -1;
  for await (const entry of store.list("locks/")) {
    const match = /^locks\/(\d{12})(?:-(\d{1,9}|released))?$/.exec(entry.name);
    if (match === null) continue;
    names.push(entry.name);
    const number = Number(match[1]);
    if (match[2] === "released") released.add(number);
    const found = match[2] === undefined || match[2] === "released" ? 0 : Number(match[2]);
    if (number > fence || (number === fence && found > beat)) {
      fence = number;
      beat = found;
    }
  }
  return { names, released, fence, beat };
}

async function readNewest(
  store: ObjectStore,
  { fence, beat }: LockNames,
): Promise<Lock | undefined> {
  if (fence === 0) return undefined;
  return readLock(store, beat > 0 ? `${lockName(fence)}-${beat}` : lockName(fence), fence);
}

async function readLock(store: ObjectStore, name: string, fence: number): Promise<Lock> {
  const unreadable = { fence, installationId: "", jobFence: 0, validUntil: 0 };
  try {
    const text = Buffer.from(await readBounded(store, name, maxLockBytes)).toString("utf8");
    const body = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const { installationId, jobFence, validUntil } = body ?? {};
    if (
      typeof installationId !== "string" ||
      !Number.isSafeInteger(jobFence) ||
      !Number.isSafeInteger(validUntil) ||
      Math.abs(validUntil as number) > maxDate
    )
      return unreadable;
    return {
      fence,
      installationId,
      jobFence: jobFence as number,
      validUntil: validUntil as number,
    };
  } catch (error) {
    // Removed since the listing, or garbage: nobody holds what cannot be read.
    if (error instanceof SyntaxError) return unreadable;
    if (isAppError(error) && garbageCodes.has(error.code)) return unreadable;
    throw error;
  }
}

const garbageCodes: ReadonlySet<string> = new Set(["ObjectNotFound", "LimitExceeded"]);
/** The last moment a date can name. */
const maxDate = 8.64e15;

function isHeldByOther(lock: Lock, owner: LeaseOwner, now: number): boolean {
  if (isDead(lock, now)) return false;
  // Within one installation the job table's fence decides: the older job has lost its lease there.
  return lock.installationId !== owner.installationId || lock.jobFence >= owner.jobFence;
}

function isDead({ validUntil }: Lock, now: number): boolean {
  return now > validUntil + skewMilliseconds;
}

async function writeLock(
  store: ObjectStore,
  name: string,
  owner: LeaseOwner,
  host: EngineHost,
): Promise<void> {
  const body = { ...owner, validUntil: host.clock.now() + leaseMilliseconds };
  try {
    await store.put(name, Buffer.from(`${JSON.stringify(body)}\n`));
  } catch (cause) {
    if (!isAppError(cause, "ObjectExists")) throw cause;
    throw new AppError(
      "StoreLocked",
      "Another writer took the repository in this moment: try again when it has ended",
      { cause, retryable: true },
    );
  }
}

/** Old locks tell nothing any more; on a store that cannot delete they stay. */
async function removeOlder(store: ObjectStore, names: readonly string[]): Promise<void> {
  const [first, ...others] = names;
  if (first === undefined) return;
  try {
    await store.remove(first);
    await Promise.all(others.slice(0, mostRemoved).map((name) => store.remove(name)));
  } catch {
    return;
  }
}

/** What is left goes with the next run. */
const mostRemoved = 64;
