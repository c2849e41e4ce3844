import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import type { Document } from "../../state/state-store.ts";
import { commitAction } from "./action-commit.ts";
import { checkIdle, findBackup, judgeAction, type Action } from "../action-target.ts";
import { isUsable } from "../records/backup-records.ts";
import { getLocation } from "../documents.ts";
import type { CopyPayload } from "../jobs/jobs-copy.ts";
import type { BackupLocation } from "../model.ts";
import { locationId, locationKey, storeIdentity } from "../model.ts";
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
  return judgeAction(deps, request, (action) => begin(deps, vault, request, action));
}

interface CopyBody {
  readonly targetLocationName: string;
  readonly backupIds?: readonly string[] | null;
  readonly depth?: "Structure" | "Ciphertext";
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, repetition }: Action,
): Promise<ArmResult> {
  const body = request.body as CopyBody;
  await openStore(deps, scope.key, location.value);
  const target = await findTarget(deps, scope, location, body.targetLocationName);
  const backupIds = body.backupIds?.map((id) => id.toLowerCase());
  for (const id of backupIds ?? []) await requireCopyable(deps, scope, id);
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

/** The other location: with a store that is another one, idle, and not one that makes backups of its own. */
async function findTarget(
  deps: ProviderDeps,
  scope: RequestScope,
  location: Document<BackupLocation>,
  name: string,
): Promise<Document<BackupLocation>> {
  const { identity, key } = scope;
  const other = { ...identity, name };
  const id = locationId(other);
  const refuse = (message: string): AppError =>
    new AppError("InvalidArgument", message, { target: property });
  if (locationKey(other) === key)
    throw refuse("A location cannot be copied into itself: name another one");
  const target = await getLocation(deps.store, locationKey(other));
  if (target === undefined)
    throw refuse(`There is no backup location "${name}" in this group: create it first`);
  checkIdle(target.value, { ...scope, identity: other, key: target.key, id });
  // Whoever copies there holds it too, and waits for nobody.
  if (target.value.running !== undefined) throw conflictOfRunning(target.value.running, id);
  const { store, encryption } = target.value.settings;
  if (store.kind === "none") throw storeNotConfigured(name);
  if (storeIdentity(store) === storeIdentity(location.value.settings.store))
    throw refuse(`Location "${name}" has the same store: give it another one`);
  if (encryption.kind !== "none")
    throw refuse(
      `Location "${name}" encrypts backups of its own: copies go to a location with a store and without encryption`,
    );
  return target;
}

async function requireCopyable(deps: ProviderDeps, scope: RequestScope, id: string): Promise<void> {
  const { value } = await findBackup(deps, scope, id);
  if (isUsable(value)) return;
  throw new AppError(
    "BackupNotRestorable",
    `Backup "${id}" is "${value.status}" and cannot be copied: choose one that succeeded`,
    { target: "backupIds" },
  );
}
