import { createHmac, randomBytes } from "node:crypto";
import type { AuditLog, AuditSettings } from "../../arm/audit.ts";
import { toIso, type Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import {
  createAuditSigner,
  newAuditKey,
  type AuditContent,
  type AuditRecord,
  type AuditSigner,
} from "../../identity/audit-chain.ts";
import { secretProperties } from "../../generated/contracts.ts";
import type { Document, StateStore, Write } from "../../state/state-store.ts";
import { createDenialGate } from "./audit-denials.ts";
import { auditHeadKey, emptyHead, recordKey, type AuditHeadRecord } from "./audit-records.ts";
import { create, replace, retryOnConflict } from "../documents.ts";
import { keepSecret, type Sealer } from "../records/kept-setting.ts";

export interface AuditLimits {
  /** Records may go after this many days. */
  readonly retentionDays: number;
  /** Beyond it the oldest go early. */
  readonly maximumRecords: number;
}

export interface AuditParts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sealer: Sealer;
  readonly limits: AuditLimits;
}

/** The hash-chained log of every write and every denial, in the service's state. */
export interface KeptAuditLog {
  readonly settings: AuditSettings;
  /** What readers check the signatures with. */
  readonly publicKey: string;
  /** Writes what was only counted, and removes what is too old. Also before the state is closed. */
  upkeep(): Promise<void>;
}

// Far more than arrive while one commit is on its way to the disk.
const batchSize = 100;
const dayMilliseconds = 86_400_000;

/** Opens the log; its keys are made once and kept sealed in the state. */
export async function openAuditLog(parts: AuditParts): Promise<KeptAuditLog> {
  const { store, clock, sealer } = parts;
  const signer = createAuditSigner(await keepSecret(store, sealer, "audit-key", newAuditKey));
  const hashKey = await keepSecret(store, sealer, "audit-hash-key", newHashKey);
  const chain = createChain(parts, signer);
  const gate = createDenialGate(clock);
  const log: AuditLog = {
    append: (facts) => chain.append({ ...facts }),
    appendDenial: async (facts) => {
      if (gate.take(facts)) await chain.append({ ...facts });
    },
  };
  return {
    publicKey: signer.publicKey,
    settings: {
      log,
      secretProperties,
      isDeclared: (route) => route.includes("/backupLocations"),
      hashText: (text) =>
        createHmac("sha256", Buffer.from(hashKey, "base64")).update(text).digest("hex"),
    },
    upkeep: async () => {
      for (const counted of gate.drain()) await chain.append({ ...counted });
      await chain.trim();
    },
  };
}

function newHashKey(): string {
  return randomBytes(32).toString("base64");
}

interface Chain {
  append(content: AuditContent): Promise<void>;
  trim(): Promise<void>;
}

interface Waiting {
  readonly content: AuditContent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records that arrive together share a commit: one way to the disk for all of them. */
function createChain(parts: AuditParts, signer: AuditSigner): Chain {
  const waiting: Waiting[] = [];
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchSize);
      try {
        await commitRecords(
          parts,
          signer,
          batch.map(({ content }) => content),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  };
  return {
    append: (content) =>
      new Promise((resolve, reject) => {
        const time = toIso(parts.clock.now());
        waiting.push({ content: { time, ...content }, resolve, reject });
        void writeAll();
      }),
    trim: () => trimOldest(parts, signer),
  };
}

type Head = Document<AuditHeadRecord> | undefined;

async function commitRecords(
  { store, logger }: AuditParts,
  signer: AuditSigner,
  contents: readonly AuditContent[],
): Promise<void> {
  await retryOnConflict(async () => {
    const found: Head = await store.get<AuditHeadRecord>("setting", auditHeadKey);
    const { records, head } = chainAll(found?.value ?? emptyHead, signer, contents);
    await store.commit([...records.map(recordWrite), headWrite(found, head)]);
    // The log leaves the machine: whoever rewrites the state is shown by what was said of it before.
    const { sequence, hash } = head;
    logger.info("Audit records kept", { count: records.length, sequence, hash });
  });
}

/** Removes what is too old or too much, and says so in a record that tells where the log begins now. */
async function trimOldest(parts: AuditParts, signer: AuditSigner): Promise<void> {
  const { store, clock } = parts;
  for (let isMore = true; isMore;) {
    isMore = await retryOnConflict(async () => {
      const found: Head = await store.get<AuditHeadRecord>("setting", auditHeadKey);
      if (found === undefined) return false;
      const oldest = await store.list<AuditRecord>("audit", { limit: batchSize });
      const count = countRemovable(oldest, found.value, parts);
      const kept = oldest[count];
      if (count === 0 || kept === undefined) return false;
      const { sequence: keptFrom, previousHash: keptHash } = kept.value;
      const time = toIso(clock.now());
      const content = { time, event: "Trimmed", keptFrom, keptHash };
      const { records, head } = chainAll(found.value, signer, [content]);
      const removals = oldest.slice(0, count).map(({ key }) => removal(key));
      const newHead = { ...head, first: keptFrom };
      await store.commit([...removals, ...records.map(recordWrite), headWrite(found, newHead)]);
      return count === batchSize - 1;
    });
  }
}

/** How many of the oldest go; few enough that one is left to begin with, and none before it is worth a record. */
function countRemovable(
  oldest: readonly Document<AuditRecord>[],
  { first, sequence }: AuditHeadRecord,
  { clock, limits }: AuditParts,
): number {
  const age = limits.retentionDays * dayMilliseconds;
  const isOver = (record: AuditRecord | undefined, milliseconds: number): boolean =>
    record !== undefined && clock.now() - Date.parse(String(record["time"])) > milliseconds;
  const tooMany = sequence - first + 1 - limits.maximumRecords;
  const isWorthIt =
    isOver(oldest[0]?.value, age + dayMilliseconds) || tooMany > limits.maximumRecords / 100;
  if (!isWorthIt) return 0;
  const young = oldest.findIndex(({ value }, index) => !isOver(value, age) && index >= tooMany);
  return Math.min(young === -1 ? oldest.length : young, oldest.length - 1);
}

function chainAll(
  head: AuditHeadRecord,
  signer: AuditSigner,
  contents: readonly AuditContent[],
): { readonly records: readonly AuditRecord[]; readonly head: AuditHeadRecord } {
  const records: AuditRecord[] = [];
  let { sequence, hash } = head;
  for (const content of contents) {
    const record = signer.seal(content, sequence + 1, hash);
    records.push(record);
    ({ sequence, hash } = record);
  }
  return { records, head: { first: head.first, sequence, hash } };
}

function recordWrite(record: AuditRecord): Write {
  return create("audit", recordKey(record.sequence), record);
}

function removal(key: string): Write {
  return { op: "delete", kind: "audit", key };
}

function headWrite(found: Head, head: AuditHeadRecord): Write {
  return found === undefined ? create("setting", auditHeadKey, head) : replace(found, head);
}
