import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { findLocation } from "../action-target.ts";
import { planLocation } from "../records/location-retention.ts";
import { applyChange } from "../rules/location-rules.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import { previewChange, type RetentionBody } from "../versions/v2026-12-01.ts";
import { formatDateTime } from "../wire-format.ts";

/** POST previewRetention: what would stay and go, by the plan that prune carries out; changes nothing. */
export async function previewRetention(
  deps: ProviderDeps,
  request: ArmRequest,
): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = (await findLocation(deps, scope)).value;
  const { retention } = (request.body ?? {}) as { readonly retention?: RetentionBody };
  const { settings } = applyChange(
    { settings: location.settings, secrets: location.secrets },
    previewChange({ retention }),
    { ...deps, now: deps.clock.now() },
  );
  const { plan, backups } = await planLocation(deps, scope.key, location, settings);
  const describe = (backupId: string): object => {
    const backup = backups.get(backupId);
    if (backup === undefined) throw new TypeError(`Retention invented backup "${backupId}"`);
    return { backupId, startTime: formatDateTime(backup.startedAt), status: backup.status };
  };
  const keep = plan.keep.map(({ backupId, reasons }) => ({
    ...describe(backupId),
    keptBecause: reasons,
  }));
  const remove = plan.remove.map(({ backupId, reason }) => ({ ...describe(backupId), reason }));
  return { kind: "value", body: { keep, remove } };
}
