import type { ObjectReference } from "../format/refs.ts";
import type { Opener, LedgerHead } from "../model.ts";

/** What is asked of a prune. */
export interface PruneRequest {
  /** Ids of the backups to remove, as `planRetention` or a person chose them. */
  readonly remove: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long objects stay after they were marked; default a day. */
  readonly graceMilliseconds?: number;
  /** Good backups that stay, whatever is asked; default and least 1. */
  readonly floor?: number;
  /** The newest backup the caller remembers: a store that does not show it is not pruned. */
  readonly ledgerHead?: LedgerHead | undefined;
  /** Packs with less live content than this share are reported; default 0.5. Needs the opener. */
  readonly repackBelow?: number;
  /** What opens content: without it nobody can tell which chunks of a pack are live. */
  readonly opener?: Opener | undefined;
}

/** What a prune would do: plain data, to be shown first. Nothing that is not in it is touched. */
export interface PrunePlan {
  readonly repositoryId: string;
  readonly request: Omit<PruneRequest, "opener">;
  readonly removeBackups: readonly PlannedRemoval[];
  /** Backups that stay. */
  readonly keptBackups: number;
  /** Manifests that an interrupted prune has marked and not removed. */
  readonly leftManifests: readonly string[];
  /** Needed by no backup that stays: marked by a tombstone now. */
  readonly mark: readonly ObjectReference[];
  /** Marked long enough ago and still needed by none: deleted now. */
  readonly delete: readonly ObjectReference[];
  /** Marked, within the grace. */
  readonly waiting: readonly ObjectReference[];
  /** Needed by none, not marked, too young: of a run that ended early or still runs. */
  readonly young: readonly ObjectReference[];
  /** Index objects that name packs which are gone beside packs which stay: written anew without them. */
  readonly staleIndexes: readonly string[];
  /** Tombstones and quarantine notes about nothing that is left. */
  readonly spentNotes: readonly string[];
  /** Notes that say nothing, because they are damaged or not ours. */
  readonly unreadableNotes: readonly string[];
  readonly repack: RepackReport;
  readonly bytesFreedNow: number;
  readonly bytesFreedLater: number;
}

export interface PlannedRemoval {
  readonly backupId: string;
  /** Null where the manifest cannot be read or is lost. */
  readonly createdAt: string | null;
  readonly status: string | null;
  readonly manifestHash: string | null;
}

/** Packs of which little is needed any more. */
export type RepackReport =
  | { readonly kind: "unknown"; readonly reason: "needs the private key" }
  | { readonly kind: "known"; readonly packs: readonly SparsePack[] };

export interface SparsePack {
  readonly name: string;
  readonly storedBytes: number;
  /** Plain bytes of chunks that a backup needs, and of those none does. */
  readonly liveBytes: number;
  readonly deadBytes: number;
}

export const defaultGraceMilliseconds: number = 24 * 60 * 60_000;
export const defaultRepackBelow = 0.5;
