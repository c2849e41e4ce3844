import { join } from "node:path";

import type { FileSystem } from "./file-system.ts";
import { syncFolder } from "./local-folders.ts";
import { isNameSegment } from "./object-name.ts";
import { hasNativeCode } from "./store-errors.ts";

/**
 * Syncs every folder of the store when a part is linked that its writer did not come to remove: the name it was given
 * may not be durable. With `isForced` in any case.
 */
export async function settleFolders(
  fileSystem: FileSystem,
  root: string,
  partsFolder: string,
  isForced: boolean,
): Promise<void> {
  const linked = await findLinkedParts(fileSystem, partsFolder);
  if (linked.length === 0 && !isForced) return;
  await syncBelow(fileSystem, root, partsFolder);
  // Its writer, should it live, is past the point where it would need it.
  for (const part of linked) await fileSystem.unlink(part).catch(() => undefined);
}

async function findLinkedParts(fileSystem: FileSystem, folder: string): Promise<string[]> {
  const linked: string[] = [];
  try {
    if ((await fileSystem.realpath(folder)) !== folder) return linked;
    for await (const item of await fileSystem.opendir(folder)) {
      const part = join(folder, item.name);
      const stats = await fileSystem.lstat(part).catch(() => undefined);
      if (stats?.isFile() === true && stats.nlink > 1) linked.push(part);
    }
  } catch (error) {
    if (!hasNativeCode(error, "ENOENT")) throw error;
  }
  return linked;
}

/** From below, so that a folder that is durable never names one that is not. */
async function syncBelow(
  fileSystem: FileSystem,
  folder: string,
  partsFolder: string,
): Promise<void> {
  for await (const item of await fileSystem.opendir(folder)) {
    const path = join(folder, item.name);
    if (item.isDirectory() && isNameSegment(item.name) && path !== partsFolder)
      await syncBelow(fileSystem, path, partsFolder);
  }
  await syncFolder(fileSystem, folder);
}
