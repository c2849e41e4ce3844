import { errorCodes, type ErrorCode } from "../base/errors.ts";

/** What a script learns from the end of the program; any other code means failure. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Finished, but not all of it succeeded. */
  partial: 3,
  notAllowed: 4,
  notFound: 5,
  busy: 6,
  /** The store or target cannot be reached, is full or refuses. */
  destination: 7,
  /** Damage, forgery or a key that does not open. */
  integrity: 8,
  /** We stopped waiting; the service goes on. */
  timeout: 9,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const codesOf: ReadonlyMap<ErrorCode, ExitCode> = new Map(
  (
    [
      [exitCodes.usage, ["InvalidArgument", "InvalidConfiguration", "InvalidBackupPath"]],
      [exitCodes.usage, ["UnsupportedStore", "StoreNotConfigured", "EncryptionNotConfigured"]],
      [exitCodes.usage, ["StoreHostNotAllowed", "StoreSecretRequired"]],
      [exitCodes.usage, ["InvalidNotificationRoute", "NotificationHostNotAllowed"]],
      [exitCodes.destination, ["NotificationFailed"]],
      [exitCodes.destination, ["StoreTooSmall"]],
      [exitCodes.notAllowed, ["StoreAuthRefused", "StoreAccountProblem"]],
      [exitCodes.notFound, ["BackupPathNotFound", "BackupNotFound", "RoleNotFound"]],
      [exitCodes.notFound, ["RepositoryNotFound", "ObjectNotFound"]],
      [exitCodes.busy, ["BackupInProgress", "RestoreInProgress", "AnotherOperationInProgress"]],
      [exitCodes.busy, ["StoreLocked", "LeaseLost", "RepositoryExists", "RestoreTargetNotEmpty"]],
      [exitCodes.busy, ["ObjectExists", "StateConflict", "ClockMismatch", "PruneRefused"]],
      [exitCodes.destination, ["StoreFull", "StoreReadOnly", "StoreUnreachable", "StoreTimeout"]],
      [exitCodes.destination, ["StoreUnsupported", "TargetFailed", "RestoreTargetNotAllowed"]],
      [exitCodes.integrity, ["InvalidCertificate", "CertificateExpired", "CertificateTooWeak"]],
      [exitCodes.integrity, ["CertificateContainsPrivateKey", "InvalidEncryptionKey"]],
      [exitCodes.integrity, ["InvalidPfx", "WrongPfxPassword", "DecryptionKeyMismatch"]],
      [exitCodes.integrity, ["StoreTampered", "StoreNotTrusted", "RepositoryMismatch"]],
      [exitCodes.integrity, ["UnsupportedFormat", "CorruptObject", "MissingObject", "CannotOpen"]],
      [exitCodes.integrity, ["SignatureInvalid", "RollbackDetected", "NonceReuse"]],
      [exitCodes.integrity, ["LimitExceeded", "UnsafePath"]],
      [exitCodes.timeout, ["TimedOut"]],
      [exitCodes.interrupted, ["Canceled"]],
    ] as const satisfies readonly (readonly [ExitCode, readonly ErrorCode[]])[]
  ).flatMap(([exit, codes]) => codes.map((code) => [code, exit] as const)),
);

/** The exit code of a failure with this code. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return codesOf.get(code) ?? exitCodes.failed;
}

/** The exit code of a failure that the service told: by its error code where we know it, else by its HTTP status. */
export function exitCodeOfAnswer(status: number, code: string): ExitCode {
  if (isErrorCode(code)) return exitCodeOf(code);
  if (status === 400) return exitCodes.usage;
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 404) return exitCodes.notFound;
  if (status === 409 || status === 412 || status === 429) return exitCodes.busy;
  return exitCodes.failed;
}

function isErrorCode(code: string): code is ErrorCode {
  return (errorCodes as readonly string[]).includes(code);
}
