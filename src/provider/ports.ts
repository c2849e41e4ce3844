import type {
  BackupRecord,
  CopyOutcome,
  DeploymentInfo,
  LedgerHead,
  NewestBackup,
  Opener,
  Progress,
  PruneReport,
  Recipient,
  RememberedRepository,
  RepositoryKeys,
  RestoreSummary,
  VerifyDepth,
  VerifyReport,
  VerifySubset,
} from "../engine/model.ts";
import type { RetentionPolicy } from "../engine/retention-policy.ts";
import type { StoreCheck } from "../storage/store-check.ts";
import type { StoreSpec } from "../storage/store-spec.ts";

/** The engine as the provider sees it: every call runs away from the service's event loop. */
export interface BackupEngine {
  /**
   * Tries out everything a backup needs of a store; a step that fails is a part of the answer. Given what is remembered
   * of the repository, it also looks at its newest backup and its lease.
   */
  testStore(store: StoreSpec, remembered?: RememberedRepository): Promise<StoreCheck>;
  /** The same, but the first step that fails is thrown, with its code and remedy. */
  probeStore(
    store: StoreSpec,
  ): Promise<{ readonly freeBytes?: number; readonly totalBytes?: number }>;
  /**
   * A light look between backups: that the store answers and, unless `mayWrite` is false, takes an object and lets it
   * be removed. Throws what a backup would meet; makes nothing where nothing is. Given what is remembered of the
   * repository, it also tells whether the newest backup is still shown.
   */
  lookAtStore(
    store: StoreSpec,
    mayWrite: boolean,
    remembered?: RememberedRepository,
  ): Promise<StoreLook>;
  /**
   * Fresh keys of a repository that does not exist yet, without an epoch. They are stored (sealed) BEFORE
   * `prepareRepository` writes to the store: a crash between the two must not leave a repository nobody can write.
   */
  newRepositoryKeys(): Promise<RepositoryKeys>;
  /**
   * Makes sure a repository is there and its newest epoch has exactly these recipients: creates the
   * repository when the store has none, starts an epoch when the recipients changed; returns the keys with
   * the epoch. Throws `RepositoryExists` when the store holds a repository with other keys.
   */
  prepareRepository(
    store: StoreSpec,
    keys: RepositoryKeys,
    recipients: readonly Recipient[],
    deployment: DeploymentInfo,
  ): Promise<RepositoryKeys>;
  /** Runs to the end of a verified manifest. Resumes what an interrupted run of the same id left in the store. */
  runBackup(
    run: BackupRun,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<BackupRecord>;
  listBackups(
    store: StoreSpec,
    signingPublicKey: string | undefined,
  ): Promise<readonly BackupRecord[]>;
  verify(
    run: VerifyRun,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<VerifyReport>;
  /** Plans and carries out, under the store's own lease; `StoreLocked` while another installation writes. */
  prune(
    run: PruneRun,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<PruneReport>;
  /** Copies backups unopened into another store, each object read back, and checks what lies there then. */
  copy(
    run: CopyRun,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<CopyOutcome>;
  restore(
    run: RestoreRun,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<RestoreSummary>;
}

export interface StoreLook {
  /** The store refuses removal: an object of the look lies there now. */
  readonly leavesObject: boolean;
  /** Absent where nothing is remembered. */
  readonly newest?: NewestBackup;
}

export interface BackupRun {
  readonly store: StoreSpec;
  readonly keys: RepositoryKeys;
  readonly backupId: string;
  readonly isAutomatic: boolean;
  readonly deployment: DeploymentInfo;
  readonly ledgerHead: LedgerHead | undefined;
  /** Read every file, also those that look unchanged. */
  readonly rescan: boolean;
  /** What it will add to the store: refused with `StoreTooSmall` where that does not fit; undefined tries. */
  readonly expectedBytes: number | undefined;
  /** The job's fence: a run that lost its lease cannot publish. */
  readonly fence: number;
}

export interface VerifyRun {
  readonly store: StoreSpec;
  readonly keys: RepositoryKeys;
  readonly depth: VerifyDepth;
  /** Needed where content is opened. */
  readonly opener: Opener | undefined;
  /** The newest backup this service remembers: a store that does not show it was rolled back. */
  readonly ledgerHead: LedgerHead | undefined;
  /** Only this part of the packs is read; undefined reads all. */
  readonly subset: VerifySubset | undefined;
}

export interface PruneRun {
  readonly store: StoreSpec;
  readonly keys: RepositoryKeys;
  readonly ledgerHead: LedgerHead | undefined;
  /** Changes nothing. */
  readonly isDryRun: boolean;
  /** Backups that it does not keep go; undefined keeps all. */
  readonly policy: RetentionPolicy | undefined;
  /** Backups that go besides, by their ids. */
  readonly remove: readonly string[];
  /**
   * Asked before the first of these backups is marked, with their ids: answers those that may still go. What it throws
   * ends the run, with nothing of them marked.
   */
  readonly confirm: (backupIds: readonly string[]) => Promise<readonly string[]>;
}

export interface CopyRun {
  readonly store: StoreSpec;
  readonly to: StoreSpec;
  readonly signingPublicKey: string;
  /** Undefined: all that are signed. */
  readonly backupIds: readonly string[] | undefined;
  /** How deep the copy is checked in the end. */
  readonly depth: Exclude<VerifyDepth, "content">;
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

/** An administrator's path, strictly read; `storage/path.ts` makes it. */
export type StorePath =
  | { readonly kind: "local"; readonly path: string }
  | {
      readonly kind: "smb";
      readonly server: string;
      readonly share: string;
      readonly folders: readonly string[];
    };

/** Reads addresses of stores strictly, and says which hosts are allowed; touches nothing. `storage/` does the work. */
export interface StoreAddresses {
  /** Throws `InvalidBackupPath`, as all that follow. */
  parseContainerUrl(text: string): { readonly containerUrl: string; readonly prefix: string };
  parseEndpoint(text: string): string;
  parsePrefix(text: string): string;
  parseHostName(text: string): string;
  parseSftpPath(text: string): string;
  /** Throws `InvalidArgument`. */
  parseHostKey(text: string): string;
  /** Throws `StoreHostNotAllowed`. */
  checkHost(host: string, port: number): void;
  /** The same for the host of an address. */
  checkUrl(url: string): void;
  /** The port of a share: the given one, else what the list of allowed hosts says, else 445. */
  smbPort(server: string, port: number | null): number;
}

/** Certificates, .pfx files and secrets at rest, as the provider needs them; `identity/` does the work. */
export interface IdentityPort {
  /** The certificate if backups may be encrypted to it now; throws `InvalidCertificate`, `CertificateExpired`, … */
  readCertificate(certificateBase64: string, now: number): AcceptedCertificate;
  /** The key in a .pfx; throws `InvalidPfx` or `WrongPfxPassword`. */
  openPfx(pfxBase64: string, password: string): PrivateKeyOpener | Promise<PrivateKeyOpener>;
  /** SHA-1 over the certificate's DER, 40 upper-case hex digits. */
  readThumbprint(certificateBase64: string): string;
  /** Ciphertext of a text, bound to the label. */
  seal(text: string, label: string): string;
  /** The text again; throws `SecretUnavailable` when the key or the label is another. */
  unseal(sealed: string, label: string): string;
}

export interface AcceptedCertificate {
  readonly certificateBase64: string;
  readonly thumbprint: string;
  readonly keyId: string;
  readonly subject: string;
  readonly notAfter: string;
}

export type PrivateKeyOpener = Extract<Opener, { kind: "private-key" }>;

/** A named place where a test may stop the process or let a step fail; does nothing otherwise. */
export type FailpointHook = (name: FailpointName) => Promise<void> | void;

/** Every place a failpoint is called, in the order a location lives through them. */
export const failpointNames = [
  "put.before-commit",
  "put.after-commit",
  "configure.before-prepare",
  "configure.after-prepare",
  "configure.before-finish",
  "create-backup.before-commit",
  "create-backup.after-commit",
  "backup.before-run",
  "backup.during-run",
  "backup.after-run",
  "backup.before-finish",
  "restore.before-commit",
  "restore.after-commit",
  "restore.before-run",
  "restore.during-run",
  "restore.before-finish",
  "verify.before-commit",
  "verify.after-commit",
  "verify.before-run",
  "verify.before-finish",
  "prune.before-commit",
  "prune.after-commit",
  "prune.before-run",
  "prune.before-finish",
  "copy.before-commit",
  "copy.after-commit",
  "copy.before-run",
  "copy.before-finish",
  "delete.before-commit",
  "delete.after-commit",
  "delete.before-finish",
] as const;

export type FailpointName = (typeof failpointNames)[number];
