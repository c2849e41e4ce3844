import { AppError } from "../../base/errors.ts";
import type { ErrorCode } from "../../base/errors.ts";
import { toStoreError } from "../store-errors.ts";

/** Status codes of SFTP version 3. */
export const sftpStatus = {
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const;

interface StatusMeaning {
  readonly name: string;
  readonly code: ErrorCode;
  readonly problem: string;
  readonly retryable?: true;
}

const meanings: Readonly<Record<number, StatusMeaning>> = {
  [sftpStatus.noSuchFile]: {
    name: "SSH_FX_NO_SUCH_FILE",
    code: "StoreUnreachable",
    problem: "the folder of the store is gone: mount or restore it on the server",
    retryable: true,
  },
  [sftpStatus.permissionDenied]: {
    name: "SSH_FX_PERMISSION_DENIED",
    code: "StoreAuthRefused",
    problem: "access is denied: give the account read and write rights there",
  },
  [sftpStatus.failure]: {
    name: "SSH_FX_FAILURE",
    code: "StoreUnreachable",
    problem:
      "the server says only that it failed: look at its log, at its disk and at the quota of the account",
    retryable: true,
  },
  [sftpStatus.unsupported]: {
    name: "SSH_FX_OP_UNSUPPORTED",
    code: "StoreUnsupported",
    problem: "the server cannot do it: choose another one",
  },
};

/** The status that an SFTP server answered, if the failure is one. */
export function statusOf(error: unknown): number | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "number" ? code : undefined;
}

/** True when the server answered one of these. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const status = statusOf(error);
  return status !== undefined && statuses.includes(status);
}

/** The failure as a named store error; what has no status (a named error, the reason of an abort) as it is. */
export function toSftpError(cause: unknown, action: string, target: string): unknown {
  const status = statusOf(cause);
  if (cause instanceof AppError || status === undefined) {
    return toStoreError(cause, action, target);
  }
  const meaning = meanings[status] ?? meanings[sftpStatus.failure];
  const { name, code, problem, retryable = false } = meaning ?? brokenMeaning;
  const nativeCode = meanings[status] === undefined ? `SSH_FX_${status}` : name;
  return new AppError(code, `Cannot ${action} "${target}": ${problem} (${nativeCode})`, {
    cause,
    target,
    nativeCode,
    retryable,
  });
}

const brokenMeaning: StatusMeaning = {
  name: "SSH_FX_FAILURE",
  code: "StoreUnreachable",
  problem: "the server failed",
};
