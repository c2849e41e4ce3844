import type { OperationRecord } from "../../arm/operation-record.ts";
import type { RequestContext } from "../../arm/request-context.ts";
import { whenThere, type Soon } from "../../base/soon.ts";
import type { RestoreSummary, VerifyReport } from "../../engine/model.ts";
import type { StoreCheck } from "../../storage/store-check.ts";
import type { DocumentKind, StateStore, Write } from "../../state/state-store.ts";
import { lookUp } from "../documents.ts";
import type { RememberedRequest } from "../records/idempotency.ts";
import { idempotencyWindowMilliseconds } from "../records/idempotency.ts";
import type { FinishedBackup } from "../jobs/jobs-backup.ts";
import type { CopyResult } from "../jobs/jobs-copy.ts";
import type { PruneResult } from "../jobs/jobs-prune.ts";
import type { Backup, LocationView } from "../model.ts";
import { locationId } from "../model.ts";
import { kindOf } from "../records/operation-kind.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { standsUntil } from "../records/location-schedule.ts";
import { rememberRenderings } from "../versions/remembered.ts";
import { recordRetentionMilliseconds, type ScheduleRecord } from "../records/schedule-records.ts";
import type { RenderForm } from "../versions/version-converter.ts";
import { converterOf, resultFormOf } from "../versions/versions.ts";

/** How long an ended operation stays readable, counted from its end. */
export const operationRetentionMilliseconds: number = 7 * 86_400_000;

/** An operation by its id; undefined when there is none or its time is over. */
export function findOperation(deps: ProviderDeps, id: string): Soon<OperationRecord | undefined> {
  return whenThere(lookUp<OperationRecord>(deps.store, "operation", id.toLowerCase()), (found) => {
    const operation = found?.value;
    const isOver = operation === undefined || isExpired(operation, deps.clock.now());
    return isOver ? undefined : operation;
  });
}

/** What a finished operation shows, in the form of the api-version that polls (rule 193); a snapshot, never the present state. */
export function renderOperationResult(
  deps: ProviderDeps,
  operation: OperationRecord,
  context: RequestContext,
): unknown {
  const now = deps.clock.now();
  if (operation.result === undefined) return undefined;
  return remembered(operation, context.apiVersion, "", now, () => ({
    value: renderAnew(operation, context.apiVersion, now),
    until: resultStandsUntil(operation, now),
  }));
}

/** By the operation as it was read and api-version: whoever polls, and all who poll with it, get the same object. */
const remembered = rememberRenderings<OperationRecord, unknown>();

function resultStandsUntil({ result, ...operation }: OperationRecord, now: number): number {
  switch (kindOf(operation)) {
    case "location":
      return standsUntil(result as LocationView, now);
    case "pruneexternalstore":
      return standsUntil((result as PruneResult).location, now);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function renderAnew(operation: OperationRecord, apiVersion: string, now: number): unknown {
  const converter = converterOf(apiVersion);
  const form = resultFormOf(apiVersion, operation.resourceGroupName, now);
  const { result } = operation;
  switch (kindOf(operation)) {
    case "location":
      return converter.renderLocation(result as LocationView, form);
    case "createbackup":
      return converter.renderBackupResult(
        result as Backup,
        withKept(form, result as FinishedBackup),
      );
    case "restore":
      return converter.renderRestoreResult(result as RestoreSummary);
    case "verify":
      return converter.renderVerifyResult?.(result as VerifyReport);
    case "pruneexternalstore":
      return converter.renderPruneResult?.(result as PruneResult, form);
    case "copy":
      return converter.renderCopyResult?.(result as CopyResult);
    case "teststore":
      return converter.renderStoreCheck?.(result as StoreCheck);
    default:
      return undefined;
  }
}

/** The backup's own view of retention, as it was when it ended. */
function withKept(form: RenderForm, { kept }: FinishedBackup): RenderForm {
  if (kept === undefined) return form;
  return { ...form, retention: { reasonsOf: () => kept.reasons, pinOf: () => kept.pin } };
}

/** The resource an operation is about. */
export function renderOperationTarget(
  operation: OperationRecord,
  context: RequestContext,
): { readonly id: string; readonly name: string } {
  const { isModern } = converterOf(context.apiVersion);
  const identity = { ...operation, name: operation.locationName };
  const group = isModern ? operation.resourceGroupName : operation.resourceGroupName.toLowerCase();
  const location = locationId(identity, group);
  const backup = /\/backups\/([^/]+)$/i.exec(operation.resourceId)?.[1];
  if (backup === undefined) return { id: location, name: operation.locationName };
  const name = isModern ? backup : `${operation.locationName}/${backup}`;
  return { id: `${location}/backups/${backup}`, name };
}

/** Removes operations and records whose time is over and requests no longer remembered; says how many. */
export async function purgeExpired(deps: ProviderDeps): Promise<number> {
  const now = deps.clock.now();
  const operations = await purgeOld<OperationRecord>(deps.store, "operation", (value) =>
    isExpired(value, now),
  );
  const requests = await purgeOld<RememberedRequest>(
    deps.store,
    "idempotency",
    ({ at }) => now - at > idempotencyWindowMilliseconds,
  );
  const records = await purgeOld<ScheduleRecord>(
    deps.store,
    "scheduleRecord",
    ({ at }) => now - Date.parse(at) > recordRetentionMilliseconds,
  );
  deps.count?.("holdfast_deletions_total", { what: "operation", reason: "expired" }, operations);
  deps.count?.(
    "holdfast_deletions_total",
    { what: "record", reason: "expired" },
    requests + records,
  );
  return operations + requests + records;
}

const purgePage = 100;

/** Documents whose last write is the one their age counts from: behind a page with nothing old there is nothing old. */
async function purgeOld<T>(
  store: StateStore,
  kind: DocumentKind,
  isOld: (value: T) => boolean,
): Promise<number> {
  let count = 0;
  for (let after = 0; ;) {
    const page = await store.listChanges<T>(kind, after, purgePage);
    const old = page.filter(({ value }) => isOld(value));
    if (old.length === 0) return count;
    await store.commit(old.flatMap(({ key }) => removals(kind, key)));
    count += old.length;
    after = page.at(-1)?.revision ?? after;
  }
}

/** An operation takes its log along. */
function removals(kind: DocumentKind, key: string): readonly Write[] {
  const removal = { op: "delete", kind, key } as const;
  return kind === "operation" ? [removal, { ...removal, kind: "operationLog" }] : [removal];
}

function isExpired({ endTime }: OperationRecord, now: number): boolean {
  return endTime !== undefined && now - readEnd(endTime) > operationRetentionMilliseconds;
}

let lastEnd = { text: "", at: Number.NaN };

/** Milliseconds since 1970. Whoever polls asks for the same operation again and again. */
function readEnd(text: string): number {
  if (text !== lastEnd.text) lastEnd = { text, at: Date.parse(text) };
  return lastEnd.at;
}
