/** What goes into and comes out of the engine's runs: plain data, safe to send between threads as JSON. */

/** Who can open a repository's content. */
export type Recipient =
  /** DER of an X.509 certificate, base64: RSA ≥ 2048 or EC P-256/P-384. */
  | { readonly kind: "certificate"; readonly certificateBase64: string }
  /** The pre-shared key mode of api-version 2016-05-01: any 16 to 1024 bytes, base64. Secret. */
  | { readonly kind: "pre-shared-key"; readonly keyBase64: string };

/** What opens content: given for one restore or verify, held in memory only. Secret. */
export type Opener =
  | {
      readonly kind: "private-key";
      /** PKCS#8 DER, base64 */ readonly privateKeyBase64: string;
      readonly certificateBase64: string;
    }
  | { readonly kind: "pre-shared-key"; readonly keyBase64: string };

/**
 * What the writer of a repository keeps (secret; sealed at rest): enough to deduplicate, list, verify
 * ciphertext and prune, not enough to open content. JSON-serialisable.
 */
export interface RepositoryKeys {
  /** Lower-case GUID. */
  readonly repositoryId: string;
  /** Ed25519, PKCS#8 DER, base64. */
  readonly signingPrivateKey: string;
  /** Ed25519, SPKI DER, base64. */
  readonly signingPublicKey: string;
  /** Newest last; backups are written under the last one. */
  readonly epochs: readonly EpochKeys[];
}

export interface EpochKeys {
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly recipients: readonly RecipientName[];
  /** What each run's data key is wrapped to: the certificates, or the pre-shared key (secret). */
  readonly wrapTo: readonly Recipient[];
  /** 32 bytes each, base64. */
  readonly chunkIdKey: string;
  readonly indexKey: string;
  readonly chunkerSeed: string;
}

/** How a recipient is shown and found: never secret. */
export interface RecipientName {
  readonly kind: "certificate" | "pre-shared-key";
  /** SHA-1 over the DER, 40 upper-case hex digits, as Windows shows it; absent for pre-shared keys. */
  readonly thumbprint?: string;
  /** SHA-256 over the SubjectPublicKeyInfo (certificate) or a keyed check value (pre-shared key), lower-case hex. */
  readonly keyId: string;
  readonly subject?: string;
  readonly notAfter?: string;
}

export type RoleStatus = "Succeeded" | "PartialSucceeded" | "Failed" | "Skipped";

