import {
  emptyChainHash,
  isHashRight,
  isSignatureRight,
  readAuditKey,
  type AuditRecord,
} from "./audit-chain.ts";

/** What can be wrong with an audit log. */
export type AuditFault =
  /** The content of a record is not what was signed. */
  | "AuditRecordChanged"
  /** A record nobody signed with the log's key: it was put in, or the key is another. */
  | "AuditSignatureInvalid"
  | "AuditRecordMissing"
  /** Records stand in another order, twice, or do not follow each other. */
  | "AuditOrderBroken"
  /** The log does not begin where the service last cut it. */
  | "AuditStartMissing"
  /** The log ends before its head, or before what was noted earlier. */
  | "AuditTruncated"
  /** The log is not the one whose head was noted earlier. */
  | "AuditReplaced";

export interface AuditFinding {
  readonly code: AuditFault;
  /** Of the record where it shows. */
  readonly sequence: number;
  readonly message: string;
}

/** Where a log ends, or ended when somebody noted it. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export interface AuditChecker {
  /** The records of a log in its order; what is wrong with this one. */
  add(record: AuditRecord): readonly AuditFinding[];
  /** What only the end shows. */
  end(head: AuditHead): readonly AuditFinding[];
}

/** Checks a log against its public key and, when given, against a head noted earlier elsewhere. */
export function createAuditChecker(publicKey: string, noted?: AuditHead): AuditChecker {
  const key = readAuditKey(publicKey);
  let first: AuditRecord | undefined;
  let last: AuditRecord | undefined;
  let isStartKnown = false;
  return {
    add(record) {
      first ??= record;
      const findings: AuditFinding[] = [];
      const { sequence } = record;
      const find = (code: AuditFault, message: string): void =>
        void findings.push({ code, sequence, message });
      if (!isHashRight(record))
        find("AuditRecordChanged", `Record ${sequence} is not what was signed`);
      else if (key === undefined || !isSignatureRight(record, key))
        find("AuditSignatureInvalid", `Record ${sequence} was not written by the log's service`);
      const gap = last === undefined ? undefined : findGap(last, record);
      if (gap !== undefined) find(...gap);
      if (noted?.sequence === sequence && noted.hash !== record.hash)
        findings.push(replaced(record));
      isStartKnown ||= startsHere(first, record);
      last = record;
      return findings;
    },
    end: (head) => [
      ...(first === undefined || isStartKnown ? [] : [startMissing(first)]),
      ...(last?.sequence === head.sequence && last.hash !== head.hash ? [replaced(last)] : []),
      ...findCut(last, head),
      ...(noted === undefined ? [] : findCut(last, noted, "as was noted")),
    ],
  };
}

function findGap(
  last: AuditRecord,
  { sequence, previousHash }: AuditRecord,
): readonly [AuditFault, string] | undefined {
  const wanted = last.sequence + 1;
  if (sequence > wanted)
    return ["AuditRecordMissing", `Records ${wanted} to ${sequence - 1} are missing`];
  if (sequence < wanted)
    return ["AuditOrderBroken", `Record ${sequence} stands behind record ${last.sequence}`];
  if (previousHash !== last.hash)
    return ["AuditOrderBroken", `Record ${sequence} does not follow the record before it`];
  return undefined;
}

/** The first record ever, or one that the service says it kept when it removed older ones. */
function startsHere(first: AuditRecord, record: AuditRecord): boolean {
  const isFirstEver = first.sequence === 1 && first.previousHash === emptyChainHash;
  const { keptFrom, keptHash } = record;
  return isFirstEver || (keptFrom === first.sequence && keptHash === first.previousHash);
}

function startMissing({ sequence }: AuditRecord): AuditFinding {
  const message = `The log begins at record ${sequence}, and the service did not remove what was before`;
  return { code: "AuditStartMissing", sequence, message };
}

function replaced({ sequence }: AuditRecord): AuditFinding {
  const message = `Record ${sequence} is not the one that was noted as the log's end`;
  return { code: "AuditReplaced", sequence, message };
}

function findCut(
  last: AuditRecord | undefined,
  head: AuditHead,
  how = "as its head says",
): readonly AuditFinding[] {
  const sequence = last?.sequence ?? 0;
  if (sequence >= head.sequence) return [];
  const message = `The log ends at record ${sequence} and not at ${head.sequence}, ${how}`;
  return [{ code: "AuditTruncated", sequence, message }];
}
