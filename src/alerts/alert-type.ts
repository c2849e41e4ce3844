/** What an alert is about, as the table tells it; an open alert keeps only its type's id and the particulars. */
export interface AlertType {
  /** At most one alert of a family is open at a time for a location. */
  readonly family: AlertFamily;
  /** `Critical`: act now. `Warning`: plan it. */
  readonly severity: Severity;
  readonly title: string;
  /** What is wrong, in one sentence. */
  readonly cause: string;
  /** Where in the work it shows. */
  readonly step: string;
  /** What to do, in this order. `{location}` stands for the location's name. */
  readonly remediation: readonly string[];
  /** The command that shows whether the cause is gone; `{location}` as above. */
  readonly probe: string;
}

export type Severity = "Critical" | "Warning";

export type AlertFamily =
  | "backup"
  | "partial"
  | "store"
  | "capacity"
  | "listing"
  | "configuration"
  | "encryption"
  | "schedule"
  | "skip"
  | "retention"
  | "recovery-point"
  | "verify"
  | "ledger"
  | "drill"
  | "key-proof"
  | "certificate"
  | "clock"
  | "size"
  | "notification"
  | "copy"
  | "internal-copy"
  | "internal-retention";
