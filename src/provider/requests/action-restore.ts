import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import type { BackupRecord } from "../../engine/model.ts";
import { commitAction } from "./action-commit.ts";
import { judgeAction, type Action } from "../action-target.ts";
import { isUsable } from "../records/backup-records.ts";
import type { RestorePayload } from "../jobs/jobs-restore.ts";
import type { Backup } from "../model.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import { chooseOpener } from "../stores/openers.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { checkRestoreTarget } from "../stores/restore-target.ts";
import { storeNotConfigured } from "../stores/store-access.ts";
import { converterOf } from "../versions/versions.ts";

/** POST restore: everything that can be judged now is judged now, then operation and job in one commit. */
export function restoreBackup(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
): Promise<ArmResult> {
  return judgeAction(deps, request, (action) => begin(deps, vault, request, action));
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, backup, repetition }: Action,
): Promise<ArmResult> {
  if (backup === undefined) throw new TypeError("A restore names no backup");
  const ask = converterOf(request.context.apiVersion).readRestore(request.body);
  if (location.value.settings.store.kind === "none") throw storeNotConfigured(location.value.name);
  const record = restorableRecord(backup.value);
  checkRoles(record, ask.roles);
  const chosen = await chooseOpener(deps, scope.key, location.value, record.recipients, ask);
  const targetPath = await checkRestoreTarget({
    restoreRoot: deps.restoreRoot,
    asked: ask.targetPath,
    backupId: backup.value.id,
    overwrite: ask.overwrite,
  });
  const payload: RestorePayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    backupId: backup.value.id,
    targetPath,
    overwrite: ask.overwrite,
    roles: ask.roles,
    openerSource: chosen.source,
  };
  const resourceId = `${scope.id}/backups/${backup.value.id}`;
  const start = { kind: "restore", location, resourceId, payload, chosen, repetition } as const;
  return commitAction(deps, vault, callerOf(request), start);
}

function restorableRecord(backup: Backup): BackupRecord {
  if (isUsable(backup) && backup.record !== undefined) return backup.record;
  const isRunning = backup.endedAt === undefined;
  const advice = isRunning ? "wait until it has ended" : "choose one that succeeded";
  throw new AppError(
    "BackupNotRestorable",
    `Backup "${backup.id}" is "${backup.status}" and cannot be restored: ${advice}`,
    {
      target: backup.id,
    },
  );
}

function checkRoles(record: BackupRecord, roles: readonly string[]): void {
  const known = record.roles.map(({ name }) => name);
  const missing = roles.find((role) => !known.includes(role));
  if (missing === undefined) return;
  throw new AppError(
    "RoleNotFound",
    `Role "${missing}" is not in this backup: choose from ${known.map((name) => `"${name}"`).join(", ")}`,
    {
      target: "roleName",
    },
  );
}
