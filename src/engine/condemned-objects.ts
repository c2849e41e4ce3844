import { isAppError, type AppError } from "../base/errors.ts";
import { decodeQuarantine, type Quarantine } from "./format/quarantine.ts";
import { decodeTombstone, type Tombstone } from "./format/tombstone.ts";
import { maxDocumentBytes, maxNamedFaults } from "./format/limits.ts";
import { openSignedDocument } from "./format/signed-document.ts";
import type { ObjectEntry, ObjectStore } from "./object-store.ts";
import { readAhead } from "./read-ahead.ts";
import { readBounded } from "./read-object.ts";

/** Signed notes about objects no new backup may rely on. */
export interface CondemnedObjects {
  readonly tombstones: readonly Tombstone[];
  readonly quarantines: readonly Quarantine[];
  /** Notes that cannot be read, are not ours or not signed, the first of them: they say nothing. */
  readonly unreadable: readonly { readonly name: string; readonly error: AppError }[];
}

/** Reads every tombstone and quarantine note. Their absence or damage costs space, never data. */
export async function readCondemned(
  store: ObjectStore,
  repositoryId: string,
  publicKey: string,
): Promise<CondemnedObjects> {
  const unreadable: { name: string; error: AppError }[] = [];
  const read = async <T extends { readonly id: string; readonly repositoryId: string }>(
    folder: string,
    decode: (body: Readonly<Record<string, unknown>>, name: string) => T,
  ): Promise<T[]> => {
    const found: T[] = [];
    const start = ({ name, bytes }: ObjectEntry): Promise<Uint8Array> =>
      readBounded(store, name, maxDocumentBytes, { knownBytes: bytes });
    for await (const [{ name }, reading] of readAhead(listNotes(store, folder), start)) {
      try {
        const document = await reading;
        const note = decode(openSignedDocument(name, document, publicKey), name);
        if (note.repositoryId === repositoryId && name === `${folder}/${note.id}`) found.push(note);
      } catch (error) {
        if (isAppError(error, "ObjectNotFound")) continue;
        if (!isAppError(error) || !unreadableCodes.has(error.code)) throw error;
        if (unreadable.length < maxNamedFaults) unreadable.push({ name, error });
      }
    }
    return found;
  };
  const [tombstones, quarantines] = await Promise.all([
    read("tombstones", decodeTombstone),
    read("quarantine", decodeQuarantine),
  ]);
  return { tombstones, quarantines, unreadable };
}

async function* listNotes(store: ObjectStore, folder: string): AsyncGenerator<ObjectEntry> {
  for await (const entry of store.list(`${folder}/`)) if (noteName.test(entry.name)) yield entry;
}

/** Names of all objects that a tombstone or a quarantine note names. */
export function namesOf(condemned: CondemnedObjects): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { objects } of [...condemned.tombstones, ...condemned.quarantines])
    for (const { name } of objects) names.add(name);
  return names;
}

/** What became of the backups that tombstones name; a hash of null explains any manifest. */
export function removedBackups(
  tombstones: readonly Tombstone[],
): ReadonlyMap<string, ReadonlySet<string | null>> {
  const removed = new Map<string, Set<string | null>>();
  for (const { backups } of tombstones)
    for (const { backupId, manifestHash } of backups) {
      const hashes = removed.get(backupId) ?? new Set();
      removed.set(backupId, hashes.add(manifestHash));
    }
  return removed;
}

/** True when a tombstone took this very manifest out of the ledger. */
export function isRemoved(
  removed: ReadonlyMap<string, ReadonlySet<string | null>>,
  backupId: string,
  manifestHash: string,
): boolean {
  const hashes = removed.get(backupId);
  return hashes !== undefined && (hashes.has(manifestHash) || hashes.has(null));
}

const noteName = /^(?:tombstones|quarantine)\/[0-9a-f]{32}$/;
const unreadableCodes: ReadonlySet<string> = new Set([
  "CorruptObject",
  "SignatureInvalid",
  "UnsupportedFormat",
  "LimitExceeded",
]);
