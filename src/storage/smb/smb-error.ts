import { statusNames } from "./status.ts";

/**
 * What went wrong, for a caller to act on:
 * - `refused`: the server answered with an error, see `status`;
 * - `unreachable`: no connection, or it broke; `timeout`: it is silent;
 * - `tampered`: a message was changed, forged or is nonsense; the connection is given up;
 * - `unsupported`: the server lacks what we insist on (dialect, signing, NTLMv2, a real session);
 * - `unencrypted`: the server does not offer encryption and the caller requires it.
 */
export type SmbFault =
  "refused" | "unreachable" | "timeout" | "tampered" | "unsupported" | "unencrypted";

export interface SmbErrorOptions {
  readonly cause?: unknown;
  /** NTSTATUS of the server's answer. */
  readonly status?: number;
  /** Code of the operating system, e.g. `ECONNREFUSED`. */
  readonly systemCode?: string;
}

/** The one error of this folder. Its message holds no secret. */
export class SmbError extends Error {
  readonly fault: SmbFault;
  readonly status: number | undefined;
  readonly systemCode: string | undefined;

  constructor(fault: SmbFault, message: string, options: SmbErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SmbError";
    this.fault = fault;
    this.status = options.status;
    this.systemCode = options.systemCode;
  }

  /** `STATUS_DISK_FULL`, `ECONNREFUSED`, …: the native code, if there is one. */
  get nativeCode(): string | undefined {
    return this.status === undefined ? this.systemCode : statusName(this.status);
  }
}

/** True for the refusal of a request with one of the given statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is SmbError {
  if (!(error instanceof SmbError) || error.status === undefined) return false;
  return error.fault === "refused" && (statuses.length === 0 || statuses.includes(error.status));
}

/** The error of a request that the server refused. */
export function refusal(action: string, code: number): SmbError {
  return new SmbError("refused", `The server refused to ${action}: ${statusName(code)}`, {
    status: code,
  });
}

/** The error of a message that cannot be what an honest server sent. */
export function nonsense(what: string): SmbError {
  return new SmbError("tampered", `The server sent nonsense: ${what}`);
}

/** Microsoft's name of a status, or its number. */
function statusName(code: number): string {
  return statusNames.get(code) ?? `NTSTATUS 0x${code.toString(16).padStart(8, "0").toUpperCase()}`;
}
