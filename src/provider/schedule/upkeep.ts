import { isPending, nextRunTime } from "../../jobs/schedule.ts";
import type { Document } from "../../state/state-store.ts";
import { commitAction } from "../requests/action-commit.ts";
import { auditOwnAction } from "../audit/audit-own-actions.ts";
import { checkConfigured } from "../jobs/backup-start.ts";
import type { PrunePayload } from "../jobs/jobs-prune.ts";
import { scheduleOf } from "../records/location-schedule.ts";
import type { BackupLocation } from "../model.ts";
import { isSettled, locationId } from "../model.ts";
import { serviceCaller } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { checkSubscription } from "../records/subscription-state.ts";
import { isReached } from "../records/upkeep-times.ts";

/** Starts the clean-up of a location's store when there is something to do and nothing else is near. */
export async function runUpkeepOf(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
): Promise<void> {
  const now = deps.clock.now();
  const { upkeep = {}, running, provisioningState } = location.value;
  const isRetentionDue = isReached(upkeep.retentionAt, now);
  if (!isRetentionDue && !isReached(upkeep.pruneAt, now)) return;
  if (running !== undefined || !isSettled(provisioningState)) return;
  if (!isQuiet(location.value, now) || !(await canPrune(deps, location.value))) return;
  const payload: PrunePayload = {
    locationKey: location.key,
    incarnation: location.value.incarnation,
    isDryRun: false,
    appliesRetention: isRetentionDue,
  };
  const caller = serviceCaller(deps, "pruneExternalStore");
  await auditOwnAction(deps, caller, locationId(location.value), () =>
    commitAction(deps, undefined, caller, {
      kind: "prune",
      isAutomatic: true,
      location,
      resourceId: locationId(location.value),
      payload,
      chosen: undefined,
      repetition: undefined,
    }),
  );
}

/** A clean-up begins only if no backup is due for so long. */
const quietMilliseconds = 10 * 60_000;

function isQuiet({ settings, nextTick }: BackupLocation, now: number): boolean {
  const schedule = scheduleOf(settings);
  if (nextTick === null || !schedule.isEnabled) return true;
  const tick = Date.parse(nextTick);
  // A backup that waits for its window begins when that opens, which is shown as the next time.
  const isNear = nextRunTime(schedule, tick, now) - now < quietMilliseconds;
  return (
    !isNear &&
    (!isPending(schedule, tick, now) ||
      schedule.windows.length > 0 ||
      schedule.blackouts.length > 0)
  );
}

async function canPrune(deps: ProviderDeps, location: BackupLocation): Promise<boolean> {
  try {
    checkConfigured(location);
    await checkSubscription(deps, location.subscriptionId);
    return true;
  } catch {
    return false;
  }
}
