import { AppError } from "../base/errors.ts";
import { isBug } from "./azure-blob-faults.ts";
import type { NativeFault } from "./store-errors.ts";
import { nameFailure, toWebError, webFault } from "./web-faults.ts";
import type { WebFailure } from "./web-faults.ts";

const keys = "check the access key and its secret";
const again = "try again";
const wrongKey = webFault("StoreAuthRefused", "the access key is unknown there", keys);
const wrongSecret = webFault("StoreAuthRefused", "the secret does not fit the access key", keys);
const expired = webFault("StoreAccountProblem", "the session has expired", "renew the credentials");
const noBucket = webFault(
  "BackupPathNotFound",
  "there is no such bucket",
  "create the bucket or correct its name",
);
const elsewhere = webFault(
  "StoreUnsupported",
  "the bucket is at another address or in another region",
  "give the endpoint and the region of the bucket",
);
const busy = webFault("StoreUnreachable", "the service is too busy", "try again later", true);
const full = webFault("StoreFull", "the quota is used up", "raise the quota or free space there");
const damaged = webFault("StoreUnreachable", "bytes changed on the way", again, true);
const rights = "let the access key get, put and list objects in the bucket";

/** Error codes of S3 and of services like it. What is missing here is judged by its HTTP status. */
export const s3Faults: Readonly<Record<string, NativeFault>> = {
  InvalidAccessKeyId: wrongKey,
  SignatureDoesNotMatch: wrongSecret,
  AuthorizationHeaderMalformed: elsewhere,
  InvalidToken: expired,
  ExpiredToken: expired,
  TokenRefreshRequired: expired,
  AccountProblem: webFault("StoreAccountProblem", "the account has a problem", "ask its operator"),
  UserSuspended: webFault("StoreAccountProblem", "the account is suspended", "ask its operator"),
  AccessDenied: webFault("StoreAuthRefused", "access is denied", rights),
  AllAccessDisabled: webFault("StoreAccountProblem", "access is disabled", "ask its operator"),
  InvalidObjectState: webFault(
    "StoreUnsupported",
    "it is in an archive class",
    "restore it there, and keep backups in a class that can be read at once",
  ),
  ObjectLocked: webFault("StoreReadOnly", "an object lock protects it", "wait until it ends"),
  NoSuchBucket: noBucket,
  PermanentRedirect: elsewhere,
  TemporaryRedirect: elsewhere,
  IllegalLocationConstraintException: elsewhere,
  QuotaExceeded: full,
  QuotaExceededException: full,
  EntityTooLarge: webFault(
    "StoreFull",
    "the object is larger than allowed there",
    "raise the limit",
  ),
  XMinioStorageFull: full,
  SlowDown: busy,
  ServiceUnavailable: busy,
  Busy: busy,
  InternalError: webFault("StoreUnreachable", "the service failed", again, true),
  OperationAborted: webFault("StoreUnreachable", "another request was in the way", again, true),
  ConditionalRequestConflict: webFault(
    "StoreUnreachable",
    "another request for the same name was in the way",
    again,
    true,
  ),
  RequestTimeout: webFault("StoreTimeout", "the service waited too long for us", again, true),
  BadDigest: damaged,
  XAmzContentSHA256Mismatch: damaged,
  IncompleteBody: damaged,
  NotImplemented: webFault(
    "StoreUnsupported",
    "the service cannot do it",
    "use a service that honours conditional writes",
  ),
};

/** Codes that say the clocks are too far apart for signed requests. */
export const skewCodes = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"] as const;

/** True when the service refused with one of the codes. */
export function hasS3Code(cause: unknown, ...codes: readonly string[]): boolean {
  const { nativeCode } = readFailure(cause);
  return nativeCode !== undefined && codes.includes(nativeCode);
}

/** The HTTP status of a refusal; undefined when no answer came. */
export function statusOfS3(cause: unknown): number | undefined {
  return readFailure(cause).status;
}

/** The failure in our words; what is ours already, an abort's reason or a bug comes back as it is. */
export function toS3Error(cause: unknown, action: string, target: string): unknown {
  // The library throws a SyntaxError for an answer that is not the XML it should be.
  const isAnswer = statusOfS3(cause) !== undefined;
  if (cause instanceof AppError || (isBug(cause) && !isAnswer)) return cause;
  const failure = readFailure(cause);
  return toWebError(action, target, failure, nameFailure(failure, s3Faults));
}

/** The service's `Date` of a refusal, milliseconds since 1970; undefined when it gave none. */
export function dateOfS3Failure(cause: unknown): number | undefined {
  const { $response } = cause as {
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  const date = Date.parse($response?.headers?.["date"] ?? "");
  return Number.isFinite(date) ? date : undefined;
}

interface S3Failure {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function readFailure(cause: unknown): WebFailure {
  const { name, Code, code, $metadata } = (cause ?? {}) as S3Failure;
  const status = $metadata?.httpStatusCode;
  // Without an answer the name is that of a class of errors: the system's code says more.
  const own =
    status === undefined ? (name === "TimeoutError" ? "ETIMEDOUT" : code) : (Code ?? name);
  return {
    nativeCode: typeof own === "string" ? own : undefined,
    status,
    requestId: $metadata?.requestId,
  };
}
