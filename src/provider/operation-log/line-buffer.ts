import { toIso, type Clock } from "../../base/clock.ts";
import type { LogFields, WrittenLine } from "../../base/log.ts";

/** A line of an operation, not yet counted. */
export interface PendingLine {
  readonly at: string;
  readonly level: "error" | "warn" | "info";
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

/** Lines of operations on their way to the state. */
export interface LineBuffer {
  /** Whether a line with these fields of its own and of its logger, and no others, may be one that is taken. */
  wants(own: LogFields, fixed: LogFields): boolean;
  /** Takes a line if it is about an operation; never throws and never waits. */
  keep(line: WrittenLine): void;
  /** Everything that was kept since, by operation. */
  take(): ReadonlyMap<string, readonly PendingLine[]>;
}

/** Particulars that say something about the work; no stack, no address. */
const told: ReadonlySet<string> = new Set(
  ["errorCode", "code", "error", "step", "role", "state", "kind", "jobKind", "attempt"].concat(
    ["delayMilliseconds", "seconds", "count", "bytes", "files", "object", "backupId"],
    ["apiVersion", "route", "correlationId", "clientRequestId"],
  ),
);

function describe({ correlationId, ...fields }: LogFields): Readonly<Record<string, string>> {
  // The lines about the request say which one it was; it is the same in all others.
  const shown = "route" in fields ? { ...fields, correlationId } : fields;
  const known = Object.entries(shown).flatMap(([name, value]) =>
    value !== undefined && told.has(name) ? [[name, String(value)] as const] : [],
  );
  return Object.fromEntries(known);
}

// What is not fetched within a second or so is lost rather than piled up.
const maximumOperations = 2000;
const maximumLines = 500;

/** Of the operation a line is about. */
function idOf({ operationId, jobId, method }: LogFields): string | undefined {
  const id = operationId ?? jobId;
  // That somebody asked is no part of the work: polls would crowd it out, and each cost a commit.
  return typeof id === "string" && method !== "GET" ? id : undefined;
}

export function createLineBuffer(clock: Clock): LineBuffer {
  let waiting = new Map<string, PendingLine[]>();
  return {
    // Asked for every line there is: not put together for that.
    wants: (own, fixed) =>
      idOf({
        operationId: own["operationId"] ?? fixed["operationId"],
        jobId: own["jobId"] ?? fixed["jobId"],
        method: own["method"] ?? fixed["method"],
      }) !== undefined,
    keep: ({ level, message, fields }) => {
      const id = idOf(fields);
      if (id === undefined || level === "debug") return;
      const lines = waiting.get(id) ?? [];
      if (lines.length >= maximumLines || waiting.size >= maximumOperations) return;
      lines.push({ at: toIso(clock.now()), level, message, details: describe(fields) });
      waiting.set(id, lines);
    },
    take: () => {
      const taken = waiting;
      waiting = new Map();
      return taken;
    },
  };
}
