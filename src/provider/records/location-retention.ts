import { toIso } from "../../base/clock.ts";
import { atOnce, inTurns, type Steps } from "../../base/in-turns.ts";
import type { BackupRecord } from "../../engine/model.ts";
import { planRetention, reasonsToKeep, type RetentionPlan } from "../../engine/retention.ts";
import type { RetentionPolicy } from "../../engine/retention-policy.ts";
import type { Document } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import { backupsPerStep, listBackupsOf } from "./known-backups.ts";
import type {
  Backup,
  BackupLocation,
  LocationSettings,
  LocationUpkeep,
  RetentionTiers,
} from "../model.ts";
import { repositoryKey } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/** Somebody's wish that a backup stays. It outlives the location, as the store's keys do. */
export interface Pin {
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly reason: string | null;
}

/** The document key of a pin in the store in force. */
export function pinKey(locationKey: string, location: BackupLocation, backupId: string): string {
  return `${pinPrefix(locationKey, location)}${backupId.toLowerCase()}`;
}

/** By the id of the backup. */
export async function listPins(
  deps: Pick<ProviderDeps, "store">,
  locationKey: string,
  location: BackupLocation,
): Promise<ReadonlyMap<string, Pin>> {
  const prefix = pinPrefix(locationKey, location);
  const found = await listAll<Pin>(deps.store, "pin", prefix);
  return new Map(found.map(({ key, value }) => [key.slice(prefix.length), value]));
}

function pinPrefix(locationKey: string, { settings }: BackupLocation): string {
  return `${repositoryKey(locationKey, settings.store)}\n`;
}

/** The rules of a location in the engine's words. */
export function policyOf(
  { retentionDays, retentionTiers }: LocationSettings,
  pins: Iterable<string>,
): RetentionPolicy {
  const { count, hourly, daily, weekly, monthly, yearly } = retentionTiers ?? noTiers;
  return {
    keepWithinDays: retentionDays,
    keepLast: count,
    keepHourly: hourly,
    keepDaily: daily,
    keepWeekly: weekly,
    keepMonthly: monthly,
    keepYearly: yearly,
    pinned: [...pins],
  };
}

/** The tiers of a location that has none. */
export const noTiers: RetentionTiers = {
  count: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
};

/** What retention keeps and removes of a location's backups now: the engine's own plan, over what the service remembers. */
export async function planLocation(
  deps: Pick<ProviderDeps, "store" | "clock">,
  locationKey: string,
  location: BackupLocation,
  settings: LocationSettings = location.settings,
): Promise<{ readonly plan: RetentionPlan; readonly backups: ReadonlyMap<string, Backup> }> {
  const found = await listBackupsOf(deps.store, locationKey);
  const backups = new Map(found.map((value) => [value.id, value]));
  const pins = await listPins(deps, locationKey, location);
  const policy = policyOf(settings, pins.keys());
  const plan = planRetention(atOnce(recordsOf(found)), policy, deps.clock.now());
  return { plan, backups };
}

/** Why retention keeps a backup, and whether it is pinned, at the moment it was asked. */
export interface Kept {
  readonly reasons: readonly string[];
  readonly pin?: Pin | undefined;
}

/** The same for one backup among all of its location, which may not be in the state yet. */
export async function whyKept(
  deps: Pick<ProviderDeps, "store" | "clock">,
  location: Document<BackupLocation>,
  backups: readonly Backup[],
  id: string,
): Promise<Kept> {
  const pins = await listPins(deps, location.key, location.value);
  const policy = policyOf(location.value.settings, pins.keys());
  const records = await inTurns(recordsOf(backups));
  const reasons = await inTurns(reasonsToKeep(id, records, policy, deps.clock.now()));
  return { reasons, pin: pins.get(id) };
}

/** Ids in one casing, as documents have them. */
function* recordsOf(backups: readonly Backup[]): Steps<readonly BackupRecord[]> {
  const records: BackupRecord[] = [];
  for (const [index, { id, record }] of backups.entries()) {
    if (index % backupsPerStep === backupsPerStep - 1) yield;
    if (record !== undefined)
      records.push(record.backupId === id ? record : { ...record, backupId: id });
  }
  return records;
}

/** What answers about backups tell of retention. */
export interface RetentionView {
  reasonsOf(backupId: string): readonly string[];
  pinOf(backupId: string): Pin | undefined;
}

/** Old runs that left nothing in the store are remembered as long as backups are, and at least so long. */
export const leastMemoryDays = 7;

/** A change of the rules removes nothing for this long: who lowered them by mistake can take it back. */
const changeDelayMilliseconds = 3_600_000;

/** The upkeep after a change of settings. */
export function upkeepAfterChange(
  location: BackupLocation,
  after: LocationSettings,
  now: number,
): { readonly upkeep?: LocationUpkeep } {
  const before = JSON.stringify(policyOf(location.settings, []));
  if (JSON.stringify(policyOf(after, [])) === before) return {};
  const retentionAt = toIso(now + changeDelayMilliseconds);
  return { upkeep: { ...location.upkeep, retentionAt } };
}
