import { toAppError } from "../../base/errors.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/** What a look at everything needs; the state alone is read, so that it also works beside a service that is dead. */
export type DiagnosisDeps = Pick<
  ProviderDeps,
  "store" | "clock" | "identity" | "addresses" | "freeSpace"
>;

/** One thing that was looked at, and what to do about it. Holds no secret. */
export interface Check {
  /** Stable, for programs: for a location the family of its alerts. */
  readonly name: string;
  /** The location it is about; absent for the service itself. */
  readonly resourceId?: string;
  readonly status: CheckStatus;
  /** The alert or error behind it. */
  readonly code?: string;
  readonly message: string;
  readonly remediation: readonly string[];
  /** The command that shows whether the cause is gone. */
  readonly probe?: string;
}

export type CheckStatus = "Passed" | "Warning" | "Failed";

export function passed(name: string, message: string): Check {
  return { name, status: "Passed", message, remediation: [] };
}

export function troubled(
  name: string,
  status: "Warning" | "Failed",
  message: string,
  ...remediation: readonly string[]
): Check {
  return { name, status, message, remediation };
}

/** What the work says; an error of ours becomes the check, for its message tells what to do. */
export async function checkOf(name: string, work: () => Promise<Check> | Check): Promise<Check> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = toAppError(error);
    return { ...troubled(name, "Failed", message), code };
  }
}

/** The worst of all. */
export function worstOf(checks: readonly Pick<Check, "status">[]): CheckStatus {
  const has = (status: CheckStatus): boolean => checks.some((check) => check.status === status);
  return has("Failed") ? "Failed" : has("Warning") ? "Warning" : "Passed";
}

/** Roughly, for people. */
export function spanOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
