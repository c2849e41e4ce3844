import type { Tracer } from "../base/tracer.ts";
import { currentScope } from "../base/work-scope.ts";
import { answerCodes, type StoreOperation } from "./observed-store.ts";

/** Hears of the calls to the stores of one run. */
export interface StoreWatch {
  readonly observe: (operation: StoreOperation) => void;
  /** The run has ended. */
  readonly end: () => void;
}

/** Counts every call of a run, and has it be part of a trace where the run that now begins is part of one. */
export function watchStores(
  tracer: Tracer | undefined,
  count: (operation: StoreOperation) => void,
): StoreWatch {
  const parent = currentScope()?.traceParent;
  const spans =
    tracer === undefined || parent === undefined ? undefined : createStoreSpans(tracer, parent);
  return {
    observe: (operation) => {
      count(operation);
      spans?.observe(operation);
    },
    end: () => spans?.end(),
  };
}

/** A call of so long is told of by itself. */
const slowMilliseconds = 10_000;
/** So many calls of a run are: a store that is down fails thousands. */
const mostSingle = 20;

/**
 * The calls to stores as spans below a parent: one for all calls of a kind, from the first to the last, and one for
 * each of the first that failed or were slow. As many as there are kinds of calls, and some more.
 */
export function createStoreSpans(tracer: Tracer, parent: string): StoreWatch {
  const totals = new Map<string, Total>();
  let single = 0;
  return {
    observe: (operation) => {
      addTo(totals, operation);
      if (single >= mostSingle || !isRemarkable(operation)) return;
      single += 1;
      tellSingle(tracer, parent, operation);
    },
    end: () => {
      for (const total of totals.values()) tellTotal(tracer, parent, total);
      totals.clear();
    },
  };
}

interface Total extends Pick<StoreOperation, "store" | "operation" | "startedAt"> {
  endedAt: number;
  count: number;
  milliseconds: number;
  failed: number;
}

function addTo(totals: Map<string, Total>, call: StoreOperation): void {
  const { store, operation, startedAt, milliseconds } = call;
  const key = `${store} ${operation}`;
  const fresh = { store, operation, startedAt, endedAt: 0, count: 0, milliseconds: 0, failed: 0 };
  const total = totals.get(key) ?? fresh;
  total.count += 1;
  total.milliseconds += milliseconds;
  total.endedAt = Math.max(total.endedAt, startedAt + milliseconds);
  if (isFailed(call)) total.failed += 1;
  totals.set(key, total);
}

function isFailed({ errorCode }: StoreOperation): boolean {
  return errorCode !== undefined && errorCode !== "Canceled" && !answerCodes.has(errorCode);
}

function isRemarkable(call: StoreOperation): boolean {
  return isFailed(call) || call.milliseconds >= slowMilliseconds;
}

function tellSingle(tracer: Tracer, parent: string, call: StoreOperation): void {
  const { store, operation, startedAt, milliseconds, errorCode } = call;
  const how = isFailed(call) ? "failed" : "slow";
  const attributes = { "holdfast.store": store };
  const span = tracer.start(`store:${operation} ${how}`, {
    ...{ kind: "work", parent, startedAt, attributes },
  });
  span.end({
    errorCode: isFailed(call) ? errorCode : undefined,
    endedAt: startedAt + milliseconds,
  });
}

function tellTotal(tracer: Tracer, parent: string, total: Total): void {
  const { store, operation, startedAt, endedAt, count, milliseconds, failed } = total;
  const attributes = {
    "holdfast.store": store,
    "holdfast.store.calls": count,
    "holdfast.store.failed": failed,
    "holdfast.store.milliseconds": milliseconds,
  };
  tracer
    .start(`store:${operation}`, { kind: "work", parent, startedAt, attributes })
    .end({ endedAt });
}
