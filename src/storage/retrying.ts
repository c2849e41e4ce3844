import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";
import type { ObjectEntry, ObjectStore } from "../engine/object-store.ts";

/** What another attempt may heal. Full, refused, tampered and the rest need somebody to act. */
export const retriedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "StoreUnreachable",
  "StoreTimeout",
  "StoreLocked",
]);

const entriesPerRead = 128;

export interface RetryLimits {
  /** How often a call is made at most. */
  readonly attempts: number;
  /** Pause before the second attempt; doubles each time. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
  /** When an attempt is given up with `StoreTimeout`. */
  readonly attemptMilliseconds: number;
  /** No attempt begins later than this after the first one; its failure is then the caller's. */
  readonly totalMilliseconds: number;
}

/** About 15 s of pauses: a server's restart is ridden out, a dead one is reported within minutes. */
export const defaultRetryLimits: RetryLimits = {
  attempts: 6,
  firstPauseMilliseconds: 500,
  longestPauseMilliseconds: 8_000,
  attemptMilliseconds: 120_000, // a pack of 32 MiB over a line of 2.2 Mbit/s
  totalMilliseconds: 600_000, // five hung attempts; a job's heartbeat and its caller wait no longer
};

export interface RetryOptions {
  readonly clock: Clock;
  /** A number from 0 to 1; spreads the pauses of many callers. */
  readonly random: () => number;
  readonly limits?: RetryLimits;
  readonly onRetry?: (error: AppError, attempt: number) => void;
}

/**
 * The same store, with failures of {@link retriedCodes} tried again. A `put` whose first attempt may have
 * succeeded unseen is called done only after the stored bytes were compared.
 */
export function retryStore(store: ObjectStore, options: RetryOptions): ObjectStore {
  const run = createRunner(options);
  const localPath = store.localPath?.bind(store);
  const settle = store.settle?.bind(store);
  return {
    put: (name, bytes, signal) =>
      run(`write "${name}"`, signal, async (attempt, attemptSignal) => {
        try {
          await store.put(name, bytes, attemptSignal);
        } catch (error) {
          if (attempt === 1 || !isAppError(error, "ObjectExists")) throw error;
          if (!(await holdsBytes(store, name, bytes, attemptSignal))) throw error;
        }
      }),
    get: (name, range, signal, allocate) =>
      run(`read "${name}"`, signal, (_, attemptSignal) =>
        store.get(name, range, attemptSignal, allocate),
      ),
    list: (prefix, signal) => listAgain(store, options, prefix, signal),
    stat: (name) => run(`look at "${name}"`, undefined, () => store.stat(name)),
    remove: (name) => run(`remove "${name}"`, undefined, () => store.remove(name)),
    probe: () => run("probe the store", undefined, () => store.probe()),
    ...(store.asksForMemory === undefined ? {} : { asksForMemory: store.asksForMemory }),
    ...(localPath === undefined ? {} : { localPath }),
    ...(settle === undefined
      ? {}
      : { settle: (also) => run("settle the store", undefined, () => settle(also)) }),
    close: () => store.close(),
  };
}

type Attempt<T> = (attempt: number, signal: AbortSignal) => Promise<T>;
type Runner = <T>(action: string, signal: AbortSignal | undefined, call: Attempt<T>) => Promise<T>;

function createRunner(options: RetryOptions): Runner {
  const { clock, limits = defaultRetryLimits } = options;
  return async (action, signal, call) => {
    const deadline = clock.now() + limits.totalMilliseconds;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { attemptMilliseconds } = limits;
        return await limitTime(clock, attemptMilliseconds, action, signal, call, attempt);
      } catch (error) {
        await pauseOrThrow(error, { attempt, deadline }, options, signal);
      }
    }
  };
}

/** Gives up after the time limit; the abandoned call is told through its signal and publishes nothing then. */
async function limitTime<T>(
  clock: Clock,
  milliseconds: number,
  action: string,
  signal: AbortSignal | undefined,
  call: Attempt<T>,
  attempt = 1,
): Promise<T> {
  signal?.throwIfAborted();
  const timer = new AbortController();
  const late = new AbortController();
  const stops = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  const timeout = clock.sleep(milliseconds, timer.signal).then(() => {
    const message = `Cannot ${action}: the store did not answer within ${milliseconds / 1000} s; check the server, the network and the mount`;
    const error = new AppError("StoreTimeout", message, { retryable: true });
    late.abort(error);
    throw error;
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([call(attempt, stops), timeout]);
  } finally {
    timer.abort();
  }
}

async function pauseOrThrow(
  error: unknown,
  { attempt, deadline }: { readonly attempt: number; readonly deadline: number },
  options: RetryOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clock, random, limits = defaultRetryLimits, onRetry } = options;
  if (!isAppError(error) || !retriedCodes.has(error.code) || attempt >= limits.attempts)
    throw error;
  const doubled = limits.firstPauseMilliseconds * 2 ** (attempt - 1);
  const pause = Math.min(doubled, limits.longestPauseMilliseconds);
  const milliseconds = Math.round(pause * (0.5 + random() / 2));
  if (clock.now() + milliseconds > deadline) throw error;
  onRetry?.(error, attempt);
  await clock.sleep(milliseconds, signal);
}

async function holdsBytes(
  store: ObjectStore,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const stat = await store.stat(name);
  if (stat?.bytes !== bytes.length) return false;
  return Buffer.compare(await store.get(name, undefined, signal), bytes) === 0;
}

/** Starts over after a break and passes over what it has shown already. */
async function* listAgain(
  store: ObjectStore,
  options: RetryOptions,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectEntry, void, undefined> {
  const { clock, limits = defaultRetryLimits } = options;
  const shown = new Set<string>();
  let deadline = clock.now() + limits.totalMilliseconds;
  for (let attempt = 1; ; attempt += 1) {
    const iterator = store.list(prefix, signal)[Symbol.asyncIterator]();
    const read: Attempt<readonly ObjectEntry[]> = () => readSome(iterator);
    try {
      for (;;) {
        const entries = await limitTime(clock, limits.attemptMilliseconds, "list", signal, read);
        if (entries.length === 0) return;
        deadline = clock.now() + limits.totalMilliseconds; // the reader may take its time
        for (const entry of entries) {
          if (shown.has(entry.name)) continue;
          shown.add(entry.name);
          yield entry;
        }
      }
    } catch (error) {
      await pauseOrThrow(error, { attempt, deadline }, options, signal);
    } finally {
      // Not awaited: a generator that hangs in next() would hang here too.
      iterator.return?.().catch(() => undefined);
    }
  }
}

/** The next entries; none at the end. Several at a time, as each call under a time limit sets a timer. */
async function readSome(iterator: AsyncIterator<ObjectEntry>): Promise<readonly ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  while (entries.length < entriesPerRead) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    entries.push(value as ObjectEntry);
  }
  return entries;
}
