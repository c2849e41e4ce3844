import type { ProcessPriority } from "./base/background-process.ts";
import type { LogFields } from "./base/log.ts";
import type { ThreadFailure } from "./base/thread-failure.ts";
import type {
  BackupRecord,
  CopyOutcome,
  DeploymentInfo,
  LedgerHead,
  Opener,
  Progress,
  PruneReport,
  RepositoryKeys,
  RestoreSummary,
  VerifyDepth,
  VerifyReport,
  VerifySubset,
} from "./engine/model.ts";
import type { RetentionPolicy } from "./engine/retention-policy.ts";
import type { StoreOperation } from "./storage/observed-store.ts";
import type { StoreSpec } from "./storage/store-spec.ts";

/** What one run of the engine is to do. */
export type EngineCall =
  | {
      readonly kind: "backup";
      readonly store: StoreSpec;
      readonly keys: RepositoryKeys;
      readonly backupId: string;
      readonly isAutomatic: boolean;
      readonly deployment: DeploymentInfo;
      readonly ledgerHead: LedgerHead | undefined;
      /** Distrust the cache: read every file. */
      readonly rescan: boolean;
      /** Refused where it does not fit; undefined tries. */
      readonly expectedBytes: number | undefined;
      readonly installationId: string;
      readonly roles: unknown;
    }
  | {
      readonly kind: "verify";
      readonly store: StoreSpec;
      readonly expectedPublicKey: string | undefined;
      readonly depth: VerifyDepth;
      readonly opener: Opener | undefined;
      readonly ledgerHead: LedgerHead | undefined;
      readonly subset: VerifySubset | undefined;
    }
  | {
      readonly kind: "prune";
      readonly store: StoreSpec;
      readonly keys: RepositoryKeys;
      readonly ledgerHead: LedgerHead | undefined;
      readonly isDryRun: boolean;
      readonly policy: RetentionPolicy | undefined;
      readonly remove: readonly string[];
      readonly installationId: string;
    }
  | {
      readonly kind: "copy";
      readonly store: StoreSpec;
      readonly to: StoreSpec;
      readonly expectedPublicKey: string;
      readonly backupIds: readonly string[] | undefined;
      readonly depth: Exclude<VerifyDepth, "content">;
      readonly installationId: string;
    }
  | {
      readonly kind: "restore";
      readonly store: StoreSpec;
      readonly backupId: string;
      readonly expectedPublicKey: string | undefined;
      readonly opener: Opener;
      readonly targetPath: string;
      readonly overwrite: boolean;
      readonly roles: readonly string[];
    };

export interface EngineSetup {
  readonly call: EngineCall;
  readonly workers: number;
  readonly priority: ProcessPriority;
  readonly cacheDirectory: string;
  readonly scratchDirectory: string;
  readonly allowedHosts: readonly string[] | undefined;
  readonly authorities: string | undefined;
  readonly failpoint: string | undefined;
}

export type EngineOutcome =
  BackupRecord | VerifyReport | PruneReport | CopyOutcome | RestoreSummary;

export type FromEngine =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "store-operations"; readonly operations: readonly StoreOperation[] }
  | {
      readonly kind: "log";
      readonly level: "error" | "warn" | "info" | "debug";
      readonly message: string;
      readonly fields: LogFields;
    }
  | { readonly kind: "done"; readonly outcome: EngineOutcome }
  /** A prune asks which of these backups may still go, and waits. */
  | { readonly kind: "confirm"; readonly backupIds: readonly string[] }
  | ThreadFailure<"failed">;

export type ToEngine =
  | { readonly kind: "cancel" }
  | { readonly kind: "confirmed"; readonly backupIds: readonly string[] }
  | ThreadFailure<"refused">;
