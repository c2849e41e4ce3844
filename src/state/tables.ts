import type { Generated } from "kysely";
import type { JobState } from "./state-store.ts";

/** The tables as queries see them. Columns are never renamed or removed: only schema steps add. */
export interface StateTables {
  readonly document: DocumentTable;
  readonly kind_revision: KindRevisionTable;
  readonly job: JobTable;
  readonly schema_version: { readonly version: number };
  readonly health: { readonly id: number; readonly checked_at: number };
}

interface DocumentTable {
  readonly kind: string;
  readonly key: string;
  readonly etag: string;
  /** JSON as text in every database: one code base, and bytes come back as they were written. */
  readonly body: string;
  /** Of its kind when it was written last; 0 in what an older program wrote beside ours. */
  readonly revision: Generated<number>;
}

/** Counts the writes of each kind of document, in the order they were committed. */
interface KindRevisionTable {
  readonly kind: string;
  readonly revision: number;
}

export interface JobTable {
  /** Order of enqueueing. */
  readonly sequence: Generated<number>;
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  readonly due_at: number;
  readonly state: JobState;
  readonly fence: number;
  readonly attempt: number;
  readonly owner: string | null;
  readonly lease_until: number | null;
  /** 0 or 1: SQLite has no boolean. */
  readonly cancel_requested: number;
  readonly error: string | null;
  readonly ended_at: number | null;
}
