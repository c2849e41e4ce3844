import { posix } from "node:path";

import type { ObjectEntry } from "../../engine/object-store.ts";
import { isNameSegment, isObjectName } from "../object-name.ts";
import { hasStatus, sftpStatus } from "./errors.ts";
import type { SftpSession } from "./session.ts";

const foldersInFlight = 16;

interface Listing {
  readonly entries: readonly ObjectEntry[];
  readonly folders: readonly string[];
}

/** Every object below the root whose name starts with the prefix; alien names, links and parts are passed over. */
export async function* listObjects(
  session: SftpSession,
  root: string,
  prefix: string,
  stop: (work: Promise<Listing>) => Promise<Listing>,
): AsyncGenerator<ObjectEntry, void, undefined> {
  for await (const { entries } of readFolders(session, root, prefix, stop)) yield* entries;
}

/** The root ("") and every folder of the store below it. */
export async function listFolders(session: SftpSession, root: string): Promise<string[]> {
  const found = [""];
  for await (const { folders } of readFolders(session, root, "", (work) => work))
    found.push(...folders);
  return found;
}

async function* readFolders(
  session: SftpSession,
  root: string,
  prefix: string,
  stop: (work: Promise<Listing>) => Promise<Listing>,
): AsyncGenerator<Listing, void, undefined> {
  const waiting = [prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))];
  const reading: Promise<Listing>[] = [];
  for (;;) {
    while (reading.length < foldersInFlight && waiting.length > 0) {
      const work = readFolder(session, root, waiting.pop() ?? "", prefix);
      work.catch(() => undefined); // taken up in its turn
      reading.push(work);
    }
    const next = reading.shift();
    if (next === undefined) return;
    const listing = await stop(next);
    waiting.push(...listing.folders);
    yield listing;
  }
}

async function readFolder(
  session: SftpSession,
  root: string,
  folder: string,
  prefix: string,
): Promise<Listing> {
  const entries: ObjectEntry[] = [];
  const folders: string[] = [];
  for (const { filename, attrs } of await readItems(session, root, folder)) {
    if (!isNameSegment(filename)) continue;
    const name = folder === "" ? filename : `${folder}/${filename}`;
    if (attrs.isDirectory()) {
      if (`${name}/`.startsWith(prefix) || prefix.startsWith(`${name}/`)) folders.push(name);
    } else if (attrs.isFile() && name.startsWith(prefix) && isObjectName(name)) {
      entries.push({ name, bytes: attrs.size, modifiedAt: attrs.mtime * 1000 });
    }
  }
  return { entries, folders };
}

async function readItems(
  session: SftpSession,
  root: string,
  folder: string,
): ReturnType<SftpSession["readdir"]> {
  try {
    return await session.readdir(posix.join(root, folder));
  } catch (error) {
    // A folder that is not there holds nothing, but the root must be there: else the mount is gone.
    if (!hasStatus(error, sftpStatus.noSuchFile) || folder === "") throw error;
    await session.lstat(root);
    return [];
  }
}
