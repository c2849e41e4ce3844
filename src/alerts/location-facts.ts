import type { AlertError } from "./alert.ts";

/** What an evaluation needs to know of a location. Times are ISO 8601 UTC. */
export interface LocationFacts {
  /** Whether store and encryption are set: only then can anything be expected. */
  readonly isConfigured: boolean;
  /** Where it takes copies of another location's backups, instead of making its own. */
  readonly copies?: "internal" | "external";
  /** The first time it was seen configured. */
  readonly configuredAt: string;
  readonly storeText: string;
  readonly hasPreSharedKey: boolean;
  readonly certificates: readonly CertificateFacts[];
  readonly schedule: ScheduleFacts;
  /** Finished or running, newest first. */
  readonly runs: readonly RunFacts[];
  readonly lastVerify: VerifyFacts | undefined;
  /** The last restore, or check of content, with the private key. */
  readonly lastDrill: string | undefined;
  /** Whether one of them was of the present certificates. */
  readonly isKeyProved: boolean;
  readonly lastPrune: { readonly operationId: string; readonly error?: AlertError } | undefined;
  /** The last copy to each other location, where it failed. */
  readonly failedCopies: readonly CopyFacts[];
  readonly store: StoreFacts;
  /** Routes that gave up on a message and have not delivered one since, with what they said. */
  readonly failingRoutes: Readonly<Record<string, AlertError>>;
  readonly targets: AlertTargets;
}

export interface CertificateFacts {
  readonly thumbprint: string;
  readonly notAfter: string;
}

export interface RunFacts {
  readonly backupId: string;
  readonly status:
    "Creating" | "Running" | "Succeeded" | "PartialSucceeded" | "Failed" | "Canceled";
  readonly isAutomatic: boolean;
  readonly isRecoveryReady: boolean;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly error: AlertError | undefined;
  readonly failedRoles: readonly string[];
  readonly plainBytes: number | undefined;
  readonly storedBytes: number | undefined;
}

export interface VerifyFacts {
  readonly operationId: string;
  readonly at: string;
  /** Codes of what was found; empty when all was well. */
  readonly findings: readonly string[];
  /** Why it could not be done. */
  readonly error?: AlertError;
}

export interface ScheduleFacts {
  /** Off, or paused until some time. */
  readonly isPaused: boolean;
  readonly pausedUntil?: string;
  /** Since when a backup has been due that nobody starts. */
  readonly dueSince?: string;
  readonly nextBackupTime: string | null;
  readonly lastSkip?: SkipFacts;
}

/** A scheduled backup that was left out, and what stood in its way. */
export interface SkipFacts {
  readonly tick: string;
  readonly at: string;
  readonly reason: AlertError;
}

export interface CopyFacts {
  readonly operationId: string;
  readonly targetName: string;
  /** To a store on the service's own machine. */
  readonly isInternal: boolean;
  readonly error: AlertError;
}

export interface StoreFacts {
  /** Why it could not be used when it was last tried. */
  readonly error?: AlertError;
  /** How the store showed the newest backup then: `unlisted` where it is there all the same. */
  readonly newest?: { readonly backupId: string; readonly is: "shown" | "unlisted" | "missing" };
  readonly isAlmostFull: boolean;
  /** Free space, what is needed and the like, for people. */
  readonly particulars: Readonly<Record<string, string>>;
}

/** What the administrator expects of a location. */
export interface AlertTargets {
  /** Longest age of the newest recovery-ready backup. */
  readonly recoveryPointHours: number;
  /** Longest time between drills; null where none are expected. */
  readonly drillDays: number | null;
  /** How long before its end a certificate is told of. */
  readonly certificateDays: number;
  /** Change of size from the usual one that is told of; null for never. */
  readonly sizeChangePercent: number | null;
}
