import { routeKey } from "../arm/contract.ts";
import type { OperationRecord } from "../arm/operation-record.ts";
import type { ArmRequest } from "../arm/resource-type.ts";
import type { Write } from "../state/state-store.ts";
import { create } from "./documents.ts";
import type { LocationIdentity, SystemData } from "./model.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import { nowIso } from "./provider-deps.ts";

/** The kinds of job the provider enqueues, each with a handler in the file of its name. */
export const jobKinds = {
  configure: "configureLocation",
  backup: "createBackup",
  restore: "restoreBackup",
  verify: "verifyBackup",
  prune: "pruneStore",
  testStore: "testStore",
  delete: "deleteLocation",
} as const;

/** What every job of ours knows; the job has the operation's id. */
export interface JobPayload {
  readonly locationKey: string;
  readonly incarnation: string;
}

export interface OperationStart {
  readonly id: string;
  readonly location: LocationIdentity;
  readonly resourceId: string;
}

/** A fresh operation of a request. */
export function startOperation(
  deps: ProviderDeps,
  request: ArmRequest,
  start: OperationStart,
): OperationRecord {
  const { context } = request;
  return {
    id: start.id,
    subscriptionId: start.location.subscriptionId,
    resourceGroupName: start.location.resourceGroupName,
    locationName: start.location.name,
    route: routeKey(request.route),
    apiVersion: context.apiVersion,
    state: "Accepted",
    startTime: nowIso(deps),
    resourceId: start.resourceId,
    correlationId: context.correlationId,
    ...(context.tenantId === undefined ? {} : { tenantId: context.tenantId }),
    ...(context.clientRequestId === undefined ? {} : { clientRequestId: context.clientRequestId }),
  };
}

/** The writes that go with the resource's: operation and job, in the same commit. */
export function operationWrites(
  deps: ProviderDeps,
  operation: OperationRecord,
  kind: string,
  payload: JobPayload,
): readonly Write[] {
  return [
    create("operation", operation.id, operation),
    { op: "enqueue", job: { id: operation.id, kind, payload, dueAt: deps.clock.now() } },
  ];
}

/** After the commit: tells the log, and the worker that there is work. */
export function announceOperation(deps: ProviderDeps, operation: OperationRecord): void {
  const { id, correlationId, apiVersion, route } = operation;
  deps.logger.info("Operation accepted", { operationId: id, correlationId, apiVersion, route });
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
