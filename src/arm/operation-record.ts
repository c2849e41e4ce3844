import type { Soon } from "../base/soon.ts";

/** A long-running operation as it is stored: written with its resource and job in one commit. */
export interface OperationRecord {
  /** Lower-case GUID. For createBackup it is also the id of the new backup. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** Name of the backup location it hangs under. */
  readonly locationName: string;
  /** `routeKey` of the request that started it; decides how its polls are answered. */
  readonly route: string;
  readonly apiVersion: string;
  readonly state: OperationState;
  /** ISO 8601 UTC. */
  readonly startTime: string;
  /** Set when the state is terminal. */
  readonly endTime?: string;
  /** 0–100, never falling. */
  readonly percentComplete?: number;
  /** What is going on, for people: `Uploading 3.1 of 4.0 GiB`. */
  readonly progress?: string;
  /** What the provider tells besides while it runs: members of the status document. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** ARM id of the resource it works on. */
  readonly resourceId: string;
  /** Version-independent snapshot of the outcome; the provider renders it. Never holds a secret. */
  readonly result?: unknown;
  readonly error?: OperationError;
  /** Whose it is: a caller of another tenant gets 404. */
  readonly tenantId?: string;
  /** The tenant of the resource, where the front door says so. */
  readonly homeTenantId?: string;
  /** Of the request that started it: what is done for it belongs to the same trace. */
  readonly traceParent?: string;
  readonly correlationId: string;
  readonly clientRequestId?: string;
}

/** Reads one operation as it is now; undefined when it is unknown or over. */
export type OperationReader = () => Soon<OperationRecord | undefined>;

export type OperationState = "Accepted" | "Running" | "Succeeded" | "Failed" | "Canceled";

export interface OperationError {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly OperationError[];
  readonly additionalInfo?: readonly { readonly type: string; readonly info: unknown }[];
}

export function isTerminal(state: OperationState): boolean {
  return state === "Succeeded" || state === "Failed" || state === "Canceled";
}
