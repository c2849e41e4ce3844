import { errorCodes, isAppError, type AppError, type ErrorCode } from "../base/errors.ts";
import type { OperationError } from "./operation-record.ts";

/** Every code the ARM layer itself answers with, and its HTTP status. */
export const armErrorStatus = {
  MissingApiVersionParameter: 400,
  InvalidApiVersionParameter: 400,
  InvalidSubscriptionId: 400,
  InvalidResourceName: 400,
  InvalidResourceGroupName: 400,
  InvalidRequestContent: 400,
  InvalidRequest: 400,
  InvalidProperty: 400,
  MissingProperty: 400,
  UnknownProperty: 400,
  MultipleErrorsOccurred: 400,
  PropertyChangeNotAllowed: 400,
  InvalidResourceLocation: 400,
  InvalidResourceIdentity: 400,
  InvalidQueryParameter: 400,
  InvalidSkipToken: 400,
  ResourceMoveNotSupported: 400,
  AuthenticationFailed: 401,
  Forbidden: 403,
  InvalidResourceNamespace: 404,
  InvalidResourceType: 404,
  ResourceNotFound: 404,
  ParentResourceNotFound: 404,
  ResourceGroupNotFound: 404,
  SubscriptionNotFound: 404,
  OperationNotFound: 404,
  MethodNotAllowed: 405,
  RequestTimeout: 408,
  AnotherOperationInProgress: 409,
  ParentResourceNotReady: 409,
  InvalidSubscriptionState: 409,
  ResourceInUse: 409,
  OperationCanceled: 409,
  OperationTimedOut: 409,
  OperationFailed: 409,
  OperationNotSupported: 409,
  OperationAlreadyEnded: 409,
  PreconditionFailed: 412,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  InternalServerError: 500,
  ServiceUnavailable: 503,
} as const;

export type ArmErrorCode = keyof typeof armErrorStatus;

export interface ArmErrorOptions {
  /** Property path, parameter or resource id the error is about. */
  readonly target?: string;
  readonly details?: readonly OperationError[];
  readonly additionalInfo?: OperationError["additionalInfo"];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal with its HTTP status and ARM code; handlers may throw it. The message says what to do. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly target: string | undefined;
  readonly details: readonly OperationError[] | undefined;
  readonly additionalInfo: OperationError["additionalInfo"];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: ArmErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ArmError";
    this.status = status;
    this.code = code;
    this.target = options.target;
    this.details = options.details;
    this.additionalInfo = options.additionalInfo;
    this.headers = { ...(status === 401 ? challenge : {}), ...options.headers };
  }
}

/**
 * Every 401 names a way of signing in (RFC 9110, 11.6.1), also where none is configured or a client certificate is
 * wanted, for which HTTP has no scheme: whoever comes through the front door brought it a bearer token.
 */
export const bearerChallenge = 'Bearer realm="holdfast"';
const challenge: Readonly<Record<string, string>> = { "WWW-Authenticate": bearerChallenge };

/** The error of a catalogue code, with the catalogue's status. */
export function armError(
  code: ArmErrorCode,
  message: string,
  options: ArmErrorOptions = {},
): ArmError {
  return new ArmError(armErrorStatus[code], code, message, options);
}

/** 503 that tells when to come back. */
export function serviceUnavailable(cause?: unknown): ArmError {
  return armError(
    "ServiceUnavailable",
    `The service cannot answer now: repeat the request in ${retrySeconds} seconds`,
    { headers: { "Retry-After": String(retrySeconds) }, cause },
  );
}

const retrySeconds = 10;

interface WireError {
  readonly status: number;
  readonly code: string;
}

// `own` keeps our code on the wire: it says more than any general one.
const own = (code: ErrorCode, status: 400 | 404 | 409): WireError => ({ status, code });
const bug: WireError = { status: 500, code: "InternalServerError" };
const unavailable: WireError = { status: 503, code: "ServiceUnavailable" };

