import { toIso } from "../../base/clock.ts";
import { isAppError, toAppError } from "../../base/errors.ts";
import type { DueTick } from "../../jobs/schedule.ts";
import type { Document } from "../../state/state-store.ts";
import { checkConfigured, startBackup } from "../jobs/backup-start.ts";
import { getLocation, listAll, replace } from "../documents.ts";
import { stepOf, type TickChange } from "../records/location-schedule.ts";
import type { BackupLocation, ScheduleSkip } from "../model.ts";
import { isSettled } from "../model.ts";
import { serviceCaller } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { conflictOfRunning } from "../records/running-work.ts";
import { recordWrite } from "../records/schedule-records.ts";
import { checkSubscription } from "../records/subscription-state.ts";
import { runUpkeepOf } from "./upkeep.ts";

/**
 * Starts the backups that are due, writes down those that cannot be made, and tidies stores in between. Any number of instances may do
 * it at once: a tick is dealt with in the commit that moves the location to the next one, and that commit
 * succeeds once. One location's trouble holds up no other.
 */
export async function runScheduler(deps: ProviderDeps): Promise<void> {
  const locations = await listAll<BackupLocation>(deps.store, "location", "");
  for (const location of locations) {
    try {
      await stepLocation(deps, location);
    } catch (error) {
      const { code, message } = toAppError(error);
      if (code === "StateUnavailable") throw error;
      deps.logger.error("A scheduled backup could not be started; it is tried again", {
        locationName: location.value.name,
        errorCode: code,
        error: message,
      });
    }
  }
}

async function stepLocation(deps: ProviderDeps, location: Document<BackupLocation>): Promise<void> {
  try {
    await attemptStep(deps, location);
  } catch (error) {
    if (!isAppError(error, "StateConflict")) throw error;
    // Somebody was quicker: what is left to do is seen afresh, at the latest the next time.
    const fresh = await getLocation(deps.store, location.key);
    if (fresh !== undefined) await attemptStep(deps, fresh).catch(ignoreConflict);
  }
}

function ignoreConflict(error: unknown): void {
  if (!isAppError(error, "StateConflict")) throw error;
}

async function attemptStep(deps: ProviderDeps, location: Document<BackupLocation>): Promise<void> {
  const step = stepOf(location.value, deps.clock.now());
  if (step === undefined || step.kind === "wait") return runUpkeepOf(deps, location);
  if (step.kind === "move") {
    const moved = { ...location.value, ...tickChange(deps, step.tick) };
    await deps.store.commit([replace(location, moved)]);
    return;
  }
  if (mustWait(location.value)) return;
  const obstacle = await findObstacle(deps, location.value);
  if (obstacle === undefined) return startScheduled(deps, location, step.due);
  return skipTick(deps, location, step.due, obstacle);
}

/** A change of the settings is done in seconds, and the service's own clean-up makes way: the tick waits for both. */
function mustWait({ provisioningState, running }: BackupLocation): boolean {
  return !isSettled(provisioningState) || running?.isAutomatic === true;
}

type Obstacle = Pick<ScheduleSkip, "code" | "message" | "operationId">;

async function findObstacle(
  deps: ProviderDeps,
  location: BackupLocation,
): Promise<Obstacle | undefined> {
  const { running } = location;
  if (running !== undefined) {
    return {
      code: conflictOfRunning(running, "").code,
      message: `${workNames[running.kind]} was running (operation "${running.operationId}"): wait for the next time, or start a backup by hand`,
      operationId: running.operationId,
    };
  }
  try {
    checkConfigured(location);
    await checkSubscription(deps, location.subscriptionId);
    return undefined;
  } catch (error) {
    const { code, message } = toAppError(error);
    if (code === "StateUnavailable" || code === "Internal") throw error;
    return { code, message, operationId: null };
  }
}

const workNames = {
  backup: "Another backup",
  restore: "A restore",
  verify: "A verification",
  prune: "A prune",
  copy: "A copy",
} as const;

async function startScheduled(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  due: DueTick,
): Promise<void> {
  const at = nowIso(deps);
  const systemData = {
    createdBy: schedulerName,
    createdByType: "Application",
    createdAt: at,
    lastModifiedBy: schedulerName,
    lastModifiedByType: "Application",
    lastModifiedAt: at,
  };
  await startBackup(deps, {
    location,
    caller: serviceCaller(deps, "createBackup"),
    isAutomatic: true,
    rescan: false,
    systemData,
    change: tickChange(deps, due.nextTick),
    writes: (backupId) => [recordWrite(deps, location, due, { outcome: "started", backupId })],
  });
}

const schedulerName = "Holdfast scheduler";

async function skipTick(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  due: DueTick,
  obstacle: Obstacle,
): Promise<void> {
  const lastSkip: ScheduleSkip = { tick: toIso(due.tick), at: nowIso(deps), ...obstacle };
  const skipped: BackupLocation = {
    ...location.value,
    ...tickChange(deps, due.nextTick),
    lastSkip,
    revision: location.value.revision + 1,
  };
  await deps.store.commit([
    replace(location, skipped),
    recordWrite(deps, location, due, { outcome: "skipped", ...obstacle }),
  ]);
  deps.logger.warn("A scheduled backup was skipped", {
    locationName: location.value.name,
    errorCode: obstacle.code,
    error: obstacle.message,
    nextTime: toIso(due.nextTick),
  });
}

function tickChange(deps: ProviderDeps, tick: number): TickChange {
  return { nextTick: toIso(tick), tickDecidedAt: nowIso(deps) };
}
