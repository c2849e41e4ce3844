import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { AppError } from "../../base/errors.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { findBackup, findLocation } from "../action-target.ts";
import { replace, retryOnConflict } from "../documents.ts";
import { type Pin, pinKey } from "../records/location-retention.ts";
import { retentionView } from "../records/retention-views.ts";
import type { Backup, BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { backupIdOf, scopeOf } from "../request-scope.ts";
import { backupFormOf, converterOf } from "../versions/versions.ts";

/**
 * POST pin of a backup: it stays whatever retention says, also while the store is pruned, which looks for pins before it
 * removes. What a prune has begun to remove by then is refused.
 */
export function pinBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return changePin(deps, request, (key, backup, { removing = [] }) => {
    if (backup.value.record === undefined) throw nothingToPin(backup.value);
    if (removing.includes(backup.value.id)) throw beingRemoved(backup.value);
    const { reason } = (request.body ?? {}) as { readonly reason?: string | null };
    const { principal } = request.context;
    const pin: Pin = { by: principal.name, at: nowIso(deps), reason: reason ?? null };
    return { op: "put", kind: "pin", key, value: pin };
  });
}

/** POST unpin: retention decides again. Without a pin there is nothing to do. */
export function unpinBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  return changePin(deps, request, (key) => ({ op: "delete", kind: "pin", key }));
}

function changePin(
  deps: ProviderDeps,
  request: ArmRequest,
  writeOf: (key: string, backup: Document<Backup>, location: BackupLocation) => Write,
): Promise<ArmResult> {
  return retryOnConflict(async () => {
    const scope = scopeOf(request);
    const location = await findLocation(deps, scope);
    const backup = await findBackup(deps, scope, backupIdOf(request));
    const key = pinKey(scope.key, location.value, backup.value.id);
    const write = writeOf(key, backup, location.value);
    // The location as it was: a prune that is about to remove makes one of both begin anew.
    await deps.store.commit([replace<BackupLocation>(location, location.value), write]);
    const asked = scope.identity.resourceGroupName;
    const form = backupFormOf(request.context, asked, location.value, deps.clock.now());
    const retention = await retentionView(deps, scope.key, location.value);
    const converter = converterOf(request.context.apiVersion);
    return { kind: "value", body: converter.renderBackup(backup.value, { ...form, retention }) };
  });
}

function nothingToPin({ id }: Backup): AppError {
  return new AppError(
    "BackupNotRestorable",
    `Backup "${id}" left nothing in the store that could be kept: pin another`,
    { target: id },
  );
}

function beingRemoved({ id }: Backup): AppError {
  return new AppError(
    "BackupBeingRemoved",
    `A clean-up has begun to remove backup "${id}", so that it cannot be relied on any more: pin another`,
    { target: id },
  );
}
