import type { SourceWarning } from "../engine/source.ts";
import type { WalkState } from "./directory-walk.ts";

/** What a directory source and the thread that walks ahead of it say to each other. */

/** Entries handed over at once. */
export const walkBatchEntries = 512;

export interface WalkSetup {
  /** Absolute raw path. */
  readonly root: string;
  readonly exclude: readonly string[];
}

/** Asks for one batch more; the first one says of what, and where to begin. */
export interface ToWalkWorker {
  readonly start?: WalkSetup & { readonly state: WalkState };
}

export type FromWalkWorker =
  | {
      readonly kind: "entries";
      /** As `PackedEntries` takes them; none at the end. */
      readonly entries: Uint8Array;
      readonly warnings: readonly SourceWarning[];
    }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };
