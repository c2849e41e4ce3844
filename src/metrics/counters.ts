/**
 * Every counter of what this process has done with backups: what it says, and its labels. Names are stable: rules and
 * boards use them. No label takes a value that a caller could make up; roles are those of the configuration.
 */
export const counters: Readonly<Record<CounterName, CounterRow>> = {
  holdfast_backup_attempts_total: {
    help: "Attempts at a backup that have ended, by what asked for it and by how they ended; Stopped: canceled or handed back",
    labels: ["trigger", "result"],
  },
  holdfast_role_failures_total: {
    help: "Roles that could not be backed up, or not all of them, by the code of the error",
    labels: ["role", "code"],
  },
  holdfast_verifications_total: {
    help: "Verifications that have ended, by their depth: Clean, Findings where damage was found, Failed where they could not be done",
    labels: ["depth", "result"],
  },
  holdfast_deletions_total: {
    help: "What was deleted, by what it was and why: a rule of retention, a request, or its age",
    labels: ["what", "reason"],
  },
  holdfast_deletion_failures_total: {
    help: "Clean-ups of a store that failed, by the code of the error",
    labels: ["code"],
  },
  holdfast_store_freed_bytes_total: {
    help: "Bytes that clean-ups have freed in stores",
    labels: [],
  },
  holdfast_work_attempts_total: {
    help: "Attempts at work that this process has begun, by kind; more than work that ended: some was tried again or handed back",
    labels: ["kind"],
  },
  holdfast_work_leases_lost_total: {
    help: "Work that was taken from this process because its lease ran out, by kind",
    labels: ["kind"],
  },
};

export interface CounterRow {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Counts something that has happened; exactly the labels of its row. */
export type Count = (
  name: CounterName,
  labels: Readonly<Record<string, string>>,
  by?: number,
) => void;

export type CounterName =
  | "holdfast_backup_attempts_total"
  | "holdfast_role_failures_total"
  | "holdfast_verifications_total"
  | "holdfast_deletions_total"
  | "holdfast_deletion_failures_total"
  | "holdfast_store_freed_bytes_total"
  | "holdfast_work_attempts_total"
  | "holdfast_work_leases_lost_total";
