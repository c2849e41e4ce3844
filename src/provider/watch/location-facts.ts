import type { LocationFacts, RunFacts } from "../../alerts/location-facts.ts";
import { toIso } from "../../base/clock.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { planRuns } from "../../jobs/schedule.ts";
import type { StateStore } from "../../state/state-store.ts";
import { isUsable } from "../records/backup-records.ts";
import { listBackupsOf } from "../records/known-backups.ts";
import { storeIdentity, type Backup, type BackupLocation } from "../model.ts";
import { judgeCapacity } from "../records/capacity-outlook.ts";
import { nextBackupTimeOf, scheduleOf, stepOf } from "../records/location-schedule.ts";
import { renderStoreText } from "../rules/store-text.ts";
import { getMonitoring, targetsOf, type Monitoring } from "./monitoring.ts";
import { copyNotesOf, notesOf, readNotes, type Notes, type RouteNote } from "../records/notes.ts";
import { freshRecord, type WatchRecord } from "./watch-record.ts";

export interface LocationState {
  readonly location: BackupLocation;
  /** Of this location, in any order. */
  readonly backups: readonly Backup[];
  readonly record: WatchRecord;
  readonly notes: Notes;
  readonly monitoring: Monitoring;
}

/** What is kept below a location; `kept` is what the watchdog remembers, of this or of one that had its name before. */
export async function readLocationState(
  store: StateStore,
  key: string,
  location: BackupLocation,
  kept: WatchRecord | undefined,
): Promise<LocationState> {
  return {
    location,
    backups: await listBackupsOf(store, key),
    record: kept?.incarnation === location.incarnation ? kept : freshRecord(location.incarnation),
    notes: await readNotes(store, key),
    monitoring: await getMonitoring(store, key),
  };
}

/** A location as its alerts are judged by; `now` in milliseconds since 1970. */
export function factsOf(state: LocationState, now: number): LocationFacts {
  const { location, record, notes, monitoring } = state;
  const { settings } = location;
  const { encryption } = settings;
  const newest = newestEpoch(state.backups);
  return {
    isConfigured: isConfigured(location),
    ...copiesIn(location),
    configuredAt: record.configuredAt ?? toIso(now),
    storeText: renderStoreText(settings.store) ?? "",
    hasPreSharedKey: encryption.kind === "pre-shared-key",
    certificates: encryption.kind === "certificates" ? encryption.certificates : [],
    schedule: scheduleFacts(location, record, now),
    runs: runsOf(state.backups),
    lastVerify: record.lastVerify,
    lastDrill: record.lastDrill,
    isKeyProved: newest !== undefined && record.provedEpochs.includes(newest),
    lastPrune: notes.retention,
    failedCopies: failedCopies(notes),
    store: storeFacts(state, now),
    failingRoutes: failingRoutes(notes),
    targets: targetsOf(monitoring, expectedHours(location, now)),
  };
}

export function isConfigured({ settings }: BackupLocation): boolean {
  return settings.store.kind !== "none" && settings.encryption.kind !== "none";
}

/** A copy on the service's own machine is another matter than one elsewhere. */
function copiesIn({ settings, copiesIn: store }: BackupLocation): Pick<LocationFacts, "copies"> {
  if (store === undefined || store !== storeIdentity(settings.store)) return {};
  return { copies: settings.store.kind === "local" ? "internal" : "external" };
}

/** The epoch of the newest backup that has one. */
export function newestEpoch(backups: readonly Backup[]): string | undefined {
  let newest: Backup["record"];
  for (const { record } of backups)
    if (record !== undefined && record.sequence > (newest?.sequence ?? -1)) newest = record;
  return newest?.epochId;
}

/** Whether the schedule asks for a backup that nobody has started or left out. */
export function isDue(location: BackupLocation, now: number): boolean {
  return isConfigured(location) && stepOf(location, now)?.kind === "due";
}

