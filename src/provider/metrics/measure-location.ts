import { newestReady } from "../../alerts/evaluate-location.ts";
import type { LocationFacts } from "../../alerts/location-facts.ts";
import type { GaugeName, Reading } from "../../metrics/gauges.ts";
import { isUsable } from "../records/backup-records.ts";
import { judgeCapacity } from "../records/capacity-outlook.ts";
import type { RoleStatus } from "../../engine/model.ts";
import type { Backup, BackupLocation, BackupStatus, RunningWork } from "../model.ts";
import { copyNotesOf, type ProbeNote } from "../records/notes.ts";
import { expectedHours, factsOf, isDue, type LocationState } from "../watch/location-facts.ts";

/** A location in numbers, from the facts its alerts are judged by, so that both say the same; `now` in milliseconds since 1970. */
export function readingsOfLocation(state: LocationState, now: number): readonly Reading[] {
  const facts = factsOf(state, now);
  const readings = [
    ...scheduleReadings(state.location, facts, now),
    ...recoveryPointReadings(facts, now),
    ...backupReadings(state.backups),
    ...roleReadings(state.backups),
    ...storeReadings(state, now),
    ...trustReadings(facts),
    ...verifiedReadings(state),
    ...copyReadings(state),
  ];
  const place = placeOf(state.location);
  return readings.flatMap(([name, value, labels]) =>
    // A time that cannot be read is no number: better none than a wrong one.
    value === undefined || value === null || !Number.isFinite(value)
      ? []
      : [{ name, value, labels: { ...place, ...labels } }],
  );
}

/** Name, value and further labels; what is unknown is left out. */
type Row = readonly [
  name: GaugeName,
  value: number | null | undefined,
  labels?: Readonly<Record<string, string>>,
];

function placeOf({ subscriptionId, resourceGroupName, name }: BackupLocation): Reading["labels"] {
  return { subscription: subscriptionId, resource_group: resourceGroupName, location: name };
}

const workKinds: readonly RunningWork["kind"][] = ["backup", "restore", "verify", "prune", "copy"];

function scheduleReadings(
  location: BackupLocation,
  { isConfigured, schedule }: LocationFacts,
  now: number,
): readonly Row[] {
  const { isPaused, dueSince, nextBackupTime, lastSkip } = schedule;
  const { running, nextTick } = location;
  // The tick itself where the watchdog has not said since when: it may be what is dead.
  const since = isDue(location, now) ? (dueSince ?? nextTick) : null;
  const due = since === null ? 0 : ageSeconds(since, now);
  return [
    ["holdfast_location_configured", Number(isConfigured)],
    ...workKinds.map((kind): Row => [
      "holdfast_location_busy",
      Number(running?.kind === kind),
      { kind },
    ]),
    ["holdfast_schedule_enabled", Number(!isPaused)],
    ["holdfast_schedule_interval_seconds", expectedHours(location, now) * 3600],
    ["holdfast_schedule_next_run_timestamp_seconds", seconds(nextBackupTime)],
    ["holdfast_schedule_last_skip_timestamp_seconds", seconds(lastSkip?.at)],
    ["holdfast_schedule_due_age_seconds", due],
  ];
}

function recoveryPointReadings(facts: LocationFacts, now: number): readonly Row[] {
  if (!facts.isConfigured) return [];
  const ready = newestReady(facts.runs)?.endedAt;
  return [
    ["holdfast_recovery_point_age_seconds", ageSeconds(ready ?? facts.configuredAt, now)],
    ["holdfast_recovery_point_target_seconds", facts.targets.recoveryPointHours * 3600],
    ["holdfast_backup_last_success_timestamp_seconds", seconds(ready)],
  ];
}

const statuses: readonly BackupStatus[] = [
  "Creating",
  "Running",
  "Succeeded",
  "PartialSucceeded",
  "Failed",
  "Canceled",
];
const endStatuses: readonly BackupStatus[] = ["Succeeded", "PartialSucceeded", "Failed"];

