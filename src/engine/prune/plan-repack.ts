import { isAppError } from "../../base/errors.ts";
import { ChunkTable, createChunkTableParts } from "../chunk-table.ts";
import { chunkIdBytes, chunkReferenceBytes } from "../format/limits.ts";
import { packName } from "../format/object-names.ts";
import type { PackEntry } from "../format/index-format.ts";
import type { ListedBackup } from "../list-backups.ts";
import type { Opener, RepositoryKeys } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { openBackup, type OpenedBackup } from "../open-backup.ts";
import { readRecords } from "../tree-records.ts";
import {
  defaultRepackBelow,
  type PruneRequest,
  type RepackReport,
  type SparsePack,
} from "./prune-plan.ts";

/**
 * Packs of which the remaining backups need less than the given share. Only trees say which chunks are needed, and only
 * the private key opens trees.
 */
export async function findSparsePacks(
  store: ObjectStore,
  keys: RepositoryKeys,
  request: PruneRequest,
  remaining: readonly ListedBackup[],
): Promise<RepackReport> {
  const { opener, repackBelow = defaultRepackBelow } = request;
  if (opener === undefined) return { kind: "unknown", reason: "needs the private key" };
  const packs = await countLive(store, keys, opener, remaining);
  if (packs === undefined) return { kind: "unknown", reason: "needs the private key" };
  return {
    kind: "known",
    packs: packs
      .filter(({ liveBytes, deadBytes }) => liveBytes < repackBelow * (liveBytes + deadBytes))
      .sort((a, b) => b.deadBytes - a.deadBytes),
  };
}

async function countLive(
  store: ObjectStore,
  keys: RepositoryKeys,
  opener: Opener,
  remaining: readonly ListedBackup[],
): Promise<SparsePack[] | undefined> {
  const packs = new Map<string, PackEntry>();
  const live = new ChunkTable(createChunkTableParts(0));
  let opened = 0;
  for (const { record } of remaining) {
    const backup = await openIfOurs(store, keys, opener, record.backupId);
    if (backup === undefined) continue;
    opened += 1;
    for (const pack of backup.locator.packs) packs.set(pack.packId, pack);
    const note = (references: Buffer): void => live.addGrowing(references, 0);
    for (const root of backup.roots) {
      note(root.chunks);
      for await (const [, { chunks }] of readRecords(store, backup, root)) note(chunks);
    }
  }
  if (opened === 0 && remaining.length > 0) return undefined;
  return [...packs.values()].map((pack) => weighPack(pack, live));
}

/** Backups of epochs with other keys are left out: no pack serves two epochs. */
async function openIfOurs(
  store: ObjectStore,
  keys: RepositoryKeys,
  opener: Opener,
  backupId: string,
): Promise<OpenedBackup | undefined> {
  try {
    return await openBackup(store, backupId, opener, keys.signingPublicKey);
  } catch (error) {
    if (isAppError(error, "DecryptionKeyMismatch")) return undefined;
    throw error;
  }
}

function weighPack(pack: PackEntry, live: ChunkTable): SparsePack {
  let liveBytes = 0;
  let deadBytes = 0;
  for (const { chunks } of pack.blocks) {
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes) {
      const bytes = chunks.readUInt32LE(at + chunkIdBytes);
      if (live.find(chunks, at) >= 0) liveBytes += bytes;
      else deadBytes += bytes;
    }
  }
  return { name: packName(pack.packId), storedBytes: pack.bytes, liveBytes, deadBytes };
}