/** What each of our failures is on the wire. Deterministic ones are 4xx: clients repeat a 5xx. */
const wireErrorByCode: Readonly<Record<ErrorCode, WireError>> = {
  InvalidArgument: own("InvalidArgument", 400),
  InvalidSchedule: own("InvalidSchedule", 400),
  ScheduleNeverFires: own("ScheduleNeverFires", 400),
  UnknownTimeZone: own("UnknownTimeZone", 400),
  OverlappingWindows: own("OverlappingWindows", 400),
  RetentionKeepsNothing: own("RetentionKeepsNothing", 400),
  InvalidConfiguration: bug,
  InvalidBackupPath: own("InvalidBackupPath", 400),
  BackupPathNotFound: own("BackupPathNotFound", 400),
  UnsupportedStore: own("UnsupportedStore", 400),
  StoreHostNotAllowed: own("StoreHostNotAllowed", 400),
  StoreSecretRequired: own("StoreSecretRequired", 400),
  StoreNotConfigured: own("StoreNotConfigured", 409),
  InvalidCertificate: own("InvalidCertificate", 400),
  CertificateExpired: own("CertificateExpired", 400),
  CertificateTooWeak: own("CertificateTooWeak", 400),
  CertificateContainsPrivateKey: own("CertificateContainsPrivateKey", 400),
  EncryptionNotConfigured: own("EncryptionNotConfigured", 409),
  InvalidEncryptionKey: own("InvalidEncryptionKey", 400),
  InvalidPfx: own("InvalidPfx", 400),
  WrongPfxPassword: own("WrongPfxPassword", 400),
  DecryptionKeyMismatch: own("DecryptionKeyMismatch", 400),
  BackupInProgress: own("BackupInProgress", 409),
  RestoreInProgress: own("RestoreInProgress", 409),
  AnotherOperationInProgress: own("AnotherOperationInProgress", 409),
  RestoreTargetNotEmpty: own("RestoreTargetNotEmpty", 409),
  RestoreTargetNotAllowed: own("RestoreTargetNotAllowed", 400),
  BackupNotFound: { status: 404, code: "ResourceNotFound" },
  BackupNotRestorable: own("BackupNotRestorable", 409),
  BackupPinned: own("BackupPinned", 409),
  BackupBeingRemoved: own("BackupBeingRemoved", 409),
  LastGoodBackup: own("LastGoodBackup", 409),
  NewestBackup: own("NewestBackup", 409),
  RoleNotFound: own("RoleNotFound", 400),
  StoreAuthRefused: own("StoreAuthRefused", 409),
  StoreAccountProblem: own("StoreAccountProblem", 409),
  ObjectNotFound: own("ObjectNotFound", 409),
  ObjectExists: own("ObjectExists", 409),
  StoreFull: own("StoreFull", 409),
  StoreTooSmall: own("StoreTooSmall", 409),
  StoreReadOnly: own("StoreReadOnly", 409),
  StoreUnreachable: own("StoreUnreachable", 409),
  StoreTimeout: own("StoreTimeout", 409),
  StoreTampered: own("StoreTampered", 409),
  StoreNotTrusted: own("StoreNotTrusted", 409),
  StoreLocked: own("StoreLocked", 409),
  StoreUnsupported: own("StoreUnsupported", 400),
  RepositoryNotFound: own("RepositoryNotFound", 409),
  RepositoryExists: own("RepositoryExists", 409),
  RepositoryMismatch: own("RepositoryMismatch", 409),
  UnsupportedFormat: own("UnsupportedFormat", 409),
  CorruptObject: own("CorruptObject", 409),
  MissingObject: own("MissingObject", 409),
  CannotOpen: own("CannotOpen", 409),
  SignatureInvalid: own("SignatureInvalid", 409),
  RollbackDetected: own("RollbackDetected", 409),
  LeaseLost: own("LeaseLost", 409),
  ClockMismatch: own("ClockMismatch", 409),
  PruneRefused: own("PruneRefused", 409),
  NonceReuse: bug,
  LimitExceeded: own("LimitExceeded", 409),
  UnsafePath: own("UnsafePath", 409),
  SourceUnavailable: own("SourceUnavailable", 409),
  SourceFailed: own("SourceFailed", 409),
  SourceTimeout: own("SourceTimeout", 409),
  TargetFailed: own("TargetFailed", 409),
  NothingBackedUp: own("NothingBackedUp", 409),
  InvalidNotificationRoute: own("InvalidNotificationRoute", 400),
  NotificationHostNotAllowed: own("NotificationHostNotAllowed", 400),
  NotificationFailed: own("NotificationFailed", 409),
  StateConflict: { status: 409, code: "AnotherOperationInProgress" },
  StateNewerThanProgram: unavailable,
  StateUnavailable: unavailable,
  Interrupted: { status: 409, code: "OperationInterrupted" },
  SubscriptionNotActive: own("SubscriptionNotActive", 409),
  Canceled: { status: 409, code: "OperationCanceled" },
  TimedOut: { status: 409, code: "OperationTimedOut" },
  SecretUnavailable: own("SecretUnavailable", 409),
  Internal: bug,
};

