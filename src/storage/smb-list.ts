import type { ObjectEntry } from "../engine/object-store.ts";
import { AppError } from "../base/errors.ts";
import { isNameSegment, isObjectName } from "./object-name.ts";
import type { SmbLink } from "./smb-link.ts";
import type { SmbShare } from "./smb/share.ts";
import { isRefusal } from "./smb/smb-error.ts";
import { status } from "./smb/status.ts";

const foldersInFlight = 8; // a folder costs four round trips; 256 of them in a row would take seconds
const maximumFolderEntries = 1_000_000; // no sound repository has a folder of more (A43)

interface FolderContents {
  readonly objects: readonly ObjectEntry[];
  readonly folders: readonly string[];
}

/** Every object below the root whose name starts with the prefix; alien names, links and parts are passed over. */
export async function* listSmbObjects(
  link: SmbLink,
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectEntry, void, undefined> {
  for await (const { objects } of readFolders(link, root, prefix, signal)) yield* objects;
}

/** The root ("") and every folder of the store below it. */
export async function listSmbFolders(link: SmbLink, root: string): Promise<string[]> {
  const found = [""];
  for await (const { folders } of readFolders(link, root, "", undefined)) found.push(...folders);
  return found;
}

async function* readFolders(
  link: SmbLink,
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<FolderContents, void, undefined> {
  const waiting = [prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))];
  const running: Promise<FolderContents>[] = [];
  for (;;) {
    while (running.length < foldersInFlight) {
      const folder = waiting.pop();
      if (folder === undefined) break;
      const reading = readFolder(link, root, folder, prefix, signal);
      reading.catch(() => undefined); // another may fail first
      running.push(reading);
    }
    const contents = await running.shift();
    if (contents === undefined) return;
    yield contents;
    waiting.push(...contents.folders);
  }
}

function readFolder(
  link: SmbLink,
  root: string,
  folder: string,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<FolderContents> {
  const path = folder === "" ? root : `${root}\\${folder.replaceAll("/", "\\")}`;
  const target = folder === "" ? link.name : folder;
  return link.use("list", target, signal, async (share) => {
    try {
      return await readEntries(share, path, folder, prefix, signal);
    } catch (error) {
      // A folder that is not there holds nothing, but the root must be there: else the share is another.
      if (!isRefusal(error, ...absent) || folder === "") throw error;
      await share.close(await share.openAny(root, signal));
      return { objects: [], folders: [] };
    }
  });
}

async function readEntries(
  share: SmbShare,
  path: string,
  folder: string,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<FolderContents> {
  const objects: ObjectEntry[] = [];
  const folders: string[] = [];
  const start = folder === "" ? "" : `${folder}/`;
  // The server leaves out what cannot fit; what it sends is looked at again all the same.
  const pattern = prefix.startsWith(start) ? `${prefix.slice(start.length).split("/")[0]}*` : "*";
  const handle = await share.openFolder(path, signal);
  try {
    for await (const entries of share.list(handle, pattern, signal)) {
      for (const { name: segment, bytes, isFolder, isLink, modifiedAt } of entries) {
        if (!isNameSegment(segment) || isLink) continue;
        const name = `${start}${segment}`;
        if (isFolder) {
          if (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`)) folders.push(name);
        } else if (name.startsWith(prefix) && isObjectName(name)) {
          objects.push({ name, bytes, modifiedAt });
        }
      }
      if (objects.length + folders.length > maximumFolderEntries) throw tooMany(folder);
    }
  } finally {
    share.close(handle).catch(() => undefined); // nothing was written
  }
  return { objects, folders };
}

const absent = [status.objectNameNotFound, status.objectPathNotFound, status.notADirectory];

function tooMany(folder: string): AppError {
  return new AppError(
    "LimitExceeded",
    `Cannot list "${folder}": it holds more than ${maximumFolderEntries} objects; find out who put them there`,
    { target: folder },
  );
}
