import { AppError, isAppError, type ErrorCode } from "../base/errors.ts";
import {
  isRemoved,
  readCondemned,
  removedBackups,
  type CondemnedObjects,
} from "./condemned-objects.ts";
import { maxManifestBytes, maxNamedFaults, maxSmallDocumentBytes } from "./format/limits.ts";
import { decodeManifest, toBackupRecord, type Manifest } from "./format/manifest.ts";
import { parseManifestName } from "./format/object-names.ts";
import { decodeSignedDocument } from "./format/signed-document.ts";
import { sha256 } from "./index-objects.ts";
import type { BackupRecord } from "./model.ts";
import type { ObjectEntry, ObjectStore } from "./object-store.ts";
import { quietly, readAhead } from "./read-ahead.ts";
import { readBounded } from "./read-object.ts";
import { readConfig, type RepositoryConfig } from "./repository.ts";

export interface ListedBackup {
  readonly record: BackupRecord;
  readonly manifest: Manifest;
}

/** A manifest that could not be read as one, and why. */
export interface UnreadableBackup {
  readonly name: string;
  readonly error: unknown;
}

export interface BackupListing {
  readonly backups: readonly ListedBackup[];
  readonly unreadable: readonly UnreadableBackup[];
}

/**
 * Every backup the store shows, oldest first, with what its signature is worth. Manifests that cannot be
 * read are reported beside, never dropped silently; those that a signed tombstone has taken out are gone.
 */
export async function listBackups(
  store: ObjectStore,
  expectedPublicKey?: string,
): Promise<BackupListing> {
  return readBackups(store, await readConfig(store, expectedPublicKey));
}

/** As above, of a repository whose config was read before. */
export async function readBackups(
  store: ObjectStore,
  { repositoryId, signingPublicKey }: Pick<RepositoryConfig, "repositoryId" | "signingPublicKey">,
  condemned: Promise<CondemnedObjects> = quietly(
    readCondemned(store, repositoryId, signingPublicKey),
  ),
): Promise<BackupListing> {
  const backups: ListedBackup[] = [];
  const unreadable: UnreadableBackup[] = [];
  let removed: ReturnType<typeof removedBackups> | undefined;
  let strangeBytes = 0;
  let unnamed = 0;
  const start = ({ name, bytes }: ObjectEntry): Promise<ListedBackup> =>
    readBackup(store, name, repositoryId, signingPublicKey, bytes);
  for await (const [{ name, bytes }, reading] of readAhead(listManifests(store), start)) {
    const id = parseManifestName(name) as string;
    removed ??= removedBackups((await condemned).tombstones);
    try {
      const backup = await reading;
      if (isRemoved(removed, id, backup.record.manifestHash)) continue;
      if (backup.record.signature !== "trusted") strangeBytes += bytes;
      if (backup.record.signature !== "trusted" && strangeBytes > maxStrangeBytes)
        throw tooManyStrangers(name);
      backups.push(backup);
    } catch (error) {
      // What the store fails to give now may be a sound manifest: only what it gives is judged.
      if (!isAppError(error) || !unreadableCodes.has(error.code)) throw error;
      if (removed.get(id)?.has(null) === true) continue;
      if (unreadable.length < maxNamedFaults) unreadable.push({ name, error });
      else unnamed += 1;
    }
  }
  // Also when no backup is there: a store that fails to answer must not look empty.
  await condemned;
  if (unnamed > 0) unreadable.push({ name: "backups/", error: manyMore(unnamed) });
  backups.sort(
    (a, b) =>
      a.record.sequence - b.record.sequence || (a.record.createdAt < b.record.createdAt ? -1 : 1),
  );
  return { backups, unreadable };
}

async function* listManifests(store: ObjectStore): AsyncGenerator<ObjectEntry> {
  for await (const entry of store.list("backups/"))
    if (parseManifestName(entry.name) !== undefined) yield entry;
}

const unreadableCodes: ReadonlySet<ErrorCode> = new Set([
  "CorruptObject",
  "UnsupportedFormat",
  "ObjectNotFound",
  "LimitExceeded",
]);

/** Bytes of manifests of strangers that are kept in memory; what lies beside them is only named. */
const maxStrangeBytes = 16 * 1024 * 1024;

function manyMore(count: number): AppError {
  return new AppError(
    "LimitExceeded",
    `The store holds ${count} more manifests that cannot be read: somebody filled it; remove them by hand`,
    { target: "backups/" },
  );
}

function tooManyStrangers(name: string): AppError {
  return new AppError(
    "LimitExceeded",
    `Object "${name}" is not signed by this repository's key, and too many of that kind lie beside it: it was left out`,
    { target: name },
  );
}

/** One manifest with the verdict on its signature. Throws `CorruptObject`, `UnsupportedFormat` or `LimitExceeded`. */
export async function readBackup(
  store: ObjectStore,
  name: string,
  repositoryId: string,
  publicKey: string,
  knownBytes?: number,
): Promise<ListedBackup> {
  const bytes = await readBounded(store, name, maxManifestBytes, { knownBytes });
  const document = decodeSignedDocument(name, bytes);
  // A stranger's body is looked into to say whose it is: that is worth little memory.
  if (bytes.length > maxSmallDocumentBytes && !document.verifies(publicKey))
    throw new AppError(
      "LimitExceeded",
      `Object "${name}" has ${bytes.length} bytes and is not signed by this repository's key: it was not read`,
      { target: name },
    );
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
