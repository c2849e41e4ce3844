import { constants, lstatSync, readdirSync, readlinkSync, statfsSync } from "node:fs";
import type { BigIntStats } from "node:fs";

import { AppError } from "../base/errors.ts";
import { EntryPacker, type EntryFlags } from "../engine/packed-entries.ts";
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

const statOptions = { bigint: true } as const;

export const nodeWalkSystem: WalkSystem = {
  list: (path) => readdirSync(path, "latin1"),
  stat: (path) => lstatSync(path, statOptions),
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
  /** As `next`, packed: no object is made for an entry. */
  pack(count: number): Uint8Array<ArrayBuffer>;
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
  const advance = createAdvance(options, state);
  const packer = new EntryPacker();
  return {
    next: (count) => {
      const batch: SourceEntry[] = [];
      advance(count, (found) => batch.push(toEntry(found)));
      return batch;
    },
    pack: (count) => {
      advance(count, ({ parent, name, type, stats, linkTarget, flags }) =>
        packer.add(parent, name, type, stats, flags, linkTarget),
      );
      return packer.take();
    },
    state,
  };
}

/** Goes on with the walk for so many entries. */
function createAdvance(
  options: WalkOptions,
  state: WalkState,
): (count: number, take: Take) => void {
  const { folders } = state;
  /** False for what is left out. */
  const visit = (take: Take, parent: string, name: string, from: Folder | undefined): boolean => {
    const localPath = from === undefined ? options.root : from.localPath + name;
    const found = readFound(options, state.firstNames, parent, name, localPath);
    if (found === undefined) return false;
    take(found);
    if (found.type === "directory" && from !== undefined) enter(found, from.device);
    return true;
  };
  const enter = ({ parent, name, localPath, stats }: Found, device: bigint): void => {
    const path = parent + name;
    if (stats.dev !== device && isLeftOut(options, path, localPath)) return;
    const folder = openFolder(options, path, localPath, stats.dev);
    if (folder !== undefined) folders.push(folder);
  };
  return (count, take) => {
    let left = count;
    if (!state.isStarted) {
      state.isStarted = true;
      folders.push(openRoot(options));
      if (visit(take, "", "", undefined)) left -= 1;
    }
    for (let folder = folders.at(-1); folder !== undefined; folder = folders.at(-1)) {
      const name = folder.names[folder.position];
      if (name === undefined) {
        folders.pop();
        continue;
      }
      if (left <= 0) return;
      folder.position += 1;
      if (options.isExcluded?.(folder.path + name) === true) continue;
      if (visit(take, folder.path, name, folder)) left -= 1;
    }
  };
}

type Take = (found: Found) => void;

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

/** What was seen of one entry. */
interface Found {
  /** Path of the folder it lies in, with a slash at its end; "" in the root. */
  readonly parent: string;
  readonly name: string;
  readonly localPath: string;
  readonly type: EntryType;
  readonly stats: BigIntStats;
  readonly linkTarget: string | undefined;
  readonly flags: EntryFlags;
}

function readFound(
  { system, warn }: WalkOptions,
  firstNames: Map<string, string>,
  parent: string,
  name: string,
  localPath: string,
): Found | undefined {
  const systemPath = toSystemPath(localPath);
  try {
    const stats = system.stat(systemPath);
    const type = typeOf(stats);
    const found = { parent, name, localPath, type, stats, linkTarget: undefined, flags: noFlags };
    if (type === "file") return lookAtFile(found, firstNames);
    if (type === "symlink") return { ...found, type, linkTarget: system.readLink(systemPath) };
    if (type !== undefined) return { ...found, type };
    const message = "Cannot back up: its type is unknown";
    warn({ path: parent + name, code: "UnknownType", message });
  } catch (error) {
    warn(toWarning(error, parent + name, "Cannot look at it"));
  }
  return undefined;
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

const pagedName = /\.(?:db|sqlite|sqlite3)$/i;

function lookAtFile(found: Omit<Found, "type">, firstNames: Map<string, string>): Found {
  const { parent, name, stats } = found;
  if (stats.nlink > 1n) {
    const key = `${stats.dev}:${stats.ino}`;
    const linkTarget = firstNames.get(key);
    if (linkTarget !== undefined) return { ...found, type: "hardlink", linkTarget };
    firstNames.set(key, parent + name);
  }
  const isSparse = stats.blocks * 512n < stats.size;
  const isPaged = pagedName.test(name);
  const flags = isSparse || isPaged ? { sparse: isSparse, paged: isPaged } : noFlags;
  return { ...found, type: "file", flags };
}

const noFlags: EntryFlags = { sparse: false, paged: false };

function toEntry({ parent, name, localPath, type, stats, linkTarget, flags }: Found): SourceEntry {
  const isDevice = type === "character-device" || type === "block-device";
  return {
    path: parent + name,
    type,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: type === "file" ? Number(stats.size) : 0,
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: stats.ino,
    ...(type === "file" ? { localPath } : undefined),
    ...(linkTarget === undefined ? undefined : { linkTarget }),
    ...(isDevice ? { device: stats.rdev } : undefined),
    ...(flags.paged ? { paged: true } : undefined),
    ...(flags.sparse ? { sparse: true } : undefined),
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
