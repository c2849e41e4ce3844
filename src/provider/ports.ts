import type {
  BackupRecord,
  DeploymentInfo,
  LedgerHead,
  Opener,
  Progress,
  Recipient,
  RepositoryKeys,
  RestoreSummary,
  VerifyDepth,
  VerifyReport,
} from "../engine/model.ts";

/** How to reach a store: plain data, secrets opened only for the run that needs them. */
export type StoreSpec = { readonly kind: "local"; readonly path: string };

/** The engine as the provider sees it: every call runs away from the service's event loop. */
export interface BackupEngine {
  /** Reachable, writable, atomic publish works; throws a store error with a remedy otherwise. */
  probeStore(store: StoreSpec): Promise<{ readonly freeBytes?: number; readonly totalBytes?: number }>;
  /**
   * Makes sure a repository is there and its newest epoch has exactly these recipients: creates the
   * repository when the store has none, starts an epoch when the recipients changed. With `keys` absent and
   * a repository present it throws `RepositoryExists` (somebody else's, or our state was lost).
   */
  prepareRepository(store: StoreSpec, keys: RepositoryKeys | undefined, recipients: readonly Recipient[], deployment: DeploymentInfo): Promise<RepositoryKeys>;
  /** Runs to the end of a verified manifest. Resumes what an interrupted run of the same id left in the store. */
  runBackup(run: BackupRun, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<BackupRecord>;
  listBackups(store: StoreSpec, signingPublicKey: string | undefined): Promise<readonly BackupRecord[]>;
  verify(store: StoreSpec, keys: RepositoryKeys | undefined, depth: VerifyDepth, opener: Opener | undefined, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<VerifyReport>;
  restore(run: RestoreRun, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<RestoreSummary>;
}

export interface BackupRun {
  readonly store: StoreSpec;
  readonly keys: RepositoryKeys;
  readonly backupId: string;
  readonly isAutomatic: boolean;
  readonly deployment: DeploymentInfo;
  readonly ledgerHead: LedgerHead | undefined;
  /** The job's fence: a run that lost its lease cannot publish. */
  readonly fence: number;
}

export interface RestoreRun {
  readonly store: StoreSpec;
  readonly backupId: string;
  readonly signingPublicKey: string | undefined;
  readonly opener: Opener;
  /** Absolute folder; each role goes into a folder of its name below it. */
  readonly targetPath: string;
  /** Without it a non-empty target is refused with `RestoreTargetNotEmpty`. */
  readonly overwrite: boolean;
  /** Empty means all. */
  readonly roles: readonly string[];
}