/** The HTTP status of every one of our codes; a code without one does not compile. */
export const statusByCode: Readonly<Record<ErrorCode, number>> = Object.fromEntries(
  errorCodes.map((code) => [code, wireErrorByCode[code].status]),
) as Record<ErrorCode, number>;

/** Anything thrown as the refusal the caller sees. A bug says nothing of itself; a 503 only when to come back. */
export function toArmError(thrown: unknown): ArmError {
  if (thrown instanceof ArmError) return thrown;
  if (!isAppError(thrown)) return internalError(thrown);
  const { status, code } = wireErrorByCode[thrown.code];
  if (status === 503) return serviceUnavailable(thrown);
  if (status >= 500) return internalError(thrown);
  // Only a conflict that passes by itself may name a time: some clients repeat any answer that has one.
  const isPassing = status === 409 && thrown.retryable;
  return new ArmError(status, code, thrown.message, {
    cause: thrown,
    ...(thrown.target === undefined ? {} : { target: thrown.target }),
    ...nativeInfo(thrown),
    ...(isPassing ? { headers: { "Retry-After": String(retrySeconds) } } : {}),
  });
}

function internalError(cause: unknown): ArmError {
  return armError(
    "InternalServerError",
    "The service failed unexpectedly: give the x-ms-request-id of this answer to its operator",
    { cause },
  );
}

function nativeInfo(error: AppError): Pick<ArmErrorOptions, "additionalInfo"> {
  if (error.nativeCode === undefined) return {};
  return { additionalInfo: [{ type: "NativeError", info: { code: error.nativeCode } }] };
}

/** The `error` object of an answer or of an operation, without empty parts. */
export function errorObject(error: ArmError): OperationError {
  const { code, message, target, details, additionalInfo } = error;
  return {
    code,
    message,
    ...(target === undefined ? {} : { target }),
    ...(details === undefined ? {} : { details }),
    ...(additionalInfo === undefined ? {} : { additionalInfo }),
  };
}

/** The code an operation's stored error has on the wire: ours translated, any other as it is. */
export function wireCodeOf(code: string): string {
  return Object.hasOwn(wireErrorByCode, code) ? wireErrorByCode[code as ErrorCode].code : code;
}

/** The status a failed operation answers with on its Location: 400 or 409, which no client repeats or misreads. */
export function failureStatusOf(code: string): 400 | 409 {
  const status = Object.hasOwn(wireErrorByCode, code)
    ? wireErrorByCode[code as ErrorCode].status
    : (armErrorStatus as Readonly<Record<string, number>>)[code];
  return status === 400 ? 400 : 409;
}
