import { atOnce, type Steps } from "../../base/in-turns.ts";
import { believableRoom, reserveOf } from "../../storage/store-room.ts";
import { isUsable } from "./backup-records.ts";
import { backupsPerStep } from "./known-backups.ts";
import { meanHoursBetween } from "./location-schedule.ts";
import type { Backup, BackupLocation, Capacity, RoomLevel } from "../model.ts";

/** Sizes in bytes. */
export interface CapacityOutlook {
  readonly level: RoomLevel;
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
  /** What the next backup is expected to add; 0 while there is none to judge by. */
  readonly nextBackupBytes: number;
  /** What must stay free beside it. */
  readonly reserveBytes: number;
  /** Until the next backup would not fit, at the pace of the last ones; null where retention gives back what comes, or unknown. */
  readonly daysLeft: number | null;
}

/** What an outlook is judged by: the location as it is, and all its backups. */
export interface CapacityQuestion {
  readonly location: Pick<BackupLocation, "settings" | "capacity">;
  readonly backups: readonly Backup[];
  /** One more that is not among them yet. */
  readonly made?: Backup;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Looks ahead: from sizes of the last backups, the schedule, retention, and a reserve. Pure. */
export function judgeCapacity(question: CapacityQuestion): CapacityOutlook {
  const { settings, capacity } = question.location;
  const { freeBytes, totalBytes } = believableRoom(capacity ?? {});
  const sizes = sizesOf(question);
  const nextBackupBytes = sizes.nextBytes;
  const reserveBytes = reserveOf(totalBytes);
  const outlook = { freeBytes, totalBytes, nextBackupBytes, reserveBytes };
  if (freeBytes === null) return { ...outlook, level: "unknown", daysLeft: null };
  const room = freeBytes - reserveBytes - nextBackupBytes;
  const daysLeft = daysUntilFull(room, sizes, settings.retentionDays);
  return { ...outlook, level: levelOf(room, daysLeft, outlook), daysLeft };
}

/** What the store said, with what it means for this location: what is kept and shown. */
export function capacityWith(
  said: Capacity,
  question: Omit<CapacityQuestion, "now">,
  now: number,
): Capacity {
  const location = { ...question.location, capacity: said };
  const { level, nextBackupBytes, daysLeft } = judgeCapacity({ ...question, location, now });
  const { freeBytes, totalBytes } = said;
  return {
    ...(freeBytes === undefined ? {} : { freeBytes }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    level,
    nextBackupBytes,
    ...(daysLeft === null ? {} : { daysLeft }),
  };
}

const day = 86_400_000;
const lowDays = 7;
/** So few further backups are too few, whatever their pace. */
const lowBackups = 3;
/** The part of a store below which it is nearly full, whatever is written to it. */
const lowShare = 0.05;
/** Judged by so many backups. */
const window = 8;
/** What a second backup adds, as a part of the first, while nobody knows better. */
const firstGuess = 0.1;

function levelOf(
  room: number,
  daysLeft: number | null,
  { freeBytes, totalBytes, nextBackupBytes }: Omit<CapacityOutlook, "level" | "daysLeft">,
): RoomLevel {
  if (room < 0) return "short";
  const isNearlyFull = totalBytes !== null && (freeBytes ?? 0) < totalBytes * lowShare;
  const isSoonFull = daysLeft !== null && daysLeft < lowDays;
  return isNearlyFull || isSoonFull || room < nextBackupBytes * (lowBackups - 1) ? "low" : "enough";
}

interface Sizes {
  readonly nextBytes: number;
  /** Null while there is no pace. */
  readonly bytesPerDay: number | null;
  /** Since the oldest backup. */
  readonly ageDays: number;
}

function sizesOf(question: CapacityQuestion): Sizes {
  const { location, now } = question;
  const { oldest, newest, first, last } = endsOf(question);
  if (oldest === undefined || newest === undefined)
    return { nextBytes: 0, bytesPerDay: null, ageDays: 0 };
  const ageDays = (now - Date.parse(oldest.createdAt)) / day;
  if (first === undefined) {
    // Another certificate: nothing of what is there can be used again.
    return { nextBytes: fullBytes(question, newest), bytesPerDay: null, ageDays };
  }
  const isFull = first.newBytes * 2 > first.plainBytes;
  const steps = isFull && last[0] === first ? last.slice(1) : last;
  if (steps.length === 0) {
    const nextBytes = Math.ceil(first.storedBytes * firstGuess);
    return { nextBytes, bytesPerDay: paceOf(nextBytes, { ...location, now }, []), ageDays };
  }
  const stored = steps.map(({ storedBytes }) => storedBytes);
  const mean = stored.reduce((sum, bytes) => sum + bytes, 0) / stored.length;
  const times = steps.map(({ createdAt }) => Date.parse(createdAt));
  const bytesPerDay = paceOf(mean, { ...location, now }, times);
  return { nextBytes: Math.max(...stored), bytesPerDay, ageDays };
}

type StoredBackup = NonNullable<Backup["record"]>;

/** By their dates: the oldest and the newest that can be used, and of those that share content the first and the last. */
interface Ends {
  readonly oldest: StoredBackup | undefined;
  readonly newest: StoredBackup | undefined;
  readonly first: StoredBackup | undefined;
  /** So many as are judged by, oldest first. */
  readonly last: readonly StoredBackup[];
}

/**
 * To be done before an outlook is judged where somebody may wait for an answer: ten thousand backups take 10 ms at once.
 * The outlook finds them looked through.
 */
export function* lookThrough(
  backups: readonly Backup[],
  location: CapacityQuestion["location"],
): Steps<void> {
  yield* knownOrFound(backups, contentKeys(location.settings));
}

function endsOf({ location, backups, made }: CapacityQuestion): Ends {
  const keys = contentKeys(location.settings);
  const ends = atOnce(knownOrFound(backups, keys));
  return made === undefined ? ends : atOnce(findEnds([made], keys, ends));
}

/** The list of a location is the same until one of its backups changes: most questions find it looked through. */
function* knownOrFound(backups: readonly Backup[], keys: string | undefined): Steps<Ends> {
  const known = knownEnds.get(backups);
  if (known !== undefined && known.keys === keys) return known.ends;
  const ends = yield* findEnds(backups, keys, noEnds);
  knownEnds.set(backups, { keys, ends });
  return ends;
}

const noEnds: Ends = { oldest: undefined, newest: undefined, first: undefined, last: [] };
const knownEnds = new WeakMap<
  readonly Backup[],
  { readonly keys: string | undefined; readonly ends: Ends }
>();

/** In one pass, without a copy. */
function* findEnds(
  backups: readonly Backup[],
  keys: string | undefined,
  before: Ends,
): Steps<Ends> {
  let { oldest, newest, first } = before;
  const last = [...before.last];
  for (const [index, backup] of backups.entries()) {
    if (index % backupsPerStep === backupsPerStep - 1) yield;
    const { record } = backup;
    if (record === undefined || !isUsable(backup)) continue;
    const { createdAt } = record;
    if (oldest === undefined || createdAt < oldest.createdAt) oldest = record;
    if (newest === undefined || createdAt >= newest.createdAt) newest = record;
    if (!sharesContent(record, keys)) continue;
    if (first === undefined || createdAt < first.createdAt) first = record;
    insertByDate(last, record);
    if (last.length > window) last.shift();
  }
  return { oldest, newest, first, last };
}

/** Nearly always it is the newest yet. */
function insertByDate(sorted: StoredBackup[], record: StoredBackup): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1]?.createdAt ?? "") > record.createdAt) at -= 1;
  sorted.splice(at, 0, record);
}

