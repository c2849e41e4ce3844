import { AppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";
import { SmbError } from "./smb/smb-error.ts";
import type { SmbFault } from "./smb/smb-error.ts";
import { nativeFaults } from "./store-errors.ts";
import type { NativeFault } from "./store-errors.ts";

function fault(code: ErrorCode, problem: string, remedy: string, retryable = false): NativeFault {
  return { code, problem, remedy, retryable };
}

const credentials = "check the user name and the password";
const administrator = "ask the administrator of the account";
const rights = "give the account read and write rights on the share and on the folder";
const server = "check the server and the network, then try again";
const holder = "find out who holds it, then try again";
const intruder = "find out who put it there and remove it";

const refused = fault("StoreAuthRefused", "the server refused the logon", credentials);
const denied = fault("StoreAuthRefused", "access is denied", rights);
const full = fault(
  "StoreFull",
  "the share is full",
  "free space there or extend it, then try again",
);
const readOnly = fault("StoreReadOnly", "the share is read-only", "allow writing to it");
const broken = fault("StoreUnreachable", "the connection broke", server, true);
const busy = fault("StoreUnreachable", "the server is busy", "try again later", true);
const failing = fault("StoreUnreachable", "the server's disk failed", "check the server", true);
const absent = fault(
  "BackupPathNotFound",
  "the folder is not there",
  "create it, or correct the path",
);
const locked = fault("StoreLocked", "the file is in use", holder, true);
const misplaced = fault(
  "StoreTampered",
  "a file and a folder stand in each other's place",
  intruder,
);
const longName = fault("StoreUnsupported", "the path is too long there", "choose a shorter path");
const noController = fault(
  "StoreUnreachable",
  "the server cannot ask its domain about the account",
  "check the domain controllers",
  true,
);

function account(problem: string, remedy = administrator): NativeFault {
  return fault("StoreAccountProblem", problem, remedy);
}

/** What the server's answers mean for a store; the rest is `StoreUnreachable` with the native code beside it. */
export const smbFaults: Readonly<Record<string, NativeFault>> = {
  STATUS_LOGON_FAILURE: refused,
  STATUS_WRONG_PASSWORD: refused,
  STATUS_NO_SUCH_USER: refused,
  STATUS_ACCOUNT_DISABLED: account("the account is disabled"),
  STATUS_ACCOUNT_LOCKED_OUT: account("the account is locked out", `${administrator} to unlock it`),
  STATUS_ACCOUNT_EXPIRED: account("the account has expired"),
  STATUS_ACCOUNT_RESTRICTION: account(
    "the account may not log on in this way",
    "take it out of Protected Users, or give another account",
  ),
  STATUS_PASSWORD_EXPIRED: account("the password has expired", "change it, then give the new one"),
  STATUS_PASSWORD_MUST_CHANGE: account(
    "the password must be changed first",
    "change it, then give the new one",
  ),
  STATUS_PASSWORD_RESTRICTION: account("the password breaks a rule of the server"),
  STATUS_INVALID_LOGON_HOURS: account("the account may not log on at this hour"),
  STATUS_INVALID_WORKSTATION: account("the account may not log on from here"),
  STATUS_LOGON_TYPE_NOT_GRANTED: account("the account may not log on over the network"),
  STATUS_AUTHENTICATION_FIREWALL_FAILED: account("the account may not log on to this server"),
  STATUS_TRUSTED_DOMAIN_FAILURE: noController,
  STATUS_TRUSTED_RELATIONSHIP_FAILURE: noController,
  STATUS_NO_LOGON_SERVERS: noController,
  STATUS_DOMAIN_CONTROLLER_NOT_FOUND: noController,
  STATUS_ACCESS_DENIED: denied,
  STATUS_NETWORK_ACCESS_DENIED: denied,
  STATUS_PRIVILEGE_NOT_HELD: denied,
  STATUS_NETWORK_OPEN_RESTRICTION: denied,
  STATUS_MEDIA_WRITE_PROTECTED: readOnly,
  STATUS_CANNOT_DELETE: fault("StoreReadOnly", "it may not be deleted", "remove its protection"),
  STATUS_DISK_FULL: full,
  STATUS_QUOTA_EXCEEDED: fault("StoreFull", "the quota is used up", "raise it or free space there"),
  STATUS_FILE_SYSTEM_LIMITATION: fault(
    "StoreFull",
    "a limit of the file system was reached",
    "use a share on another file system",
  ),
  STATUS_BAD_NETWORK_NAME: fault(
    "BackupPathNotFound",
    "the server has no such share",
    "correct its name, or create the share",
  ),
  STATUS_SHARE_UNAVAILABLE: broken,
  STATUS_BAD_NETWORK_PATH: broken,
  STATUS_NETWORK_NAME_DELETED: broken,
  STATUS_CONNECTION_DISCONNECTED: broken,
  STATUS_CONNECTION_RESET: broken,
  STATUS_USER_SESSION_DELETED: broken,
  STATUS_FILE_CLOSED: broken,
  STATUS_INVALID_HANDLE: broken,
  STATUS_NETWORK_SESSION_EXPIRED: fault("StoreUnreachable", "the logon ran out", server, true),
  STATUS_NETWORK_BUSY: busy,
  STATUS_INSUFFICIENT_RESOURCES: busy,
  STATUS_REQUEST_NOT_ACCEPTED: busy,
  STATUS_TOO_MANY_OPENED_FILES: busy,
  STATUS_CANCELLED: busy,
  STATUS_IO_TIMEOUT: fault("StoreTimeout", "the server's disk did not answer", server, true),
  STATUS_IO_DEVICE_ERROR: failing,
  STATUS_UNEXPECTED_IO_ERROR: failing,
  STATUS_DEVICE_NOT_READY: failing,
  STATUS_INTERNAL_ERROR: failing,
  STATUS_OBJECT_NAME_NOT_FOUND: absent,
  STATUS_OBJECT_PATH_NOT_FOUND: absent,
  STATUS_NO_SUCH_FILE: absent,
  STATUS_SHARING_VIOLATION: locked,
  STATUS_FILE_LOCK_CONFLICT: locked,
  STATUS_DELETE_PENDING: locked,
  STATUS_FILE_IS_A_DIRECTORY: misplaced,
  STATUS_NOT_A_DIRECTORY: misplaced,
  STATUS_STOPPED_ON_SYMLINK: fault("StoreTampered", "a link leads out of the share", intruder),
  STATUS_NAME_TOO_LONG: longName,
  STATUS_OBJECT_NAME_INVALID: fault(
    "StoreUnsupported",
    "it refuses the name",
    "choose another path",
  ),
  STATUS_OBJECT_PATH_INVALID: fault(
    "StoreUnsupported",
    "it refuses the path",
    "choose another path",
  ),
  STATUS_OBJECT_PATH_SYNTAX_BAD: fault("StoreUnsupported", "it refuses the path", "choose another"),
  STATUS_PATH_NOT_COVERED: fault(
    "StoreUnsupported",
    "the path is a DFS link to another server",
    "give the path of the share that it leads to",
  ),
  ENOTFOUND: fault(
    "StoreUnreachable",
    "no server of that name is known",
    "correct the name, or check the name service",
    true,
  ),
  EAI_AGAIN: fault(
    "StoreUnreachable",
    "the name service does not answer",
    "check the name service",
    true,
  ),
};

const byFault: Readonly<Record<SmbFault, NativeFault>> = {
  refused: fault("StoreUnreachable", "the server refused", "look into the server's log"),
  unreachable: broken,
  timeout: fault("StoreTimeout", "the server did not answer in time", server, true),
  tampered: fault(
    "StoreTampered",
    "a message was changed on its way or is no SMB",
    "check who stands between this machine and the server, and what listens there",
  ),
  unsupported: fault(
    "StoreUnsupported",
    "the server does not offer a secure session",
    "use a server with SMB 3.1.1 and NTLMv2, and switch off its guest access",
  ),
  unencrypted: fault(
    "StoreUnsupported",
    "the server does not offer encryption",
    "switch on SMB encryption for the share, or allow the location to do without it",
  ),
};

export interface SmbActionContext {
  /** "Cannot <action> <target>". */
  readonly action: string;
  readonly target: string;
  /** False when the share lets this account only read: then a denied write has a better name. */
  readonly isWritable?: boolean;
}

/** The failure of the client as a named store error; anything else comes back as it is. */
export function toSmbStoreError(cause: unknown, context: SmbActionContext): unknown {
  if (!(cause instanceof SmbError)) return cause;
  const { action, target, isWritable = true } = context;
  const { nativeCode } = cause;
  const { code, problem, remedy, retryable } =
    !isWritable && nativeCode === "STATUS_ACCESS_DENIED" ? readOnly : findFault(cause);
  const native = nativeCode === undefined ? "" : ` (${nativeCode})`;
  const message = `Cannot ${action} "${target}": ${problem}${native}: ${remedy}`;
  return new AppError(code, message, {
    cause,
    target,
    retryable,
    ...(nativeCode === undefined ? {} : { nativeCode }),
  });
}

function findFault({ fault: kind, nativeCode = "" }: SmbError): NativeFault {
  const general = byFault[kind];
  // A server too old may say so with any status: what we make of it counts.
  if (kind === "unsupported" || kind === "unencrypted" || kind === "tampered") return general;
  return smbFaults[nativeCode] ?? nativeFaults[nativeCode] ?? general;
}