function scheduleFacts(
  location: BackupLocation,
  { dueSince }: WatchRecord,
  now: number,
): LocationFacts["schedule"] {
  const { plan, schedulerEnabled } = location.settings;
  const pauseEnd = plan?.pausedUntil ? Date.parse(plan.pausedUntil) : undefined;
  const isOff = schedulerEnabled !== true;
  const isPaused = isOff || (pauseEnd !== undefined && pauseEnd > now);
  const { lastSkip: skip } = location;
  return {
    isPaused,
    ...(isPaused && !isOff && pauseEnd !== undefined ? { pausedUntil: toIso(pauseEnd) } : {}),
    ...(dueSince === undefined ? {} : { dueSince }),
    nextBackupTime: nextBackupTimeOf(location, now),
    ...(skip === undefined
      ? {}
      : {
          lastSkip: {
            tick: skip.tick,
            at: skip.at,
            reason: { code: skip.code, message: skip.message },
          },
        }),
  };
}

/** Hours from one scheduled backup to the next. */
export function expectedHours({ settings, nextTick }: BackupLocation, now: number): number {
  const isCron = typeof settings.plan?.cron === "string";
  if (!isCron || nextTick === null) return settings.frequencyHours;
  const [one, other] = planRuns(scheduleOf(settings), Date.parse(nextTick), now, 2);
  if (one === undefined || other === undefined) return settings.frequencyHours;
  return Math.max(1, Math.ceil((other.time - one.time) / 3_600_000));
}

function storeFacts(
  { location, backups, notes }: LocationState,
  now: number,
): LocationFacts["store"] {
  const { level, freeBytes, nextBackupBytes, daysLeft } = judgeCapacity({
    location,
    backups,
    now,
  });
  const { error, newest } = isOutdated(notes.probe, backups) ? {} : (notes.probe ?? {});
  return {
    ...(error === undefined ? {} : { error }),
    ...(newest === undefined ? {} : { newest }),
    isAlmostFull: level === "short" || level === "low",
    particulars: {
      ...(freeBytes === null ? {} : { free: formatBytes(freeBytes) }),
      nextBackup: formatBytes(nextBackupBytes),
      ...(daysLeft === null ? {} : { daysLeft: String(Math.floor(daysLeft)) }),
    },
  };
}

/** A backup that was stored later shows that the store works. */
function isOutdated(note: Notes["probe"], backups: readonly Backup[]): boolean {
  const at = note?.at ?? "";
  return backups.some((backup) => isUsable(backup) && (backup.endedAt ?? "") > at);
}

function failedCopies(notes: Notes): LocationFacts["failedCopies"] {
  return copyNotesOf(notes).flatMap((note) => {
    const { operationId, targetName, isInternal, error } = note;
    return error === undefined ? [] : [{ operationId, targetName, isInternal, error }];
  });
}

function failingRoutes(notes: Notes): LocationFacts["failingRoutes"] {
  const failing = notesOf<RouteNote>(notes, "route:").flatMap(([name, { error }]) =>
    error === undefined ? [] : [[name, error] as const],
  );
  return Object.fromEntries(failing);
}

/** Backups that have ended are what they are. */
const knownRuns = new WeakMap<Backup, RunFacts>();

/** Newest first. The list of a location is the same until one of its backups changes: most looks find it so. */
function runsOf(backups: readonly Backup[]): readonly RunFacts[] {
  const known =
    knownLists.get(backups) ??
    backups.map(knownRunOf).toSorted((a, b) => (a.startedAt > b.startedAt ? -1 : 1));
  knownLists.set(backups, known);
  return known;
}

const knownLists = new WeakMap<readonly Backup[], readonly RunFacts[]>();

function knownRunOf(backup: Backup): RunFacts {
  const known = knownRuns.get(backup) ?? runOf(backup);
  knownRuns.set(backup, known);
  return known;
}

function runOf(backup: Backup): RunFacts {
  const { id, status, isAutomatic, startedAt, endedAt, error, record } = backup;
  return {
    backupId: id,
    status,
    isAutomatic,
    isRecoveryReady: isUsable(backup) && record?.isCloudRecoveryReady === true,
    startedAt,
    endedAt,
    error,
    failedRoles: (record?.roles ?? [])
      .filter((role) => role.status !== "Succeeded")
      .map(({ name }) => name),
    plainBytes: record?.plainBytes,
    storedBytes: record?.storedBytes,
  };
}
