import { AppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";

/** What a native code of the operating system means for a store, and what the reader can do. */
export interface NativeFault {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly remedy: string;
  readonly retryable: boolean;
}

function fault(code: ErrorCode, problem: string, remedy: string, retryable = false): NativeFault {
  return { code, problem, remedy, retryable };
}

const full = "free space there or extend it, then try again";
const account = "give the account of the service read and write rights there";
const network = "check the server, the network and the mount, then try again";
const device = "check the disk or the mount, then try again";

/** Every native code we can name; the rest becomes `StoreUnreachable` with the code beside it. */
export const nativeFaults: Readonly<Record<string, NativeFault>> = {
  ENOSPC: fault("StoreFull", "the store is full", full),
  EDQUOT: fault("StoreFull", "the quota is used up", "raise the quota or free space there"),
  EFBIG: fault("StoreFull", "a file size limit was reached", "raise the limit on file sizes"),
  EROFS: fault("StoreReadOnly", "the store is read-only", "mount it for writing"),
  EPERM: fault(
    "StoreReadOnly",
    "the store does not permit it",
    "remove its write protection, or choose another folder",
  ),
  EACCES: fault("StoreAuthRefused", "access is denied", account),
  EIO: fault("StoreUnreachable", "the device failed", device, true),
  EREMOTEIO: fault("StoreUnreachable", "the remote device failed", device, true),
  ESTALE: fault("StoreUnreachable", "the mount is stale", "mount it again, then try again", true),
  ENODEV: fault("StoreUnreachable", "the device is gone", device, true),
  ENXIO: fault("StoreUnreachable", "the device is gone", device, true),
  ENOENT: fault("StoreUnreachable", "the folder of the store is gone", "mount or restore it", true),
  EHOSTDOWN: fault("StoreUnreachable", "the server is down", network, true),
  EHOSTUNREACH: fault("StoreUnreachable", "the server cannot be reached", network, true),
  ENETUNREACH: fault("StoreUnreachable", "the network cannot be reached", network, true),
  ENETDOWN: fault("StoreUnreachable", "the network is down", network, true),
  ECONNREFUSED: fault("StoreUnreachable", "the server refused the connection", network, true),
  ECONNRESET: fault("StoreUnreachable", "the connection broke", network, true),
  ECONNABORTED: fault("StoreUnreachable", "the connection broke", network, true),
  ENOTCONN: fault("StoreUnreachable", "the mount is not connected", network, true),
  EPIPE: fault("StoreUnreachable", "the connection broke", network, true),
  EMFILE: fault(
    "StoreUnreachable",
    "too many files are open",
    "raise the limit on open files",
    true,
  ),
  ENFILE: fault(
    "StoreUnreachable",
    "too many files are open",
    "raise the limit on open files",
    true,
  ),
  EINTR: fault("StoreUnreachable", "the call was interrupted", "try again", true),
  EAGAIN: fault("StoreUnreachable", "the store is busy", "try again", true),
  ETIMEDOUT: fault("StoreTimeout", "the store did not answer in time", network, true),
  EBUSY: fault("StoreLocked", "the file is in use", "find out who holds it, then try again", true),
  EKEYEXPIRED: fault("StoreAccountProblem", "the logon has expired", "renew it on the mount"),
  EKEYREVOKED: fault("StoreAccountProblem", "the logon was revoked", "renew it on the mount"),
  ELOOP: fault(
    "StoreTampered",
    "a link stands where the store keeps a file or folder",
    "find out who put it there and remove it",
  ),
  ENOTDIR: fault(
    "StoreTampered",
    "a file stands where the store keeps a folder",
    "find out who put it there and remove it",
  ),
  EISDIR: fault(
    "StoreTampered",
    "a folder stands where the store keeps a file",
    "find out who put it there and remove it",
  ),
  ENAMETOOLONG: fault("StoreUnsupported", "the path is too long there", "choose a shorter path"),
  ENOTSUP: fault("StoreUnsupported", "the file system cannot do it", "choose another one"),
  EOPNOTSUPP: fault("StoreUnsupported", "the file system cannot do it", "choose another one"),
  ENOSYS: fault("StoreUnsupported", "the file system cannot do it", "choose another one"),
};

const unknownFault = fault("StoreUnreachable", "the system refused", device);

/** The operating system's code of a failure, such as `ENOSPC`, if it has one. */
export function nativeCodeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** True when the failure has one of the operating system's codes. */
export function hasNativeCode(cause: unknown, ...codes: readonly string[]): boolean {
  const code = nativeCodeOf(cause);
  return code !== undefined && codes.includes(code);
}

/**
 * The failure as a named store error. What has no native code (a named error, the reason of an
 * abort, a bug) comes back as it is.
 */
export function toStoreError(cause: unknown, action: string, target: string): unknown {
  if (cause instanceof AppError) return cause;
  const nativeCode = nativeCodeOf(cause);
  if (nativeCode === undefined) return cause;
  const { code, problem, remedy, retryable } = nativeFaults[nativeCode] ?? unknownFault;
  const message = `Cannot ${action} "${target}": ${problem} (${nativeCode}): ${remedy}`;
  return new AppError(code, message, { cause, target, nativeCode, retryable });
}
