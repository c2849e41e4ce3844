import { AppError } from "../../src/base/errors.ts";
import type { ErrorCode } from "../../src/base/errors.ts";
import type { ByteRange, ObjectStore } from "../../src/engine/object-store.ts";

/** What happens to the operation that is hit. Those that cannot happen to it fail with EIO instead. */
export type Fault =
  | "io-error"
  | "full"
  | "read-only"
  | "timeout"
  /** put or remove is done, but the answer is lost. */
  | "timeout-after-success"
  /** put leaves half of the object under its name: a store that breaks its word in a power cut. */
  | "torn-write"
  /** get returns fewer bytes than asked for. */
  | "short-read"
  /** get returns one flipped bit. */
  | "wrong-bytes"
  /** get or stat find nothing. */
  | "not-found"
  /** As if the process was killed in it: this and every later operation fails. */
  | "crash-before"
  /** The same, but this operation is still done. */
  | "crash-after";

export const faults: readonly Fault[] = [
  "io-error",
  "full",
  "read-only",
  "timeout",
  "timeout-after-success",
  "torn-write",
  "short-read",
  "wrong-bytes",
  "not-found",
  "crash-before",
  "crash-after",
];

export type Operation = "put" | "get" | "list" | "stat" | "remove" | "probe";

export interface FaultPlan {
  /** Which operation is hit: 1 is the first; 0 hits none. */
  readonly failAt: number;
  readonly fault: Fault;
  /** Only these operations are counted and hit; default all. */
  readonly operations?: readonly Operation[];
  /** Hits every operation from `failAt` on, as a disk that stays full does. */
  readonly isLasting?: boolean;
}

export interface FaultyStore extends ObjectStore {
  /** How many operations were counted so far: run once with `failAt: 0` to learn the range of a loop. */
  countOperations(): number;
  /** Whether the fault has struck. */
  hasStruck(): boolean;
}

/**
 * The store with one fault. It has no `localPath`, so that every read goes through it. Crash faults stand
 * for the end of the process: open another store on the same place to see what is left.
 */
export function openFaultyStore(inner: ObjectStore, plan: FaultPlan): FaultyStore {
  const gate = createGate(plan);
  return {
    countOperations: gate.count,
    hasStruck: gate.hasStruck,
    put: async (name, bytes, signal) => {
      const fault = gate.pass("put");
      if (fault === undefined) return inner.put(name, bytes, signal);
      if (fault === "torn-write") await inner.put(name, bytes.subarray(0, bytes.length >> 1));
      if (isDone(fault)) await inner.put(name, bytes, signal);
      throw toError(fault, name);
    },
    get: async (name, range, signal) => {
      const fault = gate.pass("get");
      if (fault === undefined) return inner.get(name, range, signal);
      return readBadly(inner, fault, name, range);
    },
    list: async function* (prefix, signal) {
      const fault = gate.pass("list");
      if (fault === undefined) return yield* inner.list(prefix, signal);
      for await (const entry of inner.list(prefix, signal)) {
        yield entry;
        break; // in the middle: the worst moment
      }
      throw toError(fault, prefix);
    },
    stat: async (name) => {
      const fault = gate.pass("stat");
      if (fault === undefined) return inner.stat(name);
      if (fault === "not-found") return undefined;
      throw toError(fault, name);
    },
    remove: async (name) => {
      const fault = gate.pass("remove");
      if (fault === undefined) return inner.remove(name);
      if (isDone(fault)) await inner.remove(name);
      throw toError(fault, name);
    },
    probe: async () => {
      const fault = gate.pass("probe");
      if (fault === undefined) return inner.probe();
      throw toError(fault, "probe");
    },
    close: () => inner.close(),
  };
}

interface Gate {
  readonly pass: (operation: Operation) => Fault | undefined;
  readonly count: () => number;
  readonly hasStruck: () => boolean;
}

function createGate({ failAt, fault, operations, isLasting = false }: FaultPlan): Gate {
  let count = 0;
  const isCrash = fault === "crash-before" || fault === "crash-after";
  const hasStruck = (): boolean => failAt > 0 && count >= failAt;
  return {
    count: () => count,
    hasStruck,
    pass: (operation) => {
      if (isCrash && hasStruck()) return "crash-before";
      if (operations !== undefined && !operations.includes(operation)) return undefined;
      count += 1;
      if (failAt === 0) return undefined;
      return count === failAt || (isLasting && count > failAt) ? fault : undefined;
    },
  };
}

function isDone(fault: Fault): boolean {
  return fault === "timeout-after-success" || fault === "crash-after";
}

async function readBadly(
  inner: ObjectStore,
  fault: Fault,
  name: string,
  range: ByteRange | undefined,
): Promise<Uint8Array> {
  if (fault !== "short-read" && fault !== "wrong-bytes") throw toError(fault, name);
  const bytes = await inner.get(name, range);
  if (fault === "short-read") return bytes.subarray(0, Math.max(0, bytes.length - 1));
  const middle = bytes.length >> 1;
  if (bytes[middle] !== undefined) bytes[middle] ^= 1;
  return bytes;
}

const errorOf: Readonly<Partial<Record<Fault, readonly [ErrorCode, string]>>> = {
  full: ["StoreFull", "ENOSPC"],
  "read-only": ["StoreReadOnly", "EROFS"],
  timeout: ["StoreTimeout", "ETIMEDOUT"],
  "timeout-after-success": ["StoreTimeout", "ETIMEDOUT"],
  "not-found": ["ObjectNotFound", "ENOENT"],
};

function toError(fault: Fault, target: string): AppError {
  const [code, nativeCode] = errorOf[fault] ?? ["StoreUnreachable", "EIO"];
  const retryable = code === "StoreUnreachable" || code === "StoreTimeout";
  return new AppError(code, `Injected fault "${fault}"`, { nativeCode, target, retryable });
}
