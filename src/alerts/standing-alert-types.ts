import type { AlertType } from "./alert-type.ts";

const testStore = "holdfast location test {location} --wait";
const show = "holdfast location show {location}";
const verify = "holdfast backup verify --location {location} --wait";

export type StandingAlertId =
  | "StoreNotAccessible"
  | "StoreNotWritable"
  | "StoreAlmostFull"
  | "StoreLooksStale"
  | "BackupsNotConfigured"
  | "BackupsPaused"
  | "SchedulerSilent"
  | "BackupSkipped"
  | "EncryptionSettingsOutdated"
  | "BackupNotDeleted"
  | "RecoveryPointOverdue"
  | "VerifyFailed"
  | "LedgerMismatch"
  | "DrillOverdue"
  | "KeyPossessionUnproved"
  | "CertificateExpiring"
  | "CertificateExpired"
  | "ClockSkew"
  | "UnusualSize"
  | "NotificationFailing";

/** Conditions that last until somebody ends them; found by looking at the state, whether or not anything runs. */
export const standingAlertTypes: Readonly<Record<StandingAlertId, AlertType>> = {
  StoreNotAccessible: {
    family: "store",
    severity: "Critical",
    title: "The backup store is not accessible",
    cause:
      "The store cannot be reached, or does not let the service in: account, permission or network",
    step: "Trying out the store",
    remediation: [
      "See which step fails: holdfast location test {location} --wait",
      "Mend the account, the permissions or the network, whichever that names",
    ],
    probe: testStore,
  },
  StoreNotWritable: {
    family: "store",
    severity: "Critical",
    title: "Cannot write to the backup store",
    cause: "The store can be reached, but refuses to be written to",
    step: "Trying out the store",
    remediation: [
      "Give the account the right to create and read files in the path",
      "Look for a read-only mount, share or lock",
    ],
    probe: testStore,
  },
  StoreAlmostFull: {
    family: "capacity",
    severity: "Warning",
    title: "The backup store is almost full",
    cause: "The free space is below what the next backups are likely to need",
    step: "Reading the free space",
    remediation: [
      "Give the store more space",
      "Or keep backups for a shorter time: holdfast location update {location} --keep-days DAYS",
    ],
    probe: testStore,
  },
  StoreLooksStale: {
    family: "listing",
    severity: "Warning",
    title: "The store does not list the newest backup",
    cause:
      "The backup is there when it is asked for by name, but the store's listing lags: whoever recovers from it now is shown an older one",
    step: "Listing the backups",
    remediation: [
      "Look for a cache, a replica or a snapshot between the service and the store, and take it away",
      "Wait for the listing to follow, and look again: holdfast location test {location} --wait",
    ],
    probe: "holdfast backup verify --location {location} --wait",
  },
  BackupsNotConfigured: {
    family: "configuration",
    severity: "Warning",
    title: "Backup is not configured for a location",
    cause: "The location has no store or no encryption certificate, so no backup can be made",
    step: "Settings of the location",
    remediation: [
      "Name a store and a certificate: holdfast location update {location} --path PATH --cert FILE",
    ],
    probe: show,
  },
  BackupsPaused: {
    family: "schedule",
    severity: "Warning",
    title: "Infrastructure backups are paused",
    cause: "The schedule of the location is off: backups are only made when somebody asks for them",
    step: "Settings of the location",
    remediation: ["Turn it on: holdfast location update {location} --every HOURS"],
    probe: show,
  },
  SchedulerSilent: {
    family: "schedule",
    severity: "Critical",
    title: "A scheduled backup did not begin",
    cause:
      "The time of a scheduled backup has passed and none was started: the scheduler does not work",
    step: "Starting the scheduled backup",
    remediation: [
      "Look in the service's log for why the scheduler does not work, and start the service again",
      "Make a backup by hand meanwhile: holdfast backup start --location {location} --wait",
    ],
    probe: "holdfast schedule preview --location {location}",
  },
  BackupSkipped: {
    family: "skip",
    severity: "Warning",
    title: "The scheduled backup was skipped because of unfinished operations",
    cause: "Another operation held the location, or failed and waits to be put right",
    step: "Starting the scheduled backup",
    remediation: [
      "Finish or mend the operation that is named",
      "The next backup is made at the next time of the schedule",
    ],
    probe: show,
  },
  EncryptionSettingsOutdated: {
    family: "encryption",
    severity: "Warning",
    title: "Infrastructure backup settings need to be updated",
    cause: "Backups are encrypted with a key that the service also knows, not to a certificate",
    step: "Settings of the location",
    remediation: [
      "Make a certificate: holdfast keys create --out FOLDER --name NAME",
      "Give it to the location; keep the key for older backups: holdfast location update {location} --cert FILE",
    ],
    probe: show,
  },
  BackupNotDeleted: {
    family: "retention",
    severity: "Warning",
    title: "Backups could not be deleted",
    cause: "Removing what is no longer kept failed, so the store keeps growing",
    step: "Pruning the store",
    remediation: [
      "Give the account the right to delete, unless the store is to keep everything",
      "Try again: holdfast location prune {location} --wait",
    ],
    probe: "holdfast location prune {location} --dry-run --wait",
  },
  RecoveryPointOverdue: {
    family: "recovery-point",
    severity: "Critical",
    title: "There is no recent recovery point",
    cause:
      "The newest backup that a site can be rebuilt from is older than the target of the location",
    step: "Looking for the newest recovery-ready backup",
    remediation: [
      "See the other alerts of the location for why none was made: holdfast alert list --location {location}",
      "Make one now: holdfast backup start --location {location} --wait",
    ],
    probe: "holdfast backup list --location {location}",
  },
  VerifyFailed: {
    family: "verify",
    severity: "Critical",
    title: "A verification found damage or could not be done",
    cause: "The last check of the store did not find every backup whole",
    step: "Verifying the store",
    remediation: [
      "See what is damaged and which backups it touches: holdfast backup verify --location {location} --wait",
      "Make a new backup: it stores anew what is damaged, once holdfast repo repair has set that aside",
      "Look at the disk or service under the store",
    ],
    probe: verify,
  },
  LedgerMismatch: {
    family: "ledger",
    severity: "Critical",
    title: "The store does not show the backups that were written to it",
    cause:
      "Backups are missing, were put back to an older state, or are not signed by this service",
    step: "Comparing the store with the ledger",
    remediation: [
      "Find out who changed the store: this does not happen by itself",
      "Secure the store and a copy of it before anything else is written",
      "Check all of it: holdfast backup verify --location {location} --wait",
    ],
    probe: verify,
  },
  DrillOverdue: {
    family: "drill",
    severity: "Warning",
    title: "No restore has been tried for a long time",
    cause:
      "No backup was restored, or had its content checked with the private key, within the target of the location",
    step: "Looking for the last drill",
    remediation: [
      "Restore a backup into an empty folder: holdfast backup restore BACKUP --location {location} --wait",
      "Or check its content: holdfast backup verify BACKUP --depth content --location {location} --wait",
    ],
    probe: "holdfast alert list --location {location}",
  },
  KeyPossessionUnproved: {
    family: "key-proof",
    severity: "Warning",
    title: "Nobody has shown to have the private key",
    cause:
      "No backup of the present certificates was opened yet, so it is not known whether anybody can",
    step: "Looking for a use of the private key",
    remediation: [
      "Check a backup's content with the .pfx: holdfast backup verify BACKUP --depth content --location {location} --wait",
    ],
    probe: "holdfast alert list --location {location}",
  },
  CertificateExpiring: {
    family: "certificate",
    severity: "Warning",
    title: "An encryption certificate expires soon",
    cause: "A certificate of the location is near its end; old backups stay readable with its key",
    step: "Reading the certificates",
    remediation: [
      "Make a new one: holdfast keys create --out FOLDER --name NAME",
      "Give it to the location: holdfast location update {location} --cert FILE",
      "Keep the old private key as long as backups of its time are kept",
    ],
    probe: show,
  },
  CertificateExpired: {
    family: "certificate",
    severity: "Critical",
    title: "An encryption certificate has expired or is about to",
    cause:
      "A certificate of the location ends within a week or has ended; old backups stay readable with its key",
    step: "Reading the certificates",
    remediation: [
      "Make a new one: holdfast keys create --out FOLDER --name NAME",
      "Give it to the location: holdfast location update {location} --cert FILE",
      "Keep the old private key as long as backups of its time are kept",
    ],
    probe: show,
  },
  ClockSkew: {
    family: "clock",
    severity: "Warning",
    title: "The clocks of service and store disagree",
    cause:
      "The times of this machine and of the store differ by more than what keeps deletions and leases safe",
    step: "Comparing clocks",
    remediation: [
      "Have both machines follow the same time servers",
      "Compare again: holdfast location test {location} --wait",
    ],
    probe: testStore,
  },
  UnusualSize: {
    family: "size",
    severity: "Warning",
    title: "The last backup has an unusual size",
    cause:
      "It holds far less or far more than the backups before it: data may be gone, or encrypted by somebody else",
    step: "Comparing sizes",
    remediation: [
      "See which role changed: holdfast backup show BACKUP --location {location}",
      "If data is gone, restore it from an older backup before that is no longer kept",
    ],
    probe: "holdfast backup list --location {location}",
  },
  NotificationFailing: {
    family: "notification",
    severity: "Warning",
    title: "Notifications do not arrive",
    cause:
      "A route of the location could not deliver, also when tried again: alerts may stay unseen",
    step: "Delivering notifications",
    remediation: [
      "Try the route: holdfast notification test ROUTE --location {location}",
      "Mend the receiver, or the address and secrets of the route",
    ],
    probe: "holdfast notification test ROUTE --location {location}",
  },
};
