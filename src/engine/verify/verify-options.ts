import type { LedgerHead, Opener, Progress, VerifyDepth, VerifySubset } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import type { EngineHost } from "../repository.ts";

export interface VerifyOptions extends EngineHost {
  readonly store: ObjectStore;
  readonly depth: VerifyDepth;
  /** Needed for `content`. */
  readonly opener?: Opener | undefined;
  readonly expectedPublicKey?: string | undefined;
  /** What the caller remembers as newest: less in the store is a rollback. */
  readonly ledgerHead?: LedgerHead | undefined;
  /** Only part `part` of `of` of the packs is read: that many runs read each of them once. */
  readonly subset?: VerifySubset | undefined;
  readonly workers?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
