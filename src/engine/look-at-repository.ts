import { isRemoved, readCondemned, removedBackups } from "./condemned-objects.ts";
import { manifestName } from "./format/object-names.ts";
import { lookAtLease } from "./lease.ts";
import type { NewestBackup, RememberedRepository, RepositoryLook } from "./model.ts";
import type { ObjectStore } from "./object-store.ts";

/** What a store shows of its repository: who may write to it, and whether the newest backup is there; `now` in milliseconds since 1970. */
export async function lookAtRepository(
  store: ObjectStore,
  remembered: RememberedRepository | undefined,
  now: number,
): Promise<RepositoryLook> {
  const lease = await lookAtLease(store, now);
  const newest = remembered && (await lookForNewest(store, remembered));
  return { lease, ...(newest === undefined ? {} : { newest }) };
}

/** Whether a store shows the newest backup that is remembered. Reads names and, where one is missing, tombstones. */
export async function lookForNewest(
  store: ObjectStore,
  { repositoryId, signingPublicKey, ledgerHead }: RememberedRepository,
): Promise<NewestBackup> {
  const { backupId, manifestHash } = ledgerHead;
  const name = manifestName(backupId);
  for await (const entry of store.list(name)) if (entry.name === name) return "shown";
  if ((await store.stat(name)) !== undefined) return "unlisted";
  const { tombstones } = await readCondemned(store, repositoryId, signingPublicKey);
  return isRemoved(removedBackups(tombstones), backupId, manifestHash) ? "shown" : "missing";
}
