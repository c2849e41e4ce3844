import { isTerminal, type OperationRecord } from "../../arm/operation-record.ts";
import type { VerifyDepth, VerifyReport } from "../../engine/model.ts";
import { kindOf } from "../records/operation-kind.ts";
import { isCallerFault } from "./caller-faults.ts";
import type { RememberedVerify, WatchRecord } from "./watch-record.ts";

/** The epoch of a backup by its id, or of the newest where no id is given. */
export type EpochOf = (backupId: string | undefined) => string | undefined;

export interface Lesson {
  readonly record: WatchRecord;
  /** Operations that have ended since the last look, oldest end first. */
  readonly ended: readonly OperationRecord[];
}

/** What operations of a location tell that were written since the last look. */
export function learnFromOperations(
  before: WatchRecord,
  operations: readonly OperationRecord[],
  epochOf: EpochOf,
): Lesson {
  const { seen: learntFrom, ...known } = before;
  const seen = new Set(learntFrom);
  const ended = operations
    .filter(({ id, state }) => isTerminal(state) && !seen.has(id))
    .toSorted((a, b) => ((a.endTime ?? "") < (b.endTime ?? "") ? -1 : 1));
  const learnt = ended.reduce<WatchRecord>((sofar, one) => learnFrom(sofar, one, epochOf), known);
  return { record: learnt, ended };
}

function learnFrom(record: WatchRecord, operation: OperationRecord, epochOf: EpochOf): WatchRecord {
  if (operation.state === "Canceled") return record;
  switch (kindOf(operation)) {
    case "verify":
      return learnFromVerify(record, operation, epochOf);
    case "restore":
      return operation.state === "Succeeded"
        ? learnFromDrill(record, operation, epochOf(backupOf(operation)))
        : record;
    default:
      return record;
  }
}

function learnFromVerify(
  record: WatchRecord,
  operation: OperationRecord,
  epochOf: EpochOf,
): WatchRecord {
  const { error } = operation;
  if (error !== undefined && isCallerFault(error.code)) return record;
  const verify = verifyOf(operation);
  const isClean = verify.findings.length === 0 && error === undefined;
  const { lastVerify } = record;
  const wasClean = lastVerify === undefined || isCleanVerify(lastVerify);
  // Only a check that looked at least as hard takes back what was found.
  const counts = !isClean || wasClean || covers(verify, lastVerify);
  const learnt = {
    ...record,
    ...(counts ? { lastVerify: verify } : {}),
    ...(isClean && verify.scope === "all" ? cleanVerifies(record, operation) : {}),
  };
  const epoch = epochOf(backupOf(operation));
  const isDrill = isClean && verify.depth === "content" && !isUnopened(operation, epoch);
  return isDrill ? learnFromDrill(learnt, operation, epoch) : learnt;
}

/** With the key of an older certificate, all is well with the older backups: of the newest it proves nothing. */
function isUnopened({ result }: OperationRecord, epoch: string | undefined): boolean {
  const { unopened = [] } = (result ?? {}) as Partial<VerifyReport>;
  return unopened.some(({ epochId }) => epochId === epoch);
}

function verifyOf(operation: OperationRecord): RememberedVerify {
  const report = operation.result as VerifyReport | undefined;
  const { error, id } = operation;
  const part = report?.subset;
  const subset = part === undefined ? "all" : `part ${part.part} of ${part.of}`;
  return {
    operationId: id,
    at: operation.endTime ?? operation.startTime,
    depth: report?.depth ?? "structure",
    scope: backupOf(operation) ?? subset,
    findings: (report?.findings ?? []).map(({ code }) => code),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}

export function isCleanVerify({ findings, error }: RememberedVerify): boolean {
  return findings.length === 0 && error === undefined;
}

const depths: readonly VerifyDepth[] = ["structure", "ciphertext", "content"];

function cleanVerifies(
  record: WatchRecord,
  operation: OperationRecord,
): Pick<WatchRecord, "cleanVerifies"> {
  const { depth, at } = verifyOf(operation);
  const { unopened = [] } = (operation.result ?? {}) as Partial<VerifyReport>;
  // What no key opened was looked at as without one.
  const reachedDepth = depth === "content" && unopened.length > 0 ? "ciphertext" : depth;
  const deepest = depths.indexOf(reachedDepth);
  const reached = depths.slice(0, deepest + 1).map((one) => [one, at] as const);
  return { cleanVerifies: { ...record.cleanVerifies, ...Object.fromEntries(reached) } };
}

function covers(one: RememberedVerify, other: RememberedVerify): boolean {
  const isAsDeep = depths.indexOf(one.depth) >= depths.indexOf(other.depth);
  return isAsDeep && (one.scope === "all" || one.scope === other.scope);
}

const keptEpochs = 20;

function learnFromDrill(
  record: WatchRecord,
  { endTime, startTime }: OperationRecord,
  epoch: string | undefined,
): WatchRecord {
  const others = record.provedEpochs.filter((one) => one !== epoch);
  const provedEpochs = epoch === undefined ? others : [...others, epoch].slice(-keptEpochs);
  return { ...record, provedEpochs, lastDrill: endTime ?? startTime };
}

function backupOf({ resourceId }: OperationRecord): string | undefined {
  return /\/backups\/([^/]+)$/i.exec(resourceId)?.[1]?.toLowerCase();
}
