import { alertWrites, forgetWrites, readAlerts } from "../../alerts/alert-book.ts";
import { describeAlert, type Alert } from "../../alerts/alert.ts";
import { evaluateLocation } from "../../alerts/evaluate-location.ts";
import { reconcileAlerts, type AlertChange } from "../../alerts/reconcile.ts";
import type { OperationRecord } from "../../arm/operation-record.ts";
import { toIso } from "../../base/clock.ts";
import { isAppError, toAppError } from "../../base/errors.ts";
import { inTurns } from "../../base/in-turns.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { create, listAll, replace } from "../documents.ts";
import type { Backup, BackupLocation } from "../model.ts";
import { noticesOfAlerts, noticesOfBackup, noticeWrites } from "../notify/notices.ts";
import { listRoutes } from "../notify/route-record.ts";
import { lookThrough } from "../records/capacity-outlook.ts";
import { beforeLongLook } from "../records/known-backups.ts";
import { kindOf } from "../records/operation-kind.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { forgetGone } from "./forget-gone.ts";
import { readAuditNews } from "./audit-news.ts";
import { learnFromOperations, type Lesson } from "./learn.ts";
import { readOperationNews, type OperationNews } from "./operation-news.ts";
import { factsOf, isConfigured, isDue, newestEpoch } from "./location-facts.ts";
import { readLocationState, type LocationState } from "./location-facts.ts";
import type { WatchRecord } from "./watch-record.ts";

/**
 * One look of the watchdog at every location. It reads what is stored and nothing else, so that it speaks also
 * when scheduler, worker and engine are silent. Any number of instances may look at the same time.
 */
export async function watchLocations(deps: ProviderDeps): Promise<void> {
  const locations = await listAll<BackupLocation>(deps.store, "location", "");
  const records = await listAll<WatchRecord>(deps.store, "watch", "");
  const kept = new Map(records.map((record) => [record.key, record]));
  const positions = locations.map(
    ({ key, value }) => [key, positionIn(kept.get(key), value)] as const,
  );
  const news = await readOperationNews(deps.store, new Map(positions));
  for (const location of locations) {
    const { provisioningState } = location.value;
    if (provisioningState === "Creating" || provisioningState === "Deleting") continue;
    try {
      await watchLocation(deps, location, kept.get(location.key), news);
    } catch (error) {
      // Another instance was quicker: it wrote what we would have.
      if (isAppError(error, "StateConflict")) continue;
      const fields = { location: location.value.name, errorCode: toAppError(error).code };
      deps.logger.error("The watchdog could not look at a location", fields);
    }
  }
  await forgetGone(deps, new Set(locations.map(({ key }) => key)));
}

async function watchLocation(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  kept: Document<WatchRecord> | undefined,
  news: OperationNews,
): Promise<void> {
  const now = deps.clock.now();
  const { store } = deps;
  const { state, ended } = await readState(deps, location, kept?.value, news);
  const known = await readAlerts(store, location.key);
  await inTurns(lookThrough(state.backups, state.location));
  await beforeLongLook(state.backups);
  const changes = reconcileAlerts({
    scope: scopeOfLocation(location.value),
    known: known.map(({ value }) => value),
    findings: evaluateLocation(factsOf(state, now), now),
    now,
    newId: deps.newId,
  });
  const routes = await listRoutes(store, location.key);
  const audit = await readAuditNews(deps, location.value, routes, state.record.auditSequence);
  const messages = noticeWrites(deps, routes, [
    ...noticesOfAlerts(deps, changes),
    ...backupsOf(ended, state.backups).flatMap((one) => noticesOfBackup(deps, location.value, one)),
    ...audit.notices,
  ]);
  const forgotten = forgetWrites(known, now);
  await store.commit([
    ...recordWrites(location.key, kept, { ...state.record, ...audit.position }),
    ...alertWrites(location.key, known, changes),
    ...forgotten,
    ...messages,
  ]);
  const why = { what: "alert", reason: "expired" };
  deps.count?.("holdfast_deletions_total", why, forgotten.length);
  for (const change of changes) announce(deps, change);
  if (messages.length > 0) deps.onNotices?.();
}

async function readState(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  kept: WatchRecord | undefined,
  news: OperationNews,
): Promise<{ readonly state: LocationState; readonly ended: Lesson["ended"] }> {
  const state = await readLocationState(deps.store, location.key, location.value, kept);
  const { record, ended } = learn(state, news.of(location.key), deps.clock.now());
  const operationRevision = news.positionOf(location.key, ended.length > 0);
  return { state: { ...state, record: { ...record, operationRevision } }, ended };
}

/** The backups that operations have ended. */
function backupsOf(
  ended: readonly OperationRecord[],
  backups: readonly Backup[],
): readonly Backup[] {
  const ids = new Set(ended.filter((one) => kindOf(one) === "createbackup").map(({ id }) => id));
  return backups.filter(({ id, endedAt }) => ids.has(id) && endedAt !== undefined);
}

function learn(
  { location, backups, record: before }: LocationState,
  operations: readonly OperationRecord[],
  now: number,
): Lesson {
  const epochOf = (backupId: string | undefined): string | undefined =>
    backupId === undefined
      ? newestEpoch(backups)
      : backups.find(({ id }) => id === backupId)?.record?.epochId;
  const { record, ended } = learnFromOperations(before, operations, epochOf);
  const { configuredAt, dueSince, ...rest } = record;
  const learnt: WatchRecord = {
    ...rest,
    ...(isConfigured(location) ? { configuredAt: configuredAt ?? toIso(now) } : {}),
    ...(isDue(location, now) ? { dueSince: dueSince ?? toIso(now) } : {}),
  };
  return { record: learnt, ended };
}

/** A location that took the place of another one starts from the beginning. */
function positionIn(
  kept: Document<WatchRecord> | undefined,
  { incarnation }: BackupLocation,
): number {
  return kept?.value.incarnation === incarnation ? (kept.value.operationRevision ?? 0) : 0;
}

/** Nothing is written while nothing changes. */
function recordWrites(
  key: string,
  kept: Document<WatchRecord> | undefined,
  record: WatchRecord,
): readonly Write[] {
  if (kept === undefined) return [create("watch", key, record)];
  return JSON.stringify(kept.value) === JSON.stringify(record) ? [] : [replace(kept, record)];
}

function scopeOfLocation(location: BackupLocation): Alert["scope"] {
  return {
    subscriptionId: location.subscriptionId,
    resourceGroupName: location.resourceGroupName,
    locationName: location.name,
    region: location.settings.region,
  };
}

/** The log says what the alert says. */
export function announce({ logger }: ProviderDeps, { kind, alert }: AlertChange): void {
  if (kind === "refresh") return;
  const { title, severity, error } = describeAlert(alert);
  const fields = { code: alert.typeId, location: alert.scope.locationName, error };
  if (kind === "close") logger.info(`Alert closed: ${title}`, fields);
  else if (severity === "Critical") logger.error(`Alert: ${title}`, fields);
  else logger.warn(`Alert: ${title}`, fields);
}
