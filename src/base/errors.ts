/**
 * Stable codes of every failure the product can name, grouped by the room that raises them.
 * `arm/errors.ts` maps each to an HTTP status; a test proves that none is forgotten.
 */
export const errorCodes = [
  // Input and configuration
  "InvalidArgument",
  "InvalidSchedule",
  "ScheduleNeverFires",
  "UnknownTimeZone",
  "OverlappingWindows",
  "RetentionKeepsNothing",
  "InvalidConfiguration",
  "InvalidBackupPath",
  "BackupPathNotFound",
  "UnsupportedStore",
  "StoreHostNotAllowed",
  "StoreSecretRequired",
  "StoreNotConfigured",
  "InvalidCertificate",
  "CertificateExpired",
  "CertificateTooWeak",
  "CertificateContainsPrivateKey",
  "EncryptionNotConfigured",
  "InvalidEncryptionKey",
  "InvalidPfx",
  "WrongPfxPassword",
  "DecryptionKeyMismatch",
  // Conflicts
  "BackupInProgress",
  "RestoreInProgress",
  "AnotherOperationInProgress",
  "RestoreTargetNotEmpty",
  "RestoreTargetNotAllowed",
  "BackupNotFound",
  "BackupNotRestorable",
  "BackupPinned",
  "BackupBeingRemoved",
  "LastGoodBackup",
  "NewestBackup",
  "RoleNotFound",
  // Object store
  "StoreAuthRefused",
  "StoreAccountProblem",
  "ObjectNotFound",
  "ObjectExists",
  "StoreFull",
  "StoreTooSmall",
  "StoreReadOnly",
  "StoreUnreachable",
  "StoreTimeout",
  "StoreTampered",
  "StoreNotTrusted",
  "StoreLocked",
  "StoreUnsupported",
  // Repository
  "RepositoryNotFound",
  "RepositoryExists",
  "RepositoryMismatch",
  "UnsupportedFormat",
  "CorruptObject",
  "MissingObject",
  "CannotOpen",
  "SignatureInvalid",
  "RollbackDetected",
  "LeaseLost",
  "ClockMismatch",
  "PruneRefused",
  "NonceReuse",
  "LimitExceeded",
  "UnsafePath",
  // Roles
  "SourceUnavailable",
  "SourceFailed",
  "SourceTimeout",
  "TargetFailed",
  "NothingBackedUp",
  // Notifications
  "InvalidNotificationRoute",
  "NotificationHostNotAllowed",
  "NotificationFailed",
  // Service state and jobs
  "StateConflict",
  "StateNewerThanProgram",
  "StateUnavailable",
  "Interrupted",
  "SubscriptionNotActive",
  "Canceled",
  "TimedOut",
  "SecretUnavailable",
  "Internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  /** The property, object or resource the error is about. */
  readonly target?: string;
  /** The system's own words, e.g. `ENOSPC`, kept beside ours. */
  readonly nativeCode?: string;
}

/**
 * The one base class of failures with a name. The message starts with a capital, has no full stop,
 * quotes values, and says what to do where anything can be done. Never put a secret into it.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly target: string | undefined;
  readonly nativeCode: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.target = options.target;
    this.nativeCode = options.nativeCode;
  }
}

/** True when the value is an {@link AppError}, of the given code if one is named. */
export function isAppError(value: unknown, code?: ErrorCode): value is AppError {
  return value instanceof AppError && (code === undefined || value.code === code);
}

/** The error as an {@link AppError}: itself, or wrapped as `Internal` with its message kept as the cause. */
export function toAppError(value: unknown): AppError {
  if (value instanceof AppError) return value;
  return new AppError("Internal", "Unexpected failure: see the log for its cause", {
    cause: value,
  });
}