/** The certificates that may open a new backup, in one order; undefined where pre-shared keys do. */
function contentKeys({ encryption }: BackupLocation["settings"]): string | undefined {
  return encryption.kind === "certificates" ? keysOf(encryption.certificates) : undefined;
}

/** Whether a new backup can rely on what one stored: it can where all may open it that may open the new one. */
function sharesContent({ recipients }: StoredBackup, keys: string | undefined): boolean {
  if (keys === undefined) return recipients.every(({ kind }) => kind === "pre-shared-key");
  return keysOf(recipients) === keys;
}

function keysOf(recipients: readonly { readonly keyId: string }[]): string {
  // Nearly always: ten thousand backups are looked through within one turn.
  if (recipients.length === 1) return recipients[0]?.keyId ?? "";
  return JSON.stringify(recipients.map(({ keyId }) => keyId).toSorted());
}

/** What everything takes when it is stored anew, judged by what it took. */
function fullBytes({ backups, made }: CapacityQuestion, newest: StoredBackup): number {
  const all = made === undefined ? backups : [...backups, made];
  const records = all.filter(isUsable).flatMap(({ record }) => record ?? []);
  const stored = records.reduce((sum, record) => sum + record.storedBytes, 0);
  const fresh = records.reduce((sum, record) => sum + record.newBytes, 0);
  const density = fresh === 0 ? 1 : Math.min(1, stored / fresh);
  return Math.ceil(newest.plainBytes * density);
}

/** By the schedule, or else by when backups were made. */
function paceOf(
  bytes: number,
  { settings, now }: Pick<BackupLocation, "settings"> & Pick<CapacityQuestion, "now">,
  times: readonly number[],
): number | null {
  if (settings.schedulerEnabled === true) return (bytes * 24) / meanHoursBetween(settings, now);
  const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / day;
  return times.length < 2 || span <= 0 ? null : (bytes * (times.length - 1)) / span;
}

function daysUntilFull(
  room: number,
  { bytesPerDay, ageDays }: Sizes,
  retentionDays: number,
): number | null {
  if (bytesPerDay === null || bytesPerDay <= 0) return null;
  // Older backups than retention allows: nobody removes them, so the store only grows.
  const isPruned = ageDays <= retentionDays + 2;
  const toCome = bytesPerDay * Math.max(0, retentionDays - ageDays);
  if (isPruned && room >= toCome) return null;
  return Math.max(0, Math.floor(room / bytesPerDay));
}
