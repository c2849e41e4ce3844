import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import type { Document } from "../../state/state-store.ts";
import { commitAction } from "./action-commit.ts";
import { checkIdle, findBackup, judgeAction, type Action } from "../action-target.ts";
import { isUsable } from "../records/backup-records.ts";
import { getLocation } from "../documents.ts";
import type { CopyPayload } from "../jobs/jobs-copy.ts";
import type { Backup, BackupLocation } from "../model.ts";
import { isSettled, locationId, locationKey, storeIdentity } from "../model.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { conflictOfRunning } from "../records/running-work.ts";
import type { RequestScope } from "../request-scope.ts";
import { openStore, storeNotConfigured } from "../stores/store-access.ts";

/** POST copy: brings backups of a location, unopened, into the store of another one of its group. */
export function copyBackups(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
): Promise<ArmResult> {
  return judgeAction(deps, request, {
    judge: (action) => judge(deps, request, action),
    begin: (action, judged) => begin(deps, vault, request, action, judged),
  });
}

interface CopyBody {
  readonly targetLocationName: string;
  readonly backupIds?: readonly string[] | null;
  readonly depth?: "Structure" | "Ciphertext";
}

interface Judged {
  readonly target: Document<BackupLocation>;
  /** Undefined: all there are. */
  readonly backups: readonly Backup[] | undefined;
}

async function judge(
  deps: ProviderDeps,
  request: ArmRequest,
  { scope, location }: Action,
): Promise<Judged> {
  const body = request.body as CopyBody;
  const target = await findTarget(deps, scope, body.targetLocationName);
  checkTarget(location.value, target.value, body.targetLocationName);
  if (!body.backupIds) return { target, backups: undefined };
  const backups: Backup[] = [];
  for (const id of body.backupIds)
    backups.push((await findBackup(deps, scope, id.toLowerCase())).value);
  return { target, backups };
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, repetition }: Action,
  { target, backups }: Judged,
): Promise<ArmResult> {
  const body = request.body as CopyBody;
  await openStore(deps, scope.key, location.value);
  checkFree(scope, target.value, body.targetLocationName);
  for (const one of backups ?? []) requireCopyable(one);
  const backupIds = backups?.map(({ id }) => id);
  const payload: CopyPayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    targetKey: target.key,
    targetIncarnation: target.value.incarnation,
    depth: body.depth === "Ciphertext" ? "ciphertext" : "structure",
    ...(backupIds === undefined ? {} : { backupIds }),
  };
  return commitAction(deps, vault, callerOf(request), {
    kind: "copy",
    location,
    alsoHolds: target,
    resourceId: scope.id,
    payload,
    chosen: undefined,
    repetition,
  });
}

const property = "targetLocationName";

const refuse = (message: string): AppError =>
  new AppError("InvalidArgument", message, { target: property });

async function findTarget(
  deps: ProviderDeps,
  { identity, key }: RequestScope,
  name: string,
): Promise<Document<BackupLocation>> {
  const other = { ...identity, name };
  if (locationKey(other) === key)
    throw refuse("A location cannot be copied into itself: name another one");
  const target = await getLocation(deps.store, locationKey(other));
  if (target === undefined)
    throw refuse(`There is no backup location "${name}" in this group: create it first`);
  return target;
}

/** The other location must have a store that is another one, and make no backups of its own. */
function checkTarget(location: BackupLocation, target: BackupLocation, name: string): void {
  // While the settings of one of both change nobody knows yet, and whoever asks is told to wait.
  if (!isSettled(location.provisioningState) || !isSettled(target.provisioningState)) return;
  const { store, encryption } = target.settings;
  if (store.kind === "none") return;
  if (storeIdentity(store) === storeIdentity(location.settings.store))
    throw refuse(`Location "${name}" has the same store: give it another one`);
  if (encryption.kind !== "none")
    throw refuse(
      `Location "${name}" encrypts backups of its own: copies go to a location with a store and without encryption`,
    );
}

function checkFree(
  { identity, ...scope }: RequestScope,
  target: BackupLocation,
  name: string,
): void {
  const other = { ...identity, name };
  const id = locationId(other);
  checkIdle(target, { ...scope, identity: other, key: locationKey(other), id });
  // Whoever copies there holds it too, and waits for nobody.
  if (target.running !== undefined) throw conflictOfRunning(target.running, id);
  if (target.settings.store.kind === "none") throw storeNotConfigured(name);
}

function requireCopyable(backup: Backup): void {
  if (isUsable(backup)) return;
  throw new AppError(
    "BackupNotRestorable",
    `Backup "${backup.id}" is "${backup.status}" and cannot be copied: choose one that succeeded`,
    { target: "backupIds" },
  );
}
