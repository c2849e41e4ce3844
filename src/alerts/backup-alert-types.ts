import type { AlertType } from "./alert-type.ts";

const tryAgain =
  "Start a backup by hand and wait for it: holdfast backup start --location {location} --wait";
const testStore = "holdfast location test {location} --wait";
const showLog =
  "See how the operation ended: holdfast operation show OPERATION --location {location}";

export type BackupAlertId =
  | "BackupFailed"
  | "BackupFailedAccessDenied"
  | "BackupFailedPathInvalid"
  | "BackupFailedNetwork"
  | "BackupFailedStoreFull"
  | "BackupFailedStoreReadOnly"
  | "BackupFailedUpload"
  | "BackupFailedSource"
  | "BackupFailedEncryption"
  | "BackupFailedStoreDamaged"
  | "BackupFailedStoreInUse"
  | "BackupInterrupted"
  | "BackupPartial"
  | "BackupCopyFailed"
  | "InternalBackupFailed"
  | "InternalBackupNotDeleted";

/** A backup that did not come to its end: a new failure takes the place of the one before, a success closes it. */
export const backupAlertTypes: Readonly<Record<BackupAlertId, AlertType>> = {
  BackupFailed: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because of an unknown error",
    cause: "The last backup failed for a reason that has no alert of its own",
    step: "The backup as a whole",
    remediation: [
      showLog,
      tryAgain,
      "If it fails again, give that and the log of the service to whoever supports this installation",
    ],
    probe: "holdfast backup start --location {location} --wait",
  },
  BackupFailedAccessDenied: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because the store refused access",
    cause: "The account or key of the location was not accepted, or may not do what a backup needs",
    step: "Signing in to the store",
    remediation: [
      "Sign in to the store with the same account from another machine",
      "Enter the credentials again: holdfast location update {location}",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupFailedPathInvalid: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because the path of the store is not valid",
    cause: "The store answers, but the path does not lead to a folder, share, container or bucket",
    step: "Opening the store",
    remediation: [
      "Open the same path from another machine",
      "Correct the path, or make the folder: holdfast location update {location} --path PATH",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupFailedNetwork: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because of network connectivity",
    cause: "The store could not be reached, or stopped answering; this may have passed by now",
    step: "Connecting to the store",
    remediation: [
      "Look whether the store's host answers on its port from this machine",
      "Mend the network, the name server or the firewall",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupFailedStoreFull: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because the store is full",
    cause: "There was no room left for the data of the backup; what it had written does no harm",
    step: "Copying to the store",
    remediation: [
      "Give the store more space, or remove what others keep there",
      "See what old backups would free: holdfast location prune {location} --apply-retention --dry-run",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupFailedStoreReadOnly: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because the store cannot be written to",
    cause: "The store can be read, but refuses to take new objects",
    step: "Writing to the store",
    remediation: [
      "Look for a read-only mount, share or retention lock on the store",
      "Give the account the right to create files and folders",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupFailedUpload: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed while it was copied to the store",
    cause: "The copy broke off after it had begun; older backups are not touched by that",
    step: "Copying to the store",
    remediation: ["Look at the store and at the network to it", tryAgain],
    probe: testStore,
  },
  BackupFailedSource: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because a role could not be read",
    cause: "A role that must not fail could not deliver its data",
    step: "Reading the roles",
    remediation: [
      "Look at the role that the error names, and at its settings in the configuration",
      showLog,
      tryAgain,
    ],
    probe: "holdfast backup start --location {location} --wait",
  },
  BackupFailedEncryption: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because it could not be encrypted",
    cause: "A certificate of the location, or a key that this service keeps, cannot be used",
    step: "Preparing the encryption",
    remediation: [
      "Give the location a valid certificate: holdfast location update {location} --cert FILE",
      "If the sealing key file was replaced, bring the old one back",
      tryAgain,
    ],
    probe: "holdfast location show {location}",
  },
  BackupFailedStoreDamaged: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because something in the store is damaged",
    cause: "What lies in the store is not what was written there",
    step: "Reading the repository",
    remediation: [
      "See what is damaged: holdfast backup verify --location {location} --wait",
      "Set the damage aside: holdfast repo repair",
      tryAgain,
    ],
    probe: "holdfast backup verify --location {location} --wait",
  },
  BackupFailedStoreInUse: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because another installation uses the store",
    cause: "The store is locked by, or belongs to, another installation",
    step: "Taking the lock of the store",
    remediation: [
      "Find the other installation that writes to this path, and give one of the two another folder",
      tryAgain,
    ],
    probe: testStore,
  },
  BackupInterrupted: {
    family: "backup",
    severity: "Critical",
    title: "Backup failed because the service was interrupted too often",
    cause: "The processes that worked on the backup died, or took longer than they may",
    step: "The backup as a whole",
    remediation: [
      "Look in the service's log, and at memory and disk of its machine, for why it ended",
      tryAgain,
    ],
    probe: "holdfast backup start --location {location} --wait",
  },
  BackupPartial: {
    family: "partial",
    severity: "Warning",
    title: "Backup only partially completed",
    cause: "Some roles failed while others succeeded; the backup can be restored without them",
    step: "Reading the roles",
    remediation: [
      "See which role failed and why: holdfast backup show BACKUP --location {location}",
      tryAgain,
    ],
    probe: "holdfast backup start --location {location} --wait",
  },
  BackupCopyFailed: {
    family: "copy",
    severity: "Warning",
    title: "Copying backups to another location failed",
    cause: "The copies that should lie in a second store could not be made, or not all of them",
    step: "Copying to the other location",
    remediation: [
      showLog,
      "Try out the store of the location that the copies go to: holdfast location test NAME --wait",
      "Copy again: holdfast location copy {location} --to NAME --wait",
    ],
    probe: "holdfast location copy {location} --to NAME --wait",
  },
  InternalBackupFailed: {
    family: "internal-copy",
    severity: "Warning",
    title: "The internal copy of a backup failed",
    cause: "The copy that the service keeps on its own machine could not be made",
    step: "Copying within the machine",
    remediation: ["Look at the disk of the service's machine", tryAgain],
    probe: "holdfast backup list --location {location}",
  },
  InternalBackupNotDeleted: {
    family: "internal-retention",
    severity: "Warning",
    title: "An internal copy of a backup could not be deleted",
    cause:
      "The copy that the service keeps on its own machine has served its time and does not go away",
    step: "Deleting within the machine",
    remediation: [
      "Look at the disk of the service's machine and at the rights of its user",
      "Try again: holdfast location prune {location} --wait",
    ],
    probe: "holdfast location prune {location} --dry-run --wait",
  },
};
