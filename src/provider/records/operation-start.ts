import { routeKey } from "../../arm/contract.ts";
import type { OperationRecord } from "../../arm/operation-record.ts";
import type { ArmRequest } from "../../arm/resource-type.ts";
import type { Write } from "../../state/state-store.ts";
import { create } from "../documents.ts";
import type { LocationIdentity, SystemData } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";

/** The kinds of job the provider enqueues, each with a handler in the file of its name. */
export const jobKinds = {
  configure: "configureLocation",
  backup: "createBackup",
  restore: "restoreBackup",
  verify: "verifyBackup",
  prune: "pruneStore",
  copy: "copyBackups",
  testStore: "testStore",
  delete: "deleteLocation",
} as const;

/** What every job of ours knows; the job has the operation's id. */
export interface JobPayload {
  readonly locationKey: string;
  readonly incarnation: string;
  /** Of the request that asked for it. */
  readonly correlationId?: string;
  /** A clean-up that makes way for this: it begins when that has ended. */
  readonly after?: string;
}

export interface OperationStart {
  readonly id: string;
  readonly location: LocationIdentity;
  readonly resourceId: string;
}

/** Who an operation is started for: a request, or the service itself. */
export interface OperationCaller {
  readonly route: string;
  readonly apiVersion: string;
  readonly correlationId: string;
  readonly tenantId?: string;
  readonly homeTenantId?: string;
  readonly traceParent?: string;
  readonly clientRequestId?: string;
}

/** The caller of a request. */
export function callerOf({ context, route }: ArmRequest): OperationCaller {
  const { apiVersion, correlationId } = context;
  const { tenantId, homeTenantId, traceParent, clientRequestId } = context;
  return {
    route: routeKey(route),
    apiVersion,
    correlationId,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(homeTenantId === undefined ? {} : { homeTenantId }),
    ...(traceParent === undefined ? {} : { traceParent }),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
  };
}

/** The service itself, as if it had called the action of a location in our own api-version. */
export function serviceCaller(
  deps: ProviderDeps,
  action: "createBackup" | "pruneExternalStore",
): OperationCaller {
  return {
    route: `POST /subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/${action}`,
    apiVersion: "2026-12-01",
    correlationId: deps.newId(),
  };
}

/** A fresh operation. */
export function startOperation(
  deps: ProviderDeps,
  caller: OperationCaller,
  start: OperationStart,
): OperationRecord {
  return {
    id: start.id,
    subscriptionId: start.location.subscriptionId,
    resourceGroupName: start.location.resourceGroupName,
    locationName: start.location.name,
    state: "Accepted",
    startTime: nowIso(deps),
    resourceId: start.resourceId,
    ...caller,
  };
}

/** The writes that go with the resource's: operation and job, in the same commit. */
export function operationWrites(
  deps: ProviderDeps,
  operation: OperationRecord,
  kind: string,
  payload: JobPayload,
): readonly Write[] {
  const { id, correlationId } = operation;
  const job = { id, kind, payload: { ...payload, correlationId }, dueAt: deps.clock.now() };
  return [create("operation", id, operation), { op: "enqueue", job }];
}

/** After the commit: tells the log, and the worker that there is work. */
export function announceOperation(deps: ProviderDeps, operation: OperationRecord): void {
  const { id: operationId, correlationId, traceParent, apiVersion, route } = operation;
  const fields = { operationId, correlationId, traceParent, apiVersion, route };
  deps.logger.info("Operation accepted", fields);
  deps.onEnqueued?.();
}

/** Who wrote: what a trusted front door says, else the caller itself. `created*` stay from the first write. */
export function systemDataOf(
  request: ArmRequest,
  before: SystemData | undefined,
  now: string,
): SystemData {
  const { principal, systemData } = request.context;
  const byType = principal.kind === "bearer" || principal.kind === "arm" ? "User" : "Application";
  const sent: SystemData = systemData ?? {
    createdBy: principal.name,
    createdByType: byType,
    createdAt: now,
    lastModifiedBy: principal.name,
    lastModifiedByType: byType,
    lastModifiedAt: now,
  };
  if (before === undefined) return sent;
  const kept = Object.entries(before).filter(([name]) => name.startsWith("created"));
  return { ...before, ...sent, ...Object.fromEntries(kept) };
}
