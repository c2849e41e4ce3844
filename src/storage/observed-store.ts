import type { Clock } from "../base/clock.ts";
import { toAppError } from "../base/errors.ts";
import type { ObjectEntry, ObjectStore } from "../engine/object-store.ts";
import type { StoreSpec } from "./store-spec.ts";

/** One call to a store that has ended; a call that is tried again is several. Names no object. */
export interface StoreOperation {
  readonly store: StoreSpec["kind"];
  readonly operation: StoreOperationName;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** How it failed; `Canceled` where its caller gave up. */
  readonly errorCode?: string;
}

export type StoreOperationName =
  "open" | "put" | "get" | "list" | "stat" | "remove" | "probe" | "settle";

export interface StoreObservation {
  readonly kind: StoreSpec["kind"];
  readonly clock: Clock;
  readonly observe: (operation: StoreOperation) => void;
}

/** What a store says in the course of things, and no fault of it. */
export const answerCodes: ReadonlySet<string> = new Set(["ObjectNotFound", "ObjectExists"]);

/** The same store, each of whose calls is told of when it has ended. What workers read by `localPath` is not seen. */
export function observeStore(store: ObjectStore, observation: StoreObservation): ObjectStore {
  const run = <T>(name: StoreOperationName, call: () => Promise<T>, signal?: AbortSignal) =>
    observeCall(observation, name, call, signal);
  const localPath = store.localPath?.bind(store);
  const settle = store.settle?.bind(store);
  return {
    put: (name, bytes, signal) => run("put", () => store.put(name, bytes, signal), signal),
    get: (name, range, signal, allocate) =>
      run("get", () => store.get(name, range, signal, allocate), signal),
    list: (prefix, signal) => observeList(store, observation, prefix, signal),
    stat: (name) => run("stat", () => store.stat(name)),
    remove: (name) => run("remove", () => store.remove(name)),
    probe: () => run("probe", () => store.probe()),
    ...(store.asksForMemory === undefined ? {} : { asksForMemory: store.asksForMemory }),
    ...(localPath === undefined ? {} : { localPath }),
    ...(settle === undefined ? {} : { settle: (also) => run("settle", () => settle(also)) }),
    close: () => store.close(),
  };
}

/** One call and what came of it. */
export async function observeCall<T>(
  observation: StoreObservation,
  operation: StoreOperationName,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const meter = startMeter(observation, operation);
  try {
    const result = await call();
    meter.end();
    return result;
  } catch (error) {
    meter.end(codeOf(error, signal));
    throw error;
  }
}

/** A listing takes what the store takes for it; what its reader does meanwhile is not its time. */
async function* observeList(
  store: ObjectStore,
  observation: StoreObservation,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectEntry, void, undefined> {
  const { clock, kind: kindOfStore, observe } = observation;
  const startedAt = clock.now();
  let milliseconds = 0;
  let errorCode: string | undefined;
  const entries = store.list(prefix, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const asked = clock.now();
      const { done, value } = await entries.next().finally(() => {
        milliseconds += clock.now() - asked;
      });
      if (done === true) return;
      yield value;
    }
  } catch (error) {
    errorCode = codeOf(error, signal);
    throw error;
  } finally {
    const failure = errorCode === undefined ? {} : { errorCode };
    observe({ store: kindOfStore, operation: "list", startedAt, milliseconds, ...failure });
    // Not awaited: a generator that hangs in next() would hang here too.
    entries.return?.().catch(() => undefined);
  }
}

function startMeter(
  { kind: store, clock, observe }: StoreObservation,
  operation: StoreOperationName,
): { readonly end: (errorCode?: string) => void } {
  const startedAt = clock.now();
  return {
    end: (errorCode) => {
      const failure = errorCode === undefined ? {} : { errorCode };
      observe({ store, operation, startedAt, milliseconds: clock.now() - startedAt, ...failure });
    },
  };
}

function codeOf(error: unknown, signal: AbortSignal | undefined): string {
  return signal?.aborted === true ? "Canceled" : toAppError(error).code;
}
