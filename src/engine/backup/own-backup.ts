import { isAppError } from "../../base/errors.ts";
import { isRemoved, readCondemned, removedBackups } from "../condemned-objects.ts";
import { manifestName } from "../format/object-names.ts";
import { readNewestFence } from "../lease.ts";
import { readBackup, type ListedBackup } from "../list-backups.ts";
import type { BackupRecord } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";
import type { RepositoryConfig } from "../repository.ts";
import type { BackupOptions } from "./options.ts";

/** What an earlier run under the same id has published. */
export interface OwnBackup {
  readonly record: BackupRecord;
  /**
   * False where that run lost its lease around then: a tombstone withdrew the backup, or something that it needs is
   * not there, as another writer pruned what nobody named yet.
   */
  readonly isWhole: boolean;
  /** Nobody took the lease since: what is whole now is not being pruned by a plan that was made before. */
  readonly isLast: boolean;
}

/** Undefined where there is none that is signed by us. What counts as whole is durable. */
export async function findOwnBackup(
  options: BackupOptions,
  { repositoryId, signingPublicKey }: RepositoryConfig,
): Promise<OwnBackup | undefined> {
  const { store } = options;
  const name = manifestName(options.backupId);
  let found: ListedBackup;
  try {
    found = await readBackup(store, name, repositoryId, signingPublicKey);
  } catch (error) {
    if (isAppError(error, "ObjectNotFound")) return undefined;
    throw error;
  }
  const { record, manifest } = found;
  if (record.signature !== "trusted") return undefined;
  const isLast = (await readNewestFence(store)) === manifest.fence;
  const { tombstones } = await readCondemned(store, repositoryId, signingPublicKey);
  const isWithdrawn = isRemoved(removedBackups(tombstones), record.backupId, record.manifestHash);
  if (isWithdrawn || !(await isComplete(store, found))) return { record, isWhole: false, isLast };
  // Its writer may have died before it was durable.
  await store.settle?.(true);
  return { record, isWhole: true, isLast };
}

async function isComplete(store: ObjectStore, { manifest }: ListedBackup): Promise<boolean> {
  const needed = new Map<string, number>();
  try {
    for (const { name, bytes } of await readRefs(store, manifest)) needed.set(name, bytes);
  } catch (error) {
    if (isAppError(error, "MissingObject") || isAppError(error, "CorruptObject")) return false;
    throw error;
  }
  for (const folder of ["data/", "epochs/", "index/", "keys/"])
    for await (const { name, bytes } of store.list(folder))
      if (needed.get(name) === bytes) needed.delete(name);
  return needed.size === 0;
}
