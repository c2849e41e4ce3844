import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { OperationRecord } from "../../arm/operation-record.ts";
import { judgeAction, type Action } from "../action-target.ts";
import { startBackup } from "../jobs/backup-start.ts";
import { getBackup } from "../documents.ts";
import type { Backup } from "../model.ts";
import { backupKey } from "../model.ts";
import { callerOf, systemDataOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import { converterOf, formOf } from "../versions/versions.ts";

/** POST createBackup: the new backup, its operation (of the same id) and its job, in one commit. */
export function createBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return judgeAction(deps, request, {
    judge: () => undefined,
    begin: (action) => begin(deps, request, action),
    answerAgain: (operation, { key }) => answerAgain(deps, request, key, operation),
  });
}

async function begin(
  deps: ProviderDeps,
  request: ArmRequest,
  { location, repetition }: Action,
): Promise<ArmResult> {
  const { operation, backup } = await startBackup(deps, {
    location,
    caller: callerOf(request),
    isAutomatic: false,
    rescan: converterOf(request.context.apiVersion).readCreateBackup?.(request.body) ?? false,
    systemData: systemDataOf(request, undefined, nowIso(deps)),
    writes: (id) => repetition.remember(id),
  });
  return accepted(deps, request, operation, backup);
}

async function answerAgain(
  deps: ProviderDeps,
  request: ArmRequest,
  locationKey: string,
  operation: OperationRecord,
): Promise<ArmResult> {
  const backup = await getBackup(deps.store, backupKey(locationKey, operation.id));
  return backup === undefined
    ? { kind: "accepted", operation }
    : accepted(deps, request, operation, backup.value);
}

function accepted(
  deps: ProviderDeps,
  request: ArmRequest,
  operation: OperationRecord,
  backup: Backup,
): ArmResult {
  const asked = scopeOf(request).identity.resourceGroupName;
  const form = formOf(request.context, asked, backup.resourceGroupName, deps.clock.now());
  const body = converterOf(request.context.apiVersion).renderBackup(backup, form);
  return { kind: "accepted", operation, body };
}
