import { constants, lstatSync, readdirSync, readlinkSync, statfsSync } from "node:fs";
import type { BigIntStats } from "node:fs";

import { AppError } from "../base/errors.ts";
import type { EntryType, SourceEntry, SourceWarning } from "../engine/source.ts";
import { isPseudoFileSystem } from "./pseudo-file-systems.ts";
import { toSystemPath } from "./raw-path.ts";

type SystemPath = string | Buffer;

/** The calls of a walk; tests put faults in between. Names come and go as raw bytes. */
export interface WalkSystem {
  readonly list: (path: SystemPath) => string[];
  readonly stat: (path: SystemPath) => BigIntStats;
  readonly readLink: (path: SystemPath) => string;
  readonly fileSystemType: (path: SystemPath) => number;
}

export const nodeWalkSystem: WalkSystem = {
  list: (path) => readdirSync(path, "latin1"),
  stat: (path) => lstatSync(path, { bigint: true }),
  readLink: (path) => readlinkSync(path, "latin1"),
  fileSystemType: (path) => statfsSync(path).type,
};

export interface WalkOptions {
  /** Absolute raw path. */
  readonly root: string;
  readonly isExcluded: ((path: string) => boolean) | undefined;
  readonly warn: (warning: SourceWarning) => void;
  readonly system: WalkSystem;
}

export interface Walk {
  /** Up to so many entries more; none at the end. */
  next(count: number): SourceEntry[];
  /** Where the walk is: another thread can go on from here. This walk must not be used after that. */
  readonly state: WalkState;
}

/** Plain data, so that it can be sent to another thread. */
export interface WalkState {
  isStarted: boolean;
  /** Folders being walked, outermost first. */
  readonly folders: Folder[];
  /** Path of the first name of each file with several, by device and inode. */
  readonly firstNames: Map<string, string>;
}

/** One folder that is being walked. Both paths end in a slash, but for the "" of the root. */
interface Folder {
  readonly path: string;
  readonly localPath: string;
  readonly device: bigint;
  readonly names: readonly string[];
  position: number;
}

/** Walks depth first, a folder before what it holds, names in the order of their bytes. */
export function createWalk(
  options: WalkOptions,
  state: WalkState = { isStarted: false, folders: [], firstNames: new Map() },
): Walk {
  const { folders, firstNames } = state;

  const visit = (batch: SourceEntry[], path: string, localPath: string, device: bigint): void => {
    const found = readEntry(options, firstNames, path, localPath);
    if (found === undefined) return;
    batch.push(found.entry);
    if (found.entry.type !== "directory") return;
    if (found.device !== device && isLeftOut(options, path, localPath)) return;
    const folder = openFolder(options, path, localPath, found.device);
    if (folder !== undefined) folders.push(folder);
  };

  const next = (count: number): SourceEntry[] => {
    const batch: SourceEntry[] = [];
    if (!state.isStarted) {
      state.isStarted = true;
      const folder = openRoot(options);
      folders.push(folder);
      const found = readEntry(options, firstNames, "", options.root);
      if (found !== undefined) batch.push(found.entry);
    }
    for (let folder = folders.at(-1); folder !== undefined; folder = folders.at(-1)) {
      const name = folder.names[folder.position];
      if (name === undefined) {
        folders.pop();
        continue;
      }
      if (batch.length >= count) return batch;
      folder.position += 1;
      const path = folder.path + name;
      if (options.isExcluded?.(path) === true) continue;
      visit(batch, path, folder.localPath + name, folder.device);
    }
    return batch;
  };
  return { next, state };
}

function openRoot({ root, system }: WalkOptions): Folder {
  const localPath = root.endsWith("/") ? root : `${root}/`;
  try {
    const { dev } = system.stat(toSystemPath(root));
    const names = system.list(toSystemPath(root)).sort();
    return { path: "", localPath, device: dev, names, position: 0 };
  } catch (error) {
    const message = `Cannot list the folder of the role (${codeOf(error)}): see that it is there and readable`;
    throw new AppError("SourceFailed", message, { cause: error, nativeCode: codeOf(error) });
  }
}

