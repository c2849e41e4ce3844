import type { ErrorCode } from "../base/errors.ts";
import type { AlertType } from "./alert-type.ts";
import { backupAlertTypes, type BackupAlertId } from "./backup-alert-types.ts";
import { standingAlertTypes, type StandingAlertId } from "./standing-alert-types.ts";

export type AlertTypeId = BackupAlertId | StandingAlertId;

/** Every alert there is, by its id. Ids are stable: clients and rules name them. */
export const alertTypes: Readonly<Record<AlertTypeId, AlertType>> = {
  ...backupAlertTypes,
  ...standingAlertTypes,
};

export function typeOf(id: AlertTypeId): AlertType {
  return alertTypes[id];
}

/** What a failed backup means, by its error's code; any other code is an unknown error. */
const backupFailures: Readonly<Partial<Record<ErrorCode, AlertTypeId>>> = {
  StoreAuthRefused: "BackupFailedAccessDenied",
  StoreAccountProblem: "BackupFailedAccessDenied",
  StoreNotTrusted: "BackupFailedAccessDenied",
  StoreSecretRequired: "BackupFailedAccessDenied",
  InvalidBackupPath: "BackupFailedPathInvalid",
  BackupPathNotFound: "BackupFailedPathInvalid",
  RepositoryNotFound: "BackupFailedPathInvalid",
  UnsupportedStore: "BackupFailedPathInvalid",
  StoreHostNotAllowed: "BackupFailedPathInvalid",
  StoreUnreachable: "BackupFailedNetwork",
  StoreTimeout: "BackupFailedNetwork",
  StoreFull: "BackupFailedStoreFull",
  StoreTooSmall: "BackupFailedStoreFull",
  StoreReadOnly: "BackupFailedStoreReadOnly",
  StoreUnsupported: "BackupFailedStoreReadOnly",
  ObjectNotFound: "BackupFailedUpload",
  ObjectExists: "BackupFailedUpload",
  TargetFailed: "BackupFailedUpload",
  SourceUnavailable: "BackupFailedSource",
  SourceFailed: "BackupFailedSource",
  SourceTimeout: "BackupFailedSource",
  NothingBackedUp: "BackupFailedSource",
  UnsafePath: "BackupFailedSource",
  InvalidCertificate: "BackupFailedEncryption",
  CertificateExpired: "BackupFailedEncryption",
  CertificateTooWeak: "BackupFailedEncryption",
  EncryptionNotConfigured: "BackupFailedEncryption",
  InvalidEncryptionKey: "BackupFailedEncryption",
  SecretUnavailable: "BackupFailedEncryption",
  CorruptObject: "BackupFailedStoreDamaged",
  MissingObject: "BackupFailedStoreDamaged",
  CannotOpen: "BackupFailedStoreDamaged",
  UnsupportedFormat: "BackupFailedStoreDamaged",
  StoreTampered: "LedgerMismatch",
  SignatureInvalid: "LedgerMismatch",
  RollbackDetected: "LedgerMismatch",
  StoreLocked: "BackupFailedStoreInUse",
  LeaseLost: "BackupFailedStoreInUse",
  RepositoryExists: "BackupFailedStoreInUse",
  RepositoryMismatch: "BackupFailedStoreInUse",
  ClockMismatch: "ClockSkew",
  Interrupted: "BackupInterrupted",
  TimedOut: "BackupInterrupted",
};

/** The same for a store that was tried out. */
const storeFailures: Readonly<Partial<Record<ErrorCode, AlertTypeId>>> = {
  StoreReadOnly: "StoreNotWritable",
  StoreFull: "StoreNotWritable",
  StoreTooSmall: "StoreNotWritable",
  StoreUnsupported: "StoreNotWritable",
  ClockMismatch: "ClockSkew",
};

/** The same for what a verification found or ended with. */
const verifyFailures: Readonly<Partial<Record<ErrorCode, AlertTypeId>>> = {
  RollbackDetected: "LedgerMismatch",
  SignatureInvalid: "LedgerMismatch",
  StoreTampered: "LedgerMismatch",
  ClockMismatch: "ClockSkew",
};

export function typeOfBackupFailure(code: string): AlertTypeId {
  return lookUp(backupFailures, code) ?? "BackupFailed";
}

export function typeOfStoreFailure(code: string): AlertTypeId {
  return lookUp(storeFailures, code) ?? "StoreNotAccessible";
}

export function typeOfVerifyFailure(code: string): AlertTypeId {
  return lookUp(verifyFailures, code) ?? "VerifyFailed";
}

function lookUp(
  table: Readonly<Partial<Record<string, AlertTypeId>>>,
  code: string,
): AlertTypeId | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
