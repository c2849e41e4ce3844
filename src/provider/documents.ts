import { setImmediate } from "node:timers/promises";
import type { OperationRecord, OperationState } from "../arm/operation-record.ts";
import { isTerminal } from "../arm/operation-record.ts";
import { isAppError } from "../base/errors.ts";
import type { Soon } from "../base/soon.ts";
import type { Document, DocumentKind, StateStore, Write } from "../state/state-store.ts";
import type { Backup, BackupLocation } from "./model.ts";

/** Reads a location by its document key. */
export function getLocation(
  store: StateStore,
  key: string,
): Promise<Document<BackupLocation> | undefined> {
  return store.get<BackupLocation>("location", key);
}

export function getBackup(store: StateStore, key: string): Promise<Document<Backup> | undefined> {
  return store.get<Backup>("backup", key);
}

export function getOperation(
  store: StateStore,
  id: string,
): Promise<Document<OperationRecord> | undefined> {
  return store.get<OperationRecord>("operation", id.toLowerCase());
}

/** A document, at once where the store has it at hand. */
export function lookUp<T>(
  store: StateStore,
  kind: DocumentKind,
  key: string,
): Soon<Document<T> | undefined> {
  const known = store.known?.<T>(kind, key);
  return known === undefined ? store.get<T>(kind, key) : known.document;
}

/** Every document below the prefix, read page by page, in the order of their keys; others may work in between. */
export async function listAll<T>(
  store: StateStore,
  kind: DocumentKind,
  prefix: string,
): Promise<readonly Document<T>[]> {
  const found: Document<T>[] = [];
  for (;;) {
    const after = found.at(-1)?.key;
    const page = await store.list<T>(kind, {
      prefix,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...page);
    if (page.length < pageSize) return found;
    await setImmediate();
  }
}

// Small enough that whoever waits for an answer hardly notices.
const pageSize = 50;

/** Replaces a document only as it was read. */
export function replace<T>(document: Document<T>, value: T): Write {
  return { op: "put", kind: document.kind, key: document.key, value, if: { etag: document.etag } };
}

/** Makes a document that must not exist yet. */
export function create(kind: DocumentKind, key: string, value: unknown): Write {
  return { op: "put", kind, key, value, if: "absent" };
}

/**
 * Reads, decides and commits again while somebody else was quicker. The function must start from fresh
 * reads; what it throws ends the attempt.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAppError(error, "StateConflict") || conflicts === maximumConflicts) throw error;
    }
  }
}

const maximumConflicts = 20;

/** The write that ends an operation; nothing when it has ended already. */
export function endOperation(
  document: Document<OperationRecord> | undefined,
  end: Pick<OperationRecord, "result" | "error"> & {
    readonly state: OperationState;
    readonly endTime: string;
  },
): readonly Write[] {
  if (document === undefined || isTerminal(document.value.state)) return [];
  const {
    progress: _progress,
    percentComplete: _percent,
    details: _details,
    ...kept
  } = document.value;
  const percent = end.state === "Succeeded" ? { percentComplete: 100 } : {};
  return [replace(document, { ...kept, ...percent, ...end })];
}

/** The location without what a configure operation left, one revision on. */
export function settleLocation(
  location: BackupLocation,
  state: "Succeeded" | "Failed" | "Canceled",
  changes: Partial<BackupLocation> = {},
): BackupLocation {
  const { pending: _pending, activeOperationId: _active, ...kept } = location;
  return { ...kept, ...changes, provisioningState: state, revision: location.revision + 1 };
}

/** The location with its running work taken off, if it is this operation's. */
export function releaseRunning(location: BackupLocation, operationId: string): BackupLocation {
  if (location.running?.operationId !== operationId) return location;
  const { running: _running, ...kept } = location;
  return kept;
}