function openFolder(
  { warn, system }: WalkOptions,
  path: string,
  localPath: string,
  device: bigint,
): Folder | undefined {
  try {
    const names = system.list(toSystemPath(localPath)).sort();
    return { path: `${path}/`, localPath: `${localPath}/`, device, names, position: 0 };
  } catch (error) {
    warn(toWarning(error, path, "Cannot list the folder"));
    return undefined;
  }
}

/** True for what the kernel or a boot makes anew: /proc and its like, and /dev and /run when mounted. */
function isLeftOut({ system, warn }: WalkOptions, path: string, localPath: string): boolean {
  if (localPath === "/dev" || localPath === "/run") return true;
  try {
    return isPseudoFileSystem(system.fileSystemType(toSystemPath(localPath)));
  } catch (error) {
    warn(toWarning(error, path, "Cannot ask for the file system of the folder"));
    return true;
  }
}

interface Found {
  readonly entry: SourceEntry;
  readonly device: bigint;
}

function readEntry(
  { system, warn }: WalkOptions,
  firstNames: Map<string, string>,
  path: string,
  localPath: string,
): Found | undefined {
  const systemPath = toSystemPath(localPath);
  try {
    const stats = system.stat(systemPath);
    const type = typeOf(stats);
    if (type === undefined) {
      warn({ path, code: "UnknownType", message: "Cannot back up: its type is unknown" });
      return undefined;
    }
    const entry = toEntry(stats, type, path);
    if (type === "symlink") {
      return { entry: { ...entry, linkTarget: system.readLink(systemPath) }, device: stats.dev };
    }
    if (type === "file") {
      return { entry: toFile(stats, entry, localPath, firstNames), device: stats.dev };
    }
    return { entry, device: stats.dev };
  } catch (error) {
    warn(toWarning(error, path, "Cannot look at it"));
    return undefined;
  }
}

const types: ReadonlyMap<number, EntryType> = new Map<number, EntryType>([
  [constants.S_IFREG, "file"],
  [constants.S_IFDIR, "directory"],
  [constants.S_IFLNK, "symlink"],
  [constants.S_IFIFO, "fifo"],
  [constants.S_IFSOCK, "socket"],
  [constants.S_IFCHR, "character-device"],
  [constants.S_IFBLK, "block-device"],
]);

function typeOf(stats: BigIntStats): EntryType | undefined {
  return types.get(Number(stats.mode) & constants.S_IFMT);
}

function toEntry(stats: BigIntStats, type: EntryType, path: string): SourceEntry {
  const isDevice = type === "character-device" || type === "block-device";
  const entry: SourceEntry = {
    path,
    type,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: type === "file" ? Number(stats.size) : 0,
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: stats.ino,
  };
  return isDevice ? { ...entry, device: stats.rdev } : entry;
}

const pagedName = /\.(?:db|sqlite|sqlite3)$/i;

function toFile(
  stats: BigIntStats,
  entry: SourceEntry,
  localPath: string,
  firstNames: Map<string, string>,
): SourceEntry {
  if (stats.nlink > 1n) {
    const key = `${stats.dev}:${stats.ino}`;
    const linkTarget = firstNames.get(key);
    if (linkTarget !== undefined) return { ...entry, type: "hardlink", size: 0, linkTarget };
    firstNames.set(key, entry.path);
  }
  const isPaged = pagedName.test(entry.path);
  const isSparse = stats.blocks * 512n < stats.size;
  return {
    ...entry,
    localPath,
    ...(isPaged ? { paged: true } : {}),
    ...(isSparse ? { sparse: true } : {}),
  };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "Unknown";
}

function toWarning(error: unknown, path: string, problem: string): SourceWarning {
  const code = codeOf(error);
  if (code !== "ENOENT") return { path, code, message: `${problem} (${code})` };
  return { path, code: "Vanished", message: "It vanished while the folder was read" };
}