export interface RoleResult {
  readonly name: string;
  readonly status: RoleStatus;
  readonly required: boolean;
  /** Needed to rebuild the site: the backup is recovery-ready only if every such role succeeded. */
  readonly essential: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly files: number;
  readonly directories: number;
  readonly otherEntries: number;
  /** Bytes of all file contents. */
  readonly plainBytes: number;
  /** Bytes of content not stored before. */
  readonly newBytes: number;
  readonly warnings: number;
  /** The first few, with names redacted to their last path segment's length where policy asks; codes and counts otherwise. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** The part of a manifest anyone may read, plus what its checks said. */
export interface BackupRecord {
  readonly backupId: string;
  readonly repositoryId: string;
  readonly epochId: string;
  readonly sequence: number;
  readonly status: "Succeeded" | "PartialSucceeded" | "Failed";
  readonly createdAt: string;
  readonly endedAt: string;
  readonly isAutomatic: boolean;
  readonly isCloudRecoveryReady: boolean;
  readonly deployment: DeploymentInfo;
  readonly recipients: readonly RecipientName[];
  readonly roles: readonly RoleResult[];
  readonly plainBytes: number;
  readonly newBytes: number;
  /** Bytes this run added to the store. */
  readonly storedBytes: number;
  /** SHA-256 over the manifest file, lower-case hex; the next manifest names it. */
  readonly manifestHash: string;
  /** `trusted`: signed by the expected key; `untrusted`: signed by another; `invalid`: does not verify. */
  readonly signature: "trusted" | "untrusted" | "invalid";
}

export interface DeploymentInfo {
  /** GUID. */
  readonly deploymentId: string;
  readonly region: string;
  readonly stampVersion: string | null;
  readonly oemVersion: string | null;
}

/** How far a run is; numbers never fall within a phase. */
export interface Progress {
  readonly phase:
    | "preparing"
    | "scanning"
    | "copying"
    | "committing"
    | "checking"
    | "restoring"
    | "verifying"
    | "finishing";
  readonly role?: string;
  readonly filesDone: number;
  readonly bytesDone: number;
  /** 0 while unknown. */
  readonly bytesTotal: number;
  /** Bytes written to or read from the store. */
  readonly storedBytes: number;
  /** Of a backup, in the order they are copied. */
  readonly roles?: readonly RoleProgress[];
}

/** How far one role of a backup is. */
export interface RoleProgress {
  readonly name: string;
  readonly status: "Waiting" | "Copying" | RoleResult["status"];
  readonly filesDone: number;
  readonly bytesDone: number;
  /** As the newest backup had them; absent where it did not have the role. */
  readonly filesTotal?: number;
  readonly bytesTotal?: number;
}

/** The newest manifest a writer remembers: a store that shows less was rolled back. */
export interface LedgerHead {
  readonly sequence: number;
  readonly backupId: string;
  readonly manifestHash: string;
}

/** What a look at a store without any secret compares it with. */
export interface RememberedRepository {
  readonly repositoryId: string;
  readonly signingPublicKey: string;
  readonly ledgerHead: LedgerHead;
}

/**
 * How a store shows the newest backup that is remembered: `unlisted` where it is there and no listing names it,
 * `missing` where it is not, though nobody has signed that it was removed.
 */
export type NewestBackup = "shown" | "unlisted" | "missing";

/** Who may write to a repository, as its store shows it. */
export type LeaseLook =
  | { readonly kind: "free" }
  | {
      /** `stale`: its writer died without giving it up; the next one takes it over. */
      readonly kind: "held" | "stale";
      /** Empty where nobody can read who it was. */
      readonly installationId: string;
      /** Milliseconds since 1970. */
      readonly validUntil: number;
    };

/** What a look at a repository without any secret shows. */
export interface RepositoryLook {
  readonly lease: LeaseLook;
  /** Absent where nothing is remembered. */
  readonly newest?: NewestBackup;
}

export interface VerifyFinding {
  readonly code: string;
  readonly object: string;
  readonly message: string;
  /** Backups that cannot be restored whole because of it. */
  readonly backups: readonly string[];
}

/** Part `part` (from 1) of `of` parts of the packs: that many runs read each of them once. */
export interface VerifySubset {
  readonly part: number;
  readonly of: number;
}

/** Backups that `content` could not open: the key given is of another certificate. */
export interface UnopenedBackups {
  readonly epochId: string;
  /** Whose keys open them. */
  readonly recipients: readonly RecipientName[];
  /** Ids. */
  readonly backups: readonly string[];
}

export interface VerifyReport {
  readonly depth: VerifyDepth;
  /** Absent when all packs were read. */
  readonly subset?: VerifySubset;
  readonly backups: number;
  readonly objects: number;
  readonly bytes: number;
  readonly findings: readonly VerifyFinding[];
  /** By epoch; their stored bytes were checked as without a key. Absent when the key opened all. */
  readonly unopened?: readonly UnopenedBackups[];
  readonly durationMilliseconds: number;
}

/** What a copy of backups into another store did. */
export interface CopyReport {
  readonly repositoryId: string;
  /** Ids of backups that are in the target now and were not before. */
  readonly copied: readonly string[];
  /** Ids of backups that were there already. */
  readonly present: readonly string[];
  /** Written by this run. */
  readonly objects: number;
  readonly bytes: number;
}

/** A copy, and what a check of it found then. */
export interface CopyOutcome {
  readonly report: CopyReport;
  readonly verification: VerifyReport;
}

/** How far a copy is; `bytesTotal` is what the target lacked at its beginning, or what was copied if that is more. */
export interface CopyProgress {
  readonly backupsDone: number;
  readonly backupsTotal: number;
  readonly objects: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** What a prune did, or would do. */
export interface PruneReport {
  readonly isDryRun: boolean;
  /** Ids. */
  readonly removedBackups: readonly string[];
  /** Names of objects that are deleted, or marked to be deleted a grace later. */
  readonly objects: readonly string[];
  readonly bytesFreedNow: number;
  readonly bytesFreedLater: number;
}

/** `structure`: signatures, ledger, presence and sizes; `ciphertext`: also every stored byte's hash, without any key; `content`: also decrypt and re-hash. */
export type VerifyDepth = "structure" | "ciphertext" | "content";

export interface RestoreSummary {
  readonly backupId: string;
  readonly roles: readonly {
    readonly name: string;
    readonly files: number;
    readonly bytes: number;
    readonly warnings: number;
  }[];
  readonly files: number;
  readonly bytes: number;
  readonly warnings: readonly {
    readonly path: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly durationMilliseconds: number;
}
