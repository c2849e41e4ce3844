import type { ErrorCode } from "../base/errors.ts";
import type { NewestBackup } from "../engine/model.ts";

/** How a try-out of a store went, step by step. Holds no secret. */
export interface StoreCheck {
  /** No step failed. */
  readonly isUsable: boolean;
  readonly steps: readonly StoreCheckStep[];
  readonly freeBytes?: number;
  readonly totalBytes?: number;
  /** Whether the newest backup is shown, where one is remembered. */
  readonly newest?: NewestBackup;
}

export interface StoreCheckStep {
  readonly name: StoreStepName;
  readonly status: "Passed" | "Warning" | "Failed" | "Skipped";
  /** What was seen and, where something is wrong, what to do. */
  readonly message: string;
  /** Of a failed step, or of a warning that has one. */
  readonly code?: ErrorCode;
  /** The system's own words. */
  readonly nativeCode?: string;
}

export type StoreStepName =
  | "reach"
  | "signIn"
  | "encryption"
  | "write"
  | "readBack"
  | "list"
  | "conditionalCreate"
  | "delete"
  | "freeSpace"
  | "clockSkew"
  | "newestBackup"
  | "lease";
