import { AsyncLocalStorage } from "node:async_hooks";

/** For whom something is done: whatever is called on the way knows it without being told. */
export interface WorkScope {
  /** The long-running operation that the work belongs to. */
  readonly operationId: string;
  /** Of the request that asked for it. */
  readonly correlationId?: string;
  /** Of the span the work is in, where traces are kept. */
  readonly traceParent?: string;
}

const scopes = new AsyncLocalStorage<WorkScope>();

/** Does the work within a scope; everything it awaits is within it too. */
export function runInScope<T>(scope: WorkScope, work: () => T): T {
  return scopes.run(scope, work);
}

export function currentScope(): WorkScope | undefined {
  return scopes.getStore();
}

/** Runs later calls, from wherever they come, in the scope of now. */
export function keepScope(): <T>(call: () => T) => T {
  const run = AsyncLocalStorage.snapshot();
  return (call) => run(call);
}
