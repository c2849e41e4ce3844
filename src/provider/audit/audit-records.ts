import { emptyChainHash } from "../../identity/audit-chain.ts";

/** Where the audit log begins and ends; changes with every record, in the same commit. */
export interface AuditHeadRecord {
  readonly first: number;
  readonly sequence: number;
  readonly hash: string;
}

export const emptyHead: AuditHeadRecord = { first: 1, sequence: 0, hash: emptyChainHash };

/** Of the kind `setting`. */
export const auditHeadKey = "audit-head";

/** Keys order as numbers do. */
export function recordKey(sequence: number): string {
  return String(sequence).padStart(16, "0");
}
