import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  lstatSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../../base/errors.ts";
import { nativePath } from "../backup/read-file.ts";
import type { TreeRecord } from "../format/tree-format.ts";
import type { FileMetadata } from "./messages.ts";

export interface TargetOptions {
  /** Existing files are replaced; without it they are an error. */
  readonly overwrite: boolean;
  readonly setsOwner: boolean;
  /** The folder was empty and keeps names apart as they are: nothing can be in the way of what is made in it. */
  readonly isFresh: boolean;
  /** The file system takes names that differ in case only for one: see `foldsCase`. */
  readonly foldsCase?: boolean;
  readonly warn: (path: string, code: string, message: string) => void;
}

/**
 * Makes directories, links and special files below a folder of ours. Files are written into real
 * directories only: links of the tree are made after every file, so nothing is ever written through one.
 */
export class TargetTree {
  readonly #root: string;
  readonly #options: TargetOptions;
  readonly #newOwner: { readonly uid: number; readonly gid: number } | undefined;
  readonly #directories: { readonly path: string; readonly metadata: FileMetadata }[] = [];
  /** Paths taken, in lower case, where case makes no difference. */
  readonly #taken = new Set<string>();
  readonly #links: { readonly path: string; readonly record: TreeRecord }[] = [];

  /** `root`: absolute, raw bytes as latin1. */
  constructor(root: string, options: TargetOptions) {
    this.#root = root;
    this.#options = options;
    this.#newOwner = ownerOfNewFiles(root);
  }

  /** Absolute path of a path in the tree; raw bytes as latin1. */
  pathOf(relative: string): string {
    return relative === "" ? this.#root : `${this.#root}/${relative}`;
  }

  /** Makes the directory now; its mode and times are set by `finish`, when nothing below it changes any more. */
  addDirectory(relative: string, record: TreeRecord): void {
    const path = this.#claim(relative);
    const present = this.#options.isFresh && relative !== "" ? undefined : this.#present(path);
    if (present === undefined) mkdirSync(nativePath(path), { mode: 0o700 });
    else if (!present.isDirectory()) throw inTheWay(path, "is not a directory");
    // Of what was there nothing is known.
    const metadata = present === undefined ? this.metadataOf(record) : metadataOf(record);
    this.#directories.push({ path, metadata });
  }

