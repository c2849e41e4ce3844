import { isAppError, type ErrorCode } from "../base/errors.ts";
import { isRemoved, readCondemned, removedBackups } from "./condemned-objects.ts";
import { decodeManifest, toBackupRecord, type Manifest } from "./format/manifest.ts";
import { parseManifestName } from "./format/object-names.ts";
import { decodeSignedDocument } from "./format/signed-document.ts";
import { sha256 } from "./index-objects.ts";
import type { BackupRecord } from "./model.ts";
import type { ObjectStore } from "./object-store.ts";
import { readConfig } from "./repository.ts";

export interface ListedBackup {
  readonly record: BackupRecord;
  readonly manifest: Manifest;
}

/** A manifest that could not be read as one, and why. */
export interface UnreadableBackup {
  readonly name: string;
  readonly error: unknown;
}

/**
 * Every backup the store shows, oldest first, with what its signature is worth. Manifests that cannot be
 * read are reported beside, never dropped silently; those that a signed tombstone has taken out are gone.
 */
export async function listBackups(
  store: ObjectStore,
  expectedPublicKey?: string,
): Promise<{
  readonly backups: readonly ListedBackup[];
  readonly unreadable: readonly UnreadableBackup[];
}> {
  const config = await readConfig(store, expectedPublicKey);
  const backups: ListedBackup[] = [];
  const unreadable: UnreadableBackup[] = [];
  const { repositoryId, signingPublicKey } = config;
  const { tombstones } = await readCondemned(store, repositoryId, signingPublicKey);
  const removed = removedBackups(tombstones);
  for await (const entry of store.list("backups/")) {
    const id = parseManifestName(entry.name);
    if (id === undefined) continue;
    try {
      const backup = await readBackup(store, entry.name, repositoryId, signingPublicKey);
      if (!isRemoved(removed, id, backup.record.manifestHash)) backups.push(backup);
    } catch (error) {
      // What the store fails to give now may be a sound manifest: only what it gives is judged.
      if (!isAppError(error) || !unreadableCodes.has(error.code)) throw error;
      if (removed.get(id)?.has(null) !== true) unreadable.push({ name: entry.name, error });
    }
  }
  backups.sort(
    (a, b) =>
      a.record.sequence - b.record.sequence || (a.record.createdAt < b.record.createdAt ? -1 : 1),
  );
  return { backups, unreadable };
}

const unreadableCodes: ReadonlySet<ErrorCode> = new Set([
  "CorruptObject",
  "UnsupportedFormat",
  "ObjectNotFound",
]);

/** One manifest with the verdict on its signature. Throws `CorruptObject` or `UnsupportedFormat`. */
export async function readBackup(
  store: ObjectStore,
  name: string,
  repositoryId: string,
  publicKey: string,
): Promise<ListedBackup> {
  const bytes = await store.get(name);
  const document = decodeSignedDocument(name, bytes);
  const manifest = decodeManifest(document.body, name);
  const isOurs = manifest.repositoryId === repositoryId && `backups/${manifest.backupId}` === name;
  const signature = !isOurs ? "invalid" : signatureOf(document, publicKey);
  return { manifest, record: toBackupRecord(manifest, sha256(bytes), signature) };
}

function signatureOf(
  document: ReturnType<typeof decodeSignedDocument>,
  publicKey: string,
): BackupRecord["signature"] {
  if (document.verifies(publicKey)) return "trusted";
  // A different key's name on it says who it is not from; our own key's name with a wrong signature says altered.
  return document.isSignedBy(publicKey) ? "invalid" : "untrusted";
}
