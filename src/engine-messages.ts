import type { ProcessPriority } from "./base/background-process.ts";
import type { LogFields } from "./base/log.ts";
import type { ThreadFailure } from "./base/thread-failure.ts";
import type {
  BackupRecord,
  CopyOutcome,
  Progress,
  PruneReport,
  RestoreSummary,
  VerifyReport,
} from "./engine/model.ts";
import type { BackupRun, CopyRun, PruneRun, RestoreRun, VerifyRun } from "./provider/ports.ts";
import type { StoreOperation } from "./storage/observed-store.ts";

/** What one run of the engine is to do: a run of the provider's port, with what only the engine wants to know. */
export type EngineCall =
  | (Omit<BackupRun, "fence"> & Owned & { readonly kind: "backup"; readonly roles: unknown })
  | (Omit<VerifyRun, "keys"> & { readonly kind: "verify"; readonly expectedPublicKey: Key })
  | (Omit<PruneRun, "confirm"> & Owned & { readonly kind: "prune" })
  | (Omit<CopyRun, Signer> & Owned & { readonly kind: "copy"; readonly expectedPublicKey: string })
  | (Omit<RestoreRun, Signer> & { readonly kind: "restore"; readonly expectedPublicKey: Key });

type Signer = "signingPublicKey";
type Key = string | undefined;

interface Owned {
  readonly installationId: string;
}

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
