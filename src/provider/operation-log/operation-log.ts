import { isVisible, operationNotFound } from "../../arm/poll.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { isAppError, toAppError } from "../../base/errors.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { create, getOperation, replace, retryOnConflict } from "../documents.ts";
import { findOperation } from "../requests/operations.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { formatDateTime } from "../wire-format.ts";
import type { PendingLine } from "./line-buffer.ts";

/** What is kept of an operation's log; it goes with the operation. */
export interface OperationLog {
  /** The first lines and the last ones, each with its number. */
  readonly lines: readonly OperationLine[];
  /** Lines there were, kept or not. */
  readonly count: number;
}

interface OperationLine extends PendingLine {
  /** From 1. */
  readonly sequence: number;
}

const firstLines = 100;
const lastLines = 300;
const maximumCharacters = 200_000;

/** Lines in one commit: more do not make it cheaper. */
const batchSize = 50;

/** Brings what was written since to the state; an operation that is none has no log. */
export async function keepOperationLogs(deps: ProviderDeps): Promise<void> {
  const waiting = [...(deps.operationLines?.take() ?? [])];
  for (let start = 0; start < waiting.length; start += batchSize)
    await keepBatch(deps, waiting.slice(start, start + batchSize));
}

type Batch = readonly (readonly [id: string, lines: readonly PendingLine[]])[];

async function keepBatch(deps: ProviderDeps, batch: Batch): Promise<void> {
  try {
    await commitBatch(deps, batch);
  } catch (error) {
    if (!isAppError(error, "StateConflict")) throw error;
    // Another instance wrote about one of them: each by itself then.
    for (const one of batch) await retryOnConflict(() => commitBatch(deps, [one]));
  }
}

async function commitBatch(deps: ProviderDeps, batch: Batch): Promise<void> {
  const writes = await Promise.all(batch.map(([id, lines]) => writeOf(deps, id, lines)));
  const wanted = writes.filter((write) => write !== undefined);
  // A power cut may take the last lines: the disk is not waited for every second.
  if (wanted.length > 0) await deps.store.commit(wanted, undefined, "loose");
}

async function writeOf(
  { store }: ProviderDeps,
  id: string,
  lines: readonly PendingLine[],
): Promise<Write | undefined> {
  if ((await getOperation(store, id)) === undefined) return undefined;
  const found = await store.get<OperationLog>("operationLog", id);
  const log = appendLines(found?.value ?? { lines: [], count: 0 }, lines);
  return found === undefined ? create("operationLog", id, log) : replace(found, log);
}

/** The log with more lines: beyond its bounds those in the middle go. */
export function appendLines(log: OperationLog, more: readonly PendingLine[]): OperationLog {
  const numbered = more.map((line, index) => ({ ...line, sequence: log.count + index + 1 }));
  const lines = [...log.lines, ...numbered];
  const count = log.count + more.length;
  let characters = JSON.stringify(lines).length;
  while (lines.length > firstLines + lastLines || characters > maximumCharacters) {
    // The newest always stays.
    if (lines.length <= 2) break;
    const gone = lines.splice(Math.min(firstLines, lines.length - 2), 1);
    characters -= JSON.stringify(gone).length - 1; // brackets that become one comma less
  }
  return { lines, count };
}

/** GET log of an operation: what was written while it ran, so far. */
export async function readOperationLog(
  deps: ProviderDeps,
  request: ArmRequest,
): Promise<ArmResult> {
  const id = parameterOf(request, "operationId").toLowerCase();
  const operation = await findOperation(deps, id);
  const { route, params, context } = request;
  if (operation === undefined || !isVisible(operation, route.path, params, context))
    throw operationNotFound();
  // What this instance has just written is shown at once.
  await keepOperationLogs(deps).catch((error: unknown) =>
    deps.logger.warn("The logs of operations could not be kept", {
      errorCode: toAppError(error).code,
    }),
  );
  const log = await deps.store.get<OperationLog>("operationLog", id);
  return { kind: "value", body: render(log) };
}

const levels = { error: "Error", warn: "Warning", info: "Information" } as const;

function render(log: Document<OperationLog> | undefined): unknown {
  const lines = log?.value.lines ?? [];
  return {
    value: lines.map(({ sequence, at, level, message, details }) => ({
      sequence,
      timestamp: formatDateTime(at),
      level: levels[level],
      message,
      details,
    })),
  };
}
