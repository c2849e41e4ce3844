import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import type { BackupRecord } from "../../engine/model.ts";
import { commitAction } from "./action-commit.ts";
import { judgeAction, type Action } from "../action-target.ts";
import { isUsable } from "../records/backup-records.ts";
import type { RestorePayload } from "../jobs/jobs-restore.ts";
import type { Backup } from "../model.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import { checkOpens, chooseOpener, openSent, type SentOpener } from "../stores/openers.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { checkEmpty, findRestoreTarget } from "../stores/restore-target.ts";
import { storeNotConfigured } from "../stores/store-access.ts";
import type { RestoreRequest } from "../versions/version-converter.ts";
import { converterOf } from "../versions/versions.ts";

/** POST restore: everything that can be judged now is judged now, then operation and job in one commit. */
export function restoreBackup(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
): Promise<ArmResult> {
  return judgeAction(deps, request, {
    judge: (action) => judge(deps, request, action),
    begin: (action, judged) => begin(deps, vault, request, action, judged),
  });
}

interface Judged {
  readonly ask: RestoreRequest;
  readonly backup: Backup;
  readonly sent: SentOpener;
  readonly targetPath: string;
}

/** What a backup that succeeded holds, and who it is encrypted to, never changes. */
async function judge(
  deps: ProviderDeps,
  request: ArmRequest,
  { backup: found }: Action,
): Promise<Judged> {
  if (found === undefined) throw new TypeError("A restore names no backup");
  const backup = found.value;
  const ask = converterOf(request.context.apiVersion).readRestore(request.body);
  const record = isUsable(backup) ? backup.record : undefined;
  if (record !== undefined) checkRoles(record, ask.roles);
  const sent = await openSent(deps, ask);
  if (record !== undefined) checkOpens(deps, record.recipients, sent);
  const { restoreRoot } = deps;
  const targetPath = await findRestoreTarget({
    restoreRoot,
    asked: ask.targetPath,
    backupId: backup.id,
  });
  return { ask, backup, sent, targetPath };
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, repetition }: Action,
  { ask, backup, sent, targetPath }: Judged,
): Promise<ArmResult> {
  if (location.value.settings.store.kind === "none") throw storeNotConfigured(location.value.name);
  const { recipients } = restorableRecord(backup);
  const chosen = chooseOpener(deps, scope.key, location.value, recipients, sent);
  if (!ask.overwrite) await checkEmpty(targetPath);
  const payload: RestorePayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    backupId: backup.id,
    targetPath,
    overwrite: ask.overwrite,
    roles: ask.roles,
    openerSource: chosen.source,
  };
  const resourceId = `${scope.id}/backups/${backup.id}`;
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