function backupReadings(backups: readonly Backup[]): readonly Row[] {
  const newestFirst = backups.toSorted((a, b) => (a.startedAt > b.startedAt ? -1 : 1));
  // As for alerts: who cancels a backup after a failure has not mended it.
  const ended = newestFirst.find(({ status }) => endStatuses.includes(status));
  const stored = newestFirst.find(isUsable);
  const count = (status: BackupStatus): number =>
    backups.filter((backup) => backup.status === status).length;
  const record = stored?.record;
  return [
    ["holdfast_backup_last_attempt_timestamp_seconds", seconds(newestFirst[0]?.startedAt)],
    ...endStatuses.map((status): Row => {
      const value = ended === undefined ? undefined : Number(ended.status === status);
      return ["holdfast_backup_last_status", value, { status }];
    }),
    ["holdfast_backup_last_duration_seconds", durationOf(stored)],
    ["holdfast_backup_last_bytes", record?.plainBytes, { kind: "plain" }],
    ["holdfast_backup_last_bytes", record?.newBytes, { kind: "new" }],
    ["holdfast_backup_last_bytes", record?.storedBytes, { kind: "stored" }],
    ...statuses.map((status): Row => ["holdfast_backups", count(status), { status }]),
    ["holdfast_backups_stored_bytes", sumOf(backups.map((one) => one.record?.storedBytes ?? 0))],
  ];
}

const roleStatuses: readonly RoleStatus[] = ["Succeeded", "PartialSucceeded", "Failed", "Skipped"];

/** The roles of the newest backup that got as far as having some. */
function roleReadings(backups: readonly Backup[]): readonly Row[] {
  const newest = backups
    .filter(({ record }) => record !== undefined)
    .toSorted((a, b) => (a.startedAt > b.startedAt ? -1 : 1))[0];
  return (newest?.record?.roles ?? []).flatMap((role): readonly Row[] => {
    const labels = { role: role.name };
    const took = (Date.parse(role.endedAt) - Date.parse(role.startedAt)) / 1000;
    return [
      ...roleStatuses.map((status): Row => {
        return ["holdfast_role_last_status", Number(role.status === status), { ...labels, status }];
      }),
      ["holdfast_role_last_duration_seconds", took, labels],
      ["holdfast_role_last_bytes", role.plainBytes, { ...labels, kind: "plain" }],
      ["holdfast_role_last_bytes", role.newBytes, { ...labels, kind: "new" }],
      ["holdfast_role_last_warnings", role.warnings, labels],
    ];
  });
}

function storeReadings({ location, backups, notes }: LocationState, now: number): readonly Row[] {
  const outlook = judgeCapacity({ location, backups, now });
  const { freeBytes, totalBytes, nextBackupBytes, reserveBytes, daysLeft } = outlook;
  const looked = notes.probe?.at;
  return [
    ["holdfast_store_up", looked === undefined ? null : Number(notes.probe?.error === undefined)],
    ["holdfast_store_last_look_timestamp_seconds", seconds(looked)],
    ["holdfast_store_shows_newest", showsNewest(notes.probe)],
    ["holdfast_store_free_bytes", freeBytes],
    ["holdfast_store_size_bytes", totalBytes],
    ["holdfast_store_next_backup_bytes", nextBackupBytes],
    ["holdfast_store_reserve_bytes", reserveBytes],
    ["holdfast_store_time_left_seconds", daysLeft === null ? null : daysLeft * 86_400],
  ];
}

function trustReadings({ lastVerify, lastDrill, certificates }: LocationFacts): readonly Row[] {
  return [
    ["holdfast_verify_last_timestamp_seconds", seconds(lastVerify?.at)],
    ["holdfast_verify_last_findings", lastVerify?.findings.length],
    ["holdfast_drill_last_timestamp_seconds", seconds(lastDrill)],
    ...certificates.map(({ thumbprint, notAfter }): Row => {
      const labels = { thumbprint };
      return ["holdfast_certificate_not_after_timestamp_seconds", seconds(notAfter), labels];
    }),
  ];
}

function showsNewest(probe: ProbeNote | undefined): number | undefined {
  const newest = probe?.newest;
  return newest && Number(newest.is === "shown");
}

function verifiedReadings({ record }: LocationState): readonly Row[] {
  return Object.entries(record.cleanVerifies ?? {}).map(([depth, at]): Row => [
    "holdfast_verify_last_success_timestamp_seconds",
    seconds(at),
    { depth },
  ]);
}

function copyReadings({ notes }: LocationState): readonly Row[] {
  return copyNotesOf(notes).flatMap(({ targetName, at, error }): readonly Row[] => {
    const labels = { target: targetName };
    return [
      ["holdfast_copy_last_timestamp_seconds", seconds(at), labels],
      ["holdfast_copy_last_success", Number(error === undefined), labels],
    ];
  });
}

function durationOf(backup: Backup | undefined): number | undefined {
  if (backup?.endedAt === undefined) return undefined;
  return (Date.parse(backup.endedAt) - Date.parse(backup.startedAt)) / 1000;
}

function seconds(time: string | null | undefined): number | undefined {
  return typeof time === "string" ? Date.parse(time) / 1000 : undefined;
}

function ageSeconds(since: string, now: number): number {
  return (now - Date.parse(since)) / 1000;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
