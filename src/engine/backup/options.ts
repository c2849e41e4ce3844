import type { Logger } from "../../base/log.ts";
import type { DeploymentInfo, LedgerHead, Progress, RepositoryKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import type { EngineHost } from "../repository.ts";
import type { Source, SourceHost, SourceWarning } from "../source.ts";

export interface BackupOptions extends EngineHost {
  readonly store: ObjectStore;
  readonly keys: RepositoryKeys;
  /** Lower-case GUID; repeating an interrupted run under the same id continues it. */
  readonly backupId: string;
  readonly isAutomatic: boolean;
  readonly deployment: DeploymentInfo;
  readonly roles: readonly BackupRole[];
  /** The newest backup the caller remembers; undefined trusts what the store shows. */
  readonly ledgerHead?: LedgerHead | undefined;
  /** Which installation writes, and its job's fence. */
  readonly installationId: string;
  readonly fence: number;
  /** Folder of the local cache (mode 0700); absent reads every file every time. */
  readonly cacheDirectory?: string | undefined;
  /** Folder for online copies of databases; removed files only. */
  readonly scratchDirectory: string;
  /** Distrust the cache: read every file. */
  readonly rescan?: boolean;
  /**
   * Packs of which the newest backup needs less than this share are not relied on: what is needed of them is stored
   * again, and they go with the backups that name them. Default 0.5; 0 relies on all. Needs the cache.
   */
  readonly avoidBelow?: number;
  /** Threads; default 2. */
  readonly workers?: number;
  /** zstd level; default 1. */
  readonly compressionLevel?: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (role: string, warning: SourceWarning) => void;
  /** Called at each of `backupSteps`; tests stop the process there. */
  readonly failpoint?: (step: BackupStep) => void | Promise<void>;
}

/** What to back up, as the engine sees it. */
export interface BackupRole {
  readonly name: string;
  /** Roles of one wave are made ready together, before any of them is copied; waves follow each other. */
  readonly wave: number;
  readonly required: boolean;
  readonly essential: boolean;
  /** An empty role is a failure unless this says otherwise. */
  readonly allowEmpty?: boolean;
  /** Making it ready only looks: it may begin before the run has its lease. */
  readonly onlyLooks?: boolean;
  open(host: SourceHost): Source;
}

/** Named moments of a backup at which a crash must harm nothing, in their order. */
export const backupSteps = [
  "backup.leased",
  "backup.index-loaded",
  "backup.roles-prepared",
  "backup.key-stored",
  "backup.pack-stored",
  "backup.roles-copied",
  "backup.packs-stored",
  "backup.index-stored",
  "backup.refs-stored",
  "backup.before-manifest",
  "backup.manifest-stored",
  "backup.checked",
] as const;

export type BackupStep = (typeof backupSteps)[number];