  /** Clears the way for a file; an empty one is complete then. */
  addFile(relative: string, record: TreeRecord): void {
    const path = this.#claim(relative);
    if (!this.#options.isFresh) this.#clear(path);
    if (record.size > 0) return;
    writeFileSync(nativePath(path), "", { flag: "wx", mode: 0o600 });
    this.finishFile(path, this.metadataOf(record), false);
  }

  /** What a file made below the root still needs. */
  metadataOf(record: TreeRecord): FileMetadata {
    const metadata = metadataOf(record);
    const { uid, gid } = this.#newOwner ?? {};
    return uid === metadata.uid && gid === metadata.gid
      ? { ...metadata, uid: -1, gid: -1 }
      : metadata;
  }

  addLink(relative: string, record: TreeRecord): void {
    this.#links.push({ path: this.#claim(relative), record });
  }

  /** Sets a written file's size, owner, mode and time. */
  finishFile(path: string, metadata: FileMetadata, isSparse: boolean): void {
    const file = openSync(nativePath(path), constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      finishOpenFile(file, metadata, { ...this.#options, isSparse, mode: undefined });
    } finally {
      closeSync(file);
    }
  }

  /** Removes what must not be mistaken for a restored file. */
  removeFile(path: string): void {
    rmSync(nativePath(path), { force: true });
  }

  /** Makes links and special files, then sets the directories' metadata, innermost first. */
  finish(): void {
    // Hard links before any symlink is there: none can lead one out of the target.
    const isHard = ({ record }: { record: TreeRecord }): boolean => record.type === "hardlink";
    for (const { path, record } of this.#links.filter(isHard)) this.#makeLink(path, record);
    for (const link of this.#links) if (!isHard(link)) this.#makeLink(link.path, link.record);
    for (const { path, metadata } of this.#directories.reverse()) this.#setMetadata(path, metadata);
  }

  /** Its absolute path. Two names that the file system takes for one would be written into one file. */
  #claim(relative: string): string {
    const path = this.pathOf(relative);
    if (this.#options.foldsCase !== true) return path;
    const folded = Buffer.from(relative, "latin1").toString("utf8").normalize("NFKC").toLowerCase();
    if (this.#taken.has(folded))
      throw inTheWay(
        path,
        "has the name of another one but for upper and lower case, which are the same on this file system",
      );
    this.#taken.add(folded);
    return path;
  }

  #setMetadata(path: string, metadata: FileMetadata): void {
    const native = nativePath(path);
    if (this.#options.setsOwner && (metadata.uid !== -1 || metadata.gid !== -1))
      lchownSync(native, metadata.uid, metadata.gid);
    chmodSync(native, metadata.mode);
    utimesSync(native, metadata.mtime, metadata.mtime);
  }

  #makeLink(path: string, record: TreeRecord): void {
    this.#clear(path);
    try {
      if (record.type === "hardlink") this.#makeHardLink(path, record);
      else if (record.type === "symlink") this.#makeSymlink(path, record);
      else if (record.type === "fifo") this.#makeFifo(path, record);
      else
        this.#options.warn(
          path,
          "NotRestored",
          `A ${record.type} is not restored: create it by hand if it is needed`,
        );
    } catch (error) {
      if (error instanceof AppError) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? "EIO";
      this.#options.warn(path, code, `Cannot create the ${record.type} (${code})`);
    }
  }

  /** The target must be a file below real directories of ours, whatever the tree says. */
  #makeHardLink(path: string, record: TreeRecord): void {
    const segments = record.linkTarget.split("/");
    if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
      throw unsafeLink(record);
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = this.#present(this.pathOf(segments.slice(0, depth).join("/")));
      if (folder !== undefined && !folder.isDirectory()) throw unsafeLink(record);
    }
    linkSync(nativePath(this.pathOf(record.linkTarget)), nativePath(path));
  }

  #makeSymlink(path: string, record: TreeRecord): void {
    symlinkSync(nativePath(record.linkTarget), nativePath(path));
    const { uid, gid, mtime } = metadataOf(record);
    if (this.#options.setsOwner) lchownSync(nativePath(path), uid, gid);
    lutimesSync(nativePath(path), mtime, mtime);
  }

  #makeFifo(path: string, record: TreeRecord): void {
    // Arguments are UTF-8, names need not be: made under a name of ours, then renamed.
    const made = `${Buffer.from(this.#root, "latin1").toString("utf8")}/.fifo-${process.pid}`;
    // Loaded by who needs it: hardly anybody does.
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    execFileSync("mkfifo", ["--", made], { stdio: "ignore" });
    renameSync(made, nativePath(path));
    this.#setMetadata(path, metadataOf(record));
  }

  #present(path: string): Stats | undefined {
    return lstatSync(nativePath(path), { throwIfNoEntry: false });
  }

  #clear(path: string): void {
    const present = this.#present(path);
    if (present === undefined) return;
    if (!this.#options.overwrite) throw inTheWay(path, "exists already");
    if (present.isDirectory()) throw inTheWay(path, "is a directory");
    unlinkSync(nativePath(path));
  }
}

const setGroupId = 0o2000;

/** Who owns what this process makes in a folder it made; undefined where folders hand their group down. */
function ownerOfNewFiles(
  folder: string,
): { readonly uid: number; readonly gid: number } | undefined {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  const { mode, gid: group } = lstatSync(nativePath(folder));
  return uid === undefined || gid !== group || (mode & setGroupId) !== 0 ? undefined : { uid, gid };
}

function metadataOf(record: TreeRecord): FileMetadata {
  return {
    size: record.size,
    mode: record.mode,
    uid: record.uid,
    gid: record.gid,
    mtime: Number(record.mtimeNs) / 1e9,
  };
}

/**
 * True when the folder is empty and its file system takes a name in capitals, or with its accents written apart,
 * for another one. Then what a tree holds cannot collide in it.
 */
export function isFreshFolder(folder: string): boolean {
  if (readdirSync(folder).length > 0) return false;
  const others = [".HOLDFAST-PROBE-\u00e9", ".holdfast-probe-e\u0301"];
  try {
    return keepsApart(folder, ".holdfast-probe-\u00e9", others);
  } catch {
    return false;
  }
}

/** Whether names that differ in case only are one name in this folder. */
export function foldsCase(folder: string): boolean {
  const name = `.holdfast-case-${process.pid}`;
  return !keepsApart(folder, name, [name.toUpperCase()]);
}

/** Whether the other names stand for other files than the one of this name, which is made and removed. */
function keepsApart(folder: string, name: string, others: readonly string[]): boolean {
  const probe = join(folder, name);
  writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
  try {
    return others.every(
      (other) => lstatSync(join(folder, other), { throwIfNoEntry: false }) === undefined,
    );
  } finally {
    unlinkSync(probe);
  }
}

/** Throws `RestoreTargetNotEmpty` unless the folder is absent or empty, or the caller asked to overwrite; then makes it. */
export function openTarget(path: string, overwrite: boolean): void {
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present !== undefined && !present.isDirectory()) {
    throw new AppError(
      "RestoreTargetNotAllowed",
      `Cannot restore into "${path}": it is not a directory`,
      { target: path },
    );
  }
  if (present !== undefined && !overwrite && readdirSync(path).length > 0) {
    throw new AppError(
      "RestoreTargetNotEmpty",
      `Cannot restore into "${path}": it is not empty; name an empty folder, or ask explicitly to overwrite`,
      { target: path },
    );
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
    throw new AppError(
      "TargetFailed",
      `Cannot create the restore target "${path}" (${code}): check that its parent exists and can be written`,
      { cause, target: path, nativeCode: code },
    );
  }
}

