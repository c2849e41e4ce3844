import type { ArmRequest, ArmResult } from "../arm/resource-type.ts";
import type { OperationRecord } from "../arm/operation-record.ts";
import { checkIdle, findLocation } from "./action-target.ts";
import { create, getBackup, replace, retryOnConflict } from "./documents.ts";
import { findRepetition } from "./idempotency.ts";
import type { BackupPayload } from "./jobs-backup.ts";
import type { Backup, BackupLocation } from "./model.ts";
import { backupKey } from "./model.ts";
import {
  announceOperation,
  jobKinds,
  operationWrites,
  startOperation,
  systemDataOf,
} from "./operation-start.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import { nowIso } from "./provider-deps.ts";
import { scopeOf } from "./request-scope.ts";
import { encryptionNotConfigured, storeNotConfigured } from "./store-access.ts";
import { converterOf, formOf } from "./versions.ts";

/** POST createBackup: the new backup, its operation (of the same id) and its job, in one commit. */
export function createBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return retryOnConflict(() => attemptCreateBackup(deps, request));
}

async function attemptCreateBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = await findLocation(deps, scope);
  const repetition = await findRepetition(deps, request);
  if (repetition.earlier !== undefined)
    return answerAgain(deps, request, scope.key, repetition.earlier);
  checkIdle(location.value, scope);
  const { settings } = location.value;
  if (settings.store.kind === "none") throw storeNotConfigured(location.value.name);
  if (settings.encryption.kind === "none") throw encryptionNotConfigured(location.value.name);
  const id = deps.newId();
  const backup = newBackup(deps, request, location.value, id);
  const operation = startOperation(deps, request, {
    id,
    location: location.value,
    resourceId: `${scope.id}/backups/${id}`,
  });
  const payload: BackupPayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    rescan: converterOf(request.context.apiVersion).readCreateBackup?.(request.body) ?? false,
  };
  await deps.failpoint?.("create-backup.before-commit");
  await deps.store.commit([
    replace(location, { ...location.value, running: { kind: "backup", operationId: id } }),
    create("backup", backupKey(scope.key, id), backup),
    ...operationWrites(deps, operation, jobKinds.backup, payload),
    ...repetition.remember(id),
  ]);
  await deps.failpoint?.("create-backup.after-commit");
  announceOperation(deps, operation);
  return accepted(deps, request, operation, backup);
}

function newBackup(
  deps: ProviderDeps,
  request: ArmRequest,
  location: BackupLocation,
  id: string,
): Backup {
  const startedAt = nowIso(deps);
  return {
    id,
    locationName: location.name,
    subscriptionId: location.subscriptionId,
    resourceGroupName: location.resourceGroupName,
    region: location.settings.region,
    status: "Creating",
    isAutomatic: false,
    startedAt,
    deployment: deps.deployment,
    systemData: systemDataOf(request, undefined, startedAt),
  };
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
