/** Names a location in every gauge that is about one; as many as there are locations, and no other label grows. */
const place: readonly string[] = ["subscription", "resource_group", "location"];

/**
 * Every gauge that is read from the state: what it says, and its labels. Names are stable: rules and boards
 * use them. Units are seconds and bytes; a time is seconds since 1970. A gauge without a value is left out.
 */
export const gauges: Readonly<Record<GaugeName, GaugeRow>> = {
  holdfast_locations: { help: "Backup locations there are", labels: [] },
  holdfast_jobs: { help: "Work that waits or runs", labels: ["kind", "state"] },
  holdfast_jobs_oldest_due_age_seconds: {
    help: "How long the oldest work that is due has waited for a worker; 0 when none waits",
    labels: [],
  },
  holdfast_location_configured: {
    help: "1 when store and encryption are set, so that backups can be expected",
    labels: place,
  },
  holdfast_location_busy: {
    help: "1 while work of this kind runs at the location",
    labels: [...place, "kind"],
  },
  holdfast_schedule_enabled: {
    help: "1 when scheduled backups are made, 0 when they are off or paused",
    labels: place,
  },
  holdfast_schedule_interval_seconds: {
    help: "Time from one scheduled backup to the next, as far as the schedule tells",
    labels: place,
  },
  holdfast_schedule_next_run_timestamp_seconds: {
    help: "When the next scheduled backup is due",
    labels: place,
  },
  holdfast_schedule_last_skip_timestamp_seconds: {
    help: "When a scheduled backup was last left out",
    labels: place,
  },
  holdfast_schedule_due_age_seconds: {
    help: "How long a backup has been due that nobody starts; 0 when none is",
    labels: place,
  },
  holdfast_recovery_point_age_seconds: {
    help: "Age of the newest backup a site can be rebuilt from; without one, time since the location was configured",
    labels: place,
  },
  holdfast_recovery_point_target_seconds: {
    help: "Longest age of a recovery point that is expected",
    labels: place,
  },
  holdfast_backup_last_success_timestamp_seconds: {
    help: "When the newest backup ended that a site can be rebuilt from",
    labels: place,
  },
  holdfast_backup_last_attempt_timestamp_seconds: {
    help: "When the newest backup began, however it ended",
    labels: place,
  },
  holdfast_backup_last_status: {
    help: "1 for how the newest ended backup ended, 0 for the other ways; one that was canceled tells nothing",
    labels: [...place, "status"],
  },
  holdfast_backup_last_duration_seconds: {
    help: "How long the newest backup that was stored took",
    labels: place,
  },
  holdfast_backup_last_bytes: {
    help: "Size of the newest backup that was stored: plain as read, new as not yet there, stored as added to the store",
    labels: [...place, "kind"],
  },
  holdfast_role_last_status: {
    help: "1 for how a role of the newest ended backup ended, 0 for the other ways",
    labels: [...place, "role", "status"],
  },
  holdfast_role_last_duration_seconds: {
    help: "How long a role of the newest ended backup took",
    labels: [...place, "role"],
  },
  holdfast_role_last_bytes: {
    help: "Size of a role of the newest ended backup: plain as read, new as not yet there",
    labels: [...place, "role", "kind"],
  },
  holdfast_role_last_warnings: {
    help: "Warnings of a role of the newest ended backup",
    labels: [...place, "role"],
  },
  holdfast_backups: { help: "Backups on record", labels: [...place, "status"] },
  holdfast_backups_stored_bytes: {
    help: "Bytes that the backups on record added to the store",
    labels: place,
  },
  holdfast_store_up: {
    help: "1 when the store could be used when it was last looked at between backups",
    labels: place,
  },
  holdfast_store_last_look_timestamp_seconds: {
    help: "When the store was last looked at between backups",
    labels: place,
  },
  holdfast_store_shows_newest: {
    help: "1 when the store showed the newest backup that is remembered when it was last looked at, 0 when it did not",
    labels: place,
  },
  holdfast_store_free_bytes: {
    help: "Free space of the store as it last said",
    labels: place,
  },
  holdfast_store_size_bytes: { help: "Size of the store as it last said", labels: place },
  holdfast_store_next_backup_bytes: {
    help: "What the next backup is expected to add",
    labels: place,
  },
  holdfast_store_reserve_bytes: {
    help: "What must stay free beside the next backup",
    labels: place,
  },
  holdfast_store_time_left_seconds: {
    help: "Time until a backup no longer fits; left out where the store does not run full",
    labels: place,
  },
  holdfast_verify_last_timestamp_seconds: {
    help: "When the store was last verified",
    labels: place,
  },
  holdfast_verify_last_findings: {
    help: "What the last verification found wrong",
    labels: place,
  },
  holdfast_verify_last_success_timestamp_seconds: {
    help: "When all of the store was last found whole at this depth or deeper",
    labels: [...place, "depth"],
  },
  holdfast_copy_last_timestamp_seconds: {
    help: "When backups were last copied to this other location, or that was tried",
    labels: [...place, "target"],
  },
  holdfast_copy_last_success: {
    help: "1 when the last copy to this other location succeeded, 0 when it failed",
    labels: [...place, "target"],
  },
  holdfast_drill_last_timestamp_seconds: {
    help: "When something was last restored or checked with the private key",
    labels: place,
  },
  holdfast_certificate_not_after_timestamp_seconds: {
    help: "When an encryption certificate of the location ends",
    labels: [...place, "thumbprint"],
  },
  holdfast_alerts_open: {
    help: "Open alerts by their type and severity",
    labels: [...place, "type", "severity"],
  },
};

export interface GaugeRow {
  readonly help: string;
  readonly labels: readonly string[];
}

/** One value of a gauge; exactly the labels of its row. */
export interface Reading {
  readonly name: GaugeName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type GaugeName =
  | "holdfast_locations"
  | "holdfast_jobs"
  | "holdfast_jobs_oldest_due_age_seconds"
  | "holdfast_location_configured"
  | "holdfast_location_busy"
  | "holdfast_schedule_enabled"
  | "holdfast_schedule_interval_seconds"
  | "holdfast_schedule_next_run_timestamp_seconds"
  | "holdfast_schedule_last_skip_timestamp_seconds"
  | "holdfast_schedule_due_age_seconds"
  | "holdfast_recovery_point_age_seconds"
  | "holdfast_recovery_point_target_seconds"
  | "holdfast_backup_last_success_timestamp_seconds"
  | "holdfast_backup_last_attempt_timestamp_seconds"
  | "holdfast_backup_last_status"
  | "holdfast_backup_last_duration_seconds"
  | "holdfast_backup_last_bytes"
  | "holdfast_role_last_status"
  | "holdfast_role_last_duration_seconds"
  | "holdfast_role_last_bytes"
  | "holdfast_role_last_warnings"
  | "holdfast_backups"
  | "holdfast_backups_stored_bytes"
  | "holdfast_store_up"
  | "holdfast_store_last_look_timestamp_seconds"
  | "holdfast_store_shows_newest"
  | "holdfast_store_free_bytes"
  | "holdfast_store_size_bytes"
  | "holdfast_store_next_backup_bytes"
  | "holdfast_store_reserve_bytes"
  | "holdfast_store_time_left_seconds"
  | "holdfast_verify_last_timestamp_seconds"
  | "holdfast_verify_last_findings"
  | "holdfast_verify_last_success_timestamp_seconds"
  | "holdfast_copy_last_timestamp_seconds"
  | "holdfast_copy_last_success"
  | "holdfast_drill_last_timestamp_seconds"
  | "holdfast_certificate_not_after_timestamp_seconds"
  | "holdfast_alerts_open";