export interface FinishOptions {
  readonly setsOwner: boolean;
  /** A hole may end the file: its size has to be set. */
  readonly isSparse: boolean;
  /** The permission bits the file has; undefined when not known. */
  readonly mode: number | undefined;
}

/** Sets what is not yet right of an open file's size, owner, mode and time. */
export function finishOpenFile(file: number, metadata: FileMetadata, known: FinishOptions): void {
  if (known.isSparse) ftruncateSync(file, metadata.size);
  const setsOwner = known.setsOwner && (metadata.uid !== -1 || metadata.gid !== -1);
  if (setsOwner) fchownSync(file, metadata.uid, metadata.gid);
  // A change of owner takes set-user-ID bits away.
  if (setsOwner || known.mode !== metadata.mode) fchmodSync(file, metadata.mode);
  futimesSync(file, metadata.mtime, metadata.mtime);
}

/** What the file system said about the target, as the error of a restore; anything else as it is. */
export function toTargetError(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "EIO";
  const hint =
    code === "ENOSPC"
      ? "free space on the target and run the restore again"
      : "check the target folder and run the restore again";
  return new AppError("TargetFailed", `Cannot write to the restore target (${code}): ${hint}`, {
    cause: error,
    nativeCode: code,
  });
}

function unsafeLink(record: TreeRecord): AppError {
  return new AppError(
    "UnsafePath",
    `A tree holds a hard link to ${JSON.stringify(record.linkTarget.slice(0, 80))}, which may lie outside the target: it was not made`,
  );
}

function inTheWay(path: string, fault: string): AppError {
  return new AppError(
    "TargetFailed",
    `Cannot restore to "${path}": it ${fault}; restore into an empty folder`,
    { target: path },
  );
}
