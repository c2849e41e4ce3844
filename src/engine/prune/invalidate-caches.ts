import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TreeCache } from "../backup/tree-cache.ts";
import type { EpochKeys } from "../model.ts";

/** Forgets what the local cache knows from backups that are removed; what cannot be read is forgotten as well. */
export function invalidateTreeCache(
  directory: string,
  repositoryId: string,
  epoch: EpochKeys,
  removed: ReadonlySet<string>,
): void {
  const folder = join(directory, repositoryId);
  if (!existsSync(folder)) return;
  const cache = new TreeCache(directory, repositoryId, epoch);
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".role")) continue;
    const role = Buffer.from(name.slice(0, -".role".length), "hex").toString("utf8");
    const pointer = cache.read(role);
    if (pointer === undefined || removed.has(pointer.backupId)) rmSync(join(folder, name));
  }
}
