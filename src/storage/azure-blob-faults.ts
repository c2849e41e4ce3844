import { AppError } from "../base/errors.ts";
import type { NativeFault } from "./store-errors.ts";
import { nameFailure, toWebError, webFault } from "./web-faults.ts";
import type { WebFailure } from "./web-faults.ts";

const rights =
  "give it read, create, write and list on the container (role Storage Blob Data Contributor, or sp=rcwl)";
const container = "create the container or correct its URL";
const again = "try again";

const refused = webFault(
  "StoreAuthRefused",
  "the service refuses the credential",
  "check that the key or signature is whole, of this account, and not renewed since or expired",
);
const lacksRight = webFault("StoreAuthRefused", "the credential lacks the right", rights);
const noContainer = webFault("BackupPathNotFound", "there is no such container", container);
const immutable = webFault(
  "StoreReadOnly",
  "an immutability policy or legal hold protects it",
  "wait until the policy ends",
);
const oldVersion = webFault(
  "StoreUnsupported",
  "the service does not know this version of its protocol",
  "choose the service version 2019-07-07",
);
const leased = webFault("StoreLocked", "somebody holds a lease on it", "release the lease");
const archived = webFault(
  "StoreUnsupported",
  "it is in the archive tier",
  "move it to the hot or cool tier",
);
const network = webFault(
  "StoreAuthRefused",
  "the service refuses this caller",
  "let this machine through the firewall of the storage account, and check the rights",
);
const damaged = webFault("StoreUnreachable", "bytes changed on the way", again, true);

/** Error codes of the Blob service. What is missing here is judged by its HTTP status. */
export const blobFaults: Readonly<Record<string, NativeFault>> = {
  AuthenticationFailed: refused,
  InvalidAuthenticationInfo: refused,
  NoAuthenticationInformation: refused,
  InsufficientAccountPermissions: lacksRight,
  AuthorizationPermissionMismatch: lacksRight,
  AuthorizationResourceTypeMismatch: lacksRight,
  AuthorizationServiceMismatch: lacksRight,
  AuthorizationFailure: network,
  AuthorizationSourceIPMismatch: network,
  AuthorizationProtocolMismatch: webFault(
    "StoreAuthRefused",
    "the signature does not allow this protocol",
    "use https",
  ),
  PublicAccessNotPermitted: refused,
  KeyBasedAuthenticationNotPermitted: webFault(
    "StoreAccountProblem",
    "the account does not accept keys",
    "use a managed identity or a user delegation signature",
  ),
  AccountIsDisabled: webFault(
    "StoreAccountProblem",
    "the storage account is disabled",
    "enable it",
  ),
  AccountRequiresHttps: webFault("StoreUnsupported", "the account wants https", "use https"),
  ContainerNotFound: noContainer,
  ContainerBeingDeleted: noContainer,
  ContainerDisabled: noContainer,
  ResourceNotFound: noContainer,
  BlobImmutableDueToPolicy: immutable,
  BlobImmutableDueToLegalHold: immutable,
  ContainerImmutableStorage: immutable,
  LeaseIdMissing: leased,
  LeaseLost: leased,
  BlobArchived: archived,
  BlobBeingRehydrated: archived,
  InvalidHeaderValue: oldVersion,
  UnsupportedHeader: oldVersion,
  FeatureVersionMismatch: oldVersion,
  Md5Mismatch: damaged,
  InvalidMd5: damaged,
  ServerBusy: webFault("StoreUnreachable", "the service is too busy", "try again later", true),
  InternalError: webFault("StoreUnreachable", "the service failed", again, true),
  OperationTimedOut: webFault("StoreTimeout", "the service took too long", again, true),
  InsufficientStorage: webFault("StoreFull", "the store is full", "free space or extend it"),
};

/** True when the service refused with one of the codes. */
export function hasBlobCode(cause: unknown, ...codes: readonly string[]): boolean {
  const { nativeCode } = readFailure(cause);
  return nativeCode !== undefined && codes.includes(nativeCode);
}

/** The failure in our words; what is ours already, an abort's reason or a bug comes back as it is. */
export function toBlobError(cause: unknown, action: string, target: string): unknown {
  if (cause instanceof AppError || isBug(cause)) return cause;
  const failure = readFailure(cause);
  return toWebError(action, target, failure, nameFailure(failure, blobFaults));
}

/** The service's `Date` of a refusal, milliseconds since 1970; undefined when it gave none. */
export function dateOfFailure(cause: unknown): number | undefined {
  const date = Date.parse(readAnswer(cause)?.headers.get("date") ?? "");
  return Number.isFinite(date) ? date : undefined;
}

/** Mistakes of a program, as against failures of the other side. */
export function isBug(cause: unknown): boolean {
  const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];
  return !(cause instanceof Error) || bugs.some((bug) => cause instanceof bug);
}

function readFailure(cause: unknown): WebFailure {
  const answer = readAnswer(cause);
  const { code, statusCode } = cause as { readonly code?: unknown; readonly statusCode?: unknown };
  const nativeCode = answer?.headers.get("x-ms-error-code") ?? code;
  return {
    nativeCode: typeof nativeCode === "string" ? nativeCode : undefined,
    status: typeof statusCode === "number" ? statusCode : answer?.status,
    requestId: answer?.headers.get("x-ms-request-id"),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
}

function readAnswer(cause: unknown): Answer | undefined {
  return (cause as { readonly response?: Answer } | undefined)?.response;
}
