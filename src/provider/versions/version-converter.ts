import type { VerifyReport } from "../../engine/model.ts";
import type { CopyResult } from "../jobs/jobs-copy.ts";
import type { PruneResult } from "../jobs/jobs-prune.ts";
import type { StoreCheck } from "../../storage/store-check.ts";
import type { RetentionView } from "../records/location-retention.ts";
import type { LocationChange } from "../rules/location-change.ts";
import type { Backup, LocationView } from "../model.ts";

/**
 * One api-version's wire forms: the only place that knows them. Reading never judges (rules live in
 * `location-rules.ts`), rendering never sees a secret.
 */
export interface VersionConverter {
  /** Whether it follows ARM of today rather than a recording. */
  readonly isModern: boolean;
  readonly apiVersion: string;
  renderLocation(view: LocationView, form: RenderForm): unknown;
  /** The change a PUT body means. */
  readPut(body: unknown): LocationChange;
  /** The change a PATCH body means; undefined where the version has no PATCH. */
  readonly readPatch?: (body: unknown) => LocationChange;
  renderBackup(backup: Backup, form: RenderForm): unknown;
  /** What createBackup's operation shows when it has ended: more than the backup itself in published versions. */
  renderBackupResult(backup: Backup, form: RenderForm): unknown;
  /** Whether every file is to be read again; where createBackup has a body. */
  readonly readCreateBackup?: (body: unknown) => boolean;
  readRestore(body: unknown): RestoreRequest;
  /** What a finished restore shows; `undefined` is an empty answer. */
  renderRestoreResult(result: unknown): unknown;
  /** Where the version has prune. */
  readonly renderPruneResult?: (result: PruneResult, form: RenderForm) => unknown;
  /** Where the version has copy. */
  readonly renderCopyResult?: (result: CopyResult) => unknown;
  /** Where the version has verify. */
  readonly renderVerifyResult?: (report: VerifyReport) => unknown;
  /** Where the version has testStore. */
  readonly renderStoreCheck?: (check: StoreCheck) => unknown;
}

export interface RenderForm {
  /** The resource group as this answer spells it. */
  readonly groupName: string;
  /** The location of a backup, as it was written last; absent: as it was written when the backup began. */
  readonly locationName?: string;
  readonly now: number;
  /** Absent where an answer tells nothing of it: in published versions, and in what older programs left. */
  readonly retention?: RetentionView;
}

export interface RestoreRequest {
  /** Base64 of a .pfx. Secret. */
  readonly pfxBase64: string | undefined;
  /** Secret. */
  readonly pfxPassword: string | undefined;
  /** Empty means all. */
  readonly roles: readonly string[];
  readonly targetPath: string | undefined;
  readonly overwrite: boolean;
}
