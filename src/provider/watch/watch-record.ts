import type { VerifyFacts } from "../../alerts/location-facts.ts";
import type { VerifyDepth } from "../../engine/model.ts";

/** What the watchdog remembers of a location when the operations that told it are gone. */
export interface WatchRecord {
  /** Of the location it is about: another one of the same name starts afresh. */
  readonly incarnation: string;
  /** When the location was first seen with store and encryption. */
  readonly configuredAt?: string;
  /** Since when a scheduled backup has been due. */
  readonly dueSince?: string;
  /** How far the operations were read, by their revision in the state; absent: not at all. */
  readonly operationRevision?: number;
  /** Ended operations that an older program had learnt from, when it kept no revision. */
  readonly seen?: readonly string[];
  readonly lastVerify?: RememberedVerify;
  /** When all of the store was last found whole, by depth; a deeper look counts for those above. */
  readonly cleanVerifies?: Readonly<Partial<Record<VerifyDepth, string>>>;
  readonly lastDrill?: string;
  /** Epochs whose private key was used. */
  readonly provedEpochs: readonly string[];
  /** The newest record of the audit log that was told of. */
  readonly auditSequence?: number;
}

export interface RememberedVerify extends VerifyFacts {
  readonly depth: VerifyDepth;
  /** `all`, a part of the packs, or the one backup whose findings were told. */
  readonly scope: string;
}

export function freshRecord(incarnation: string): WatchRecord {
  return { incarnation, provedEpochs: [] };
}
