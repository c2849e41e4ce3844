import { join } from "node:path";

import type { ObjectEntry } from "../engine/object-store.ts";
import type { FileSystem } from "./file-system.ts";
import type { LocalFolders } from "./local-folders.ts";
import { isNameSegment, isObjectName } from "./object-name.ts";
import { hasNativeCode, toStoreError } from "./store-errors.ts";

const statsInFlight = 64; // keeps the four file system threads busy without a long queue before others
const namesRead = 512; // one system call's worth; a folder of a million alien names stays small (A43)

/** Every object below the root whose name starts with the prefix; alien names, links and parts are passed over. */
export async function* listObjects(
  fileSystem: FileSystem,
  folders: LocalFolders,
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectEntry, void, undefined> {
  const waiting = [prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal?.throwIfAborted();
    let names: string[] = [];
    try {
      for await (const { name, isFolder } of readFolder(fileSystem, folders, root, folder)) {
        if (isFolder) {
          if (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`)) waiting.push(name);
          continue;
        }
        if (!name.startsWith(prefix) || !isObjectName(name)) continue;
        names.push(name);
        if (names.length < statsInFlight) continue;
        yield* await readEntries(fileSystem, root, names);
        signal?.throwIfAborted();
        names = [];
      }
      yield* await readEntries(fileSystem, root, names);
    } catch (error) {
      throw toStoreError(error, "list", folder === "" ? root : folder);
    }
  }
}

interface FolderItem {
  readonly name: string;
  readonly isFolder: boolean;
}

async function* readFolder(
  fileSystem: FileSystem,
  folders: LocalFolders,
  root: string,
  folder: string,
): AsyncGenerator<FolderItem, void, undefined> {
  const path = folder === "" ? root : join(root, folder);
  try {
    await folders.checkInside(path);
    const items = await fileSystem.opendir(path, { bufferSize: namesRead });
    for await (const item of items) {
      if (!isNameSegment(item.name)) continue;
      const name = folder === "" ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) yield { name, isFolder: true };
      else if (item.isFile()) yield { name, isFolder: false };
    }
  } catch (error) {
    // A folder that is not there holds nothing, but the root must be there: else the mount is gone.
    if (!hasNativeCode(error, "ENOENT", "ENOTDIR") || folder === "") throw error;
    await fileSystem.lstat(root);
  }
}

async function readEntries(
  fileSystem: FileSystem,
  root: string,
  names: readonly string[],
): Promise<ObjectEntry[]> {
  const entries = await Promise.all(
    names.map(async (name): Promise<ObjectEntry | undefined> => {
      try {
        const { size, mtimeMs } = await fileSystem.lstat(join(root, name));
        return { name, bytes: size, modifiedAt: Math.floor(mtimeMs) };
      } catch (error) {
        if (hasNativeCode(error, "ENOENT")) return undefined; // removed meanwhile
        throw error;
      }
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}
