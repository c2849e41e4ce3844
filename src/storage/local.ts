import { randomBytes, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { ByteRange, ObjectEntry, ObjectStore, StoreProbe } from "../engine/object-store.ts";
import { nodeFileSystem } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import { LocalFolders, syncFolder } from "./local-folders.ts";
import { listObjects } from "./local-list.ts";
import {
  alienObject,
  checkObjectSize,
  exists,
  objectNotFound,
  readRange,
} from "./local-objects.ts";
import { objectExists, publishPart, writePart } from "./local-publish.ts";
import { settleFolders } from "./local-settle.ts";
import { checkObjectName, checkPrefix } from "./object-name.ts";
import { hasNativeCode, toStoreError } from "./store-errors.ts";

const storeFolder = "holdfast";
const partsFolder = ".parts";
const stalePartMilliseconds = 24 * 60 * 60 * 1000; // no put takes a day; a younger part may be somebody's

export interface LocalStoreOptions {
  /** The administrator's folder, absolute; our objects go into `holdfast/` below it. */
  readonly path: string;
  /** `read` works on a read-only mount and makes nothing; default `write`. */
  readonly access?: "read" | "write";
  readonly clock?: Clock;
  readonly fileSystem?: FileSystem;
}

/**
 * Opens a local or mounted folder as a store. Throws `BackupPathNotFound` or `InvalidBackupPath`, a store
 * error when `holdfast/` cannot be made in it, and with `read` access `RepositoryNotFound` when it is absent.
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<ObjectStore> {
  const { path, access = "write", clock = systemClock, fileSystem = nodeFileSystem } = options;
  const root = join(await findFolder(fileSystem, path), storeFolder);
  try {
    if (access === "write") await makeRoot(fileSystem, root);
    const isFolder = (await fileSystem.lstat(root)).isDirectory();
    if (!isFolder) throw alienObject(root);
  } catch (error) {
    if (access === "read" && hasNativeCode(error, "ENOENT")) {
      throw new AppError(
        "RepositoryNotFound",
        `Cannot find a folder "${storeFolder}" in "${path}": give the path that a backup was written to`,
        { cause: error, target: path },
      );
    }
    throw toStoreError(error, "open the store in", path);
  }
  const store = new LocalStore(root, access, clock, fileSystem);
  if (access === "write") await removeStaleParts(fileSystem, root, clock.now());
  return store;
}

class LocalStore implements ObjectStore {
  readonly #root: string;
  readonly #access: "read" | "write";
  readonly #clock: Clock;
  readonly #fileSystem: FileSystem;
  readonly #folders: LocalFolders;
  #publishing: Promise<unknown> = Promise.resolve();
  /** A mount without links: nothing shows what a writer died over. */
  #renames = false;

  constructor(root: string, access: "read" | "write", clock: Clock, fileSystem: FileSystem) {
    this.#root = root;
    this.#access = access;
    this.#clock = clock;
    this.#fileSystem = fileSystem;
    this.#folders = new LocalFolders(fileSystem, root);
  }

  async put(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    signal?.throwIfAborted();
    checkObjectSize(name, bytes.length);
    try {
      await this.#write(name, bytes, signal).catch((error: unknown) => {
        if (!hasNativeCode(error, "ENOENT")) throw error;
        this.#folders.forget(); // somebody removed an empty folder we remember
        return this.#write(name, bytes, signal);
      });
    } catch (error) {
      throw toStoreError(error, "write", name);
    }
  }

  async get(name: string, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    checkObjectName(name);
    signal?.throwIfAborted();
    let handle: FileHandle | undefined;
    try {
      handle = await this.#openObject(name);
      return await readRange(handle, name, range);
    } catch (error) {
      throw toStoreError(error, "read", name);
    } finally {
      await handle?.close().catch(() => undefined); // nothing was written
    }
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    return listObjects(this.#fileSystem, this.#folders, this.#root, prefix, signal);
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    checkObjectName(name);
    try {
      const path = this.localPath(name);
      await this.#folders.checkInside(dirname(path));
      const stats = await this.#fileSystem.lstat(path);
      if (stats.isFile()) return { bytes: stats.size };
      if (stats.isDirectory()) return undefined;
      throw alienObject(name);
    } catch (error) {
      if (hasNativeCode(error, "ENOENT", "ENOTDIR") && (await this.#hasRoot())) return undefined;
      throw toStoreError(error, "look at", name);
    }
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    try {
      const path = this.localPath(name);
      await this.#folders.checkInside(dirname(path));
      await this.#fileSystem.unlink(path);
    } catch (error) {
      const isAbsent = hasNativeCode(error, "ENOENT", "ENOTDIR", "EISDIR");
      if (isAbsent && (await this.#hasRoot())) return;
      throw toStoreError(error, "remove", name);
    }
  }

  async probe(): Promise<StoreProbe> {
    const space = await this.#readSpace();
    if (this.#access === "read") {
      return { ...space, canWrite: false, canRemove: false, encryptedInFlight: true };
    }
    const name = `probe-${randomUUID()}`;
    const bytes = randomBytes(4096);
    await this.put(name, bytes);
    const { mtimeMs } = await this.#fileSystem.lstat(this.localPath(name));
    const clockSkewMilliseconds = Math.round(mtimeMs - this.#clock.now());
    await this.#checkProbe(name, bytes);
    const canRemove = await this.#canRemove(name);
    return { ...space, canWrite: true, canRemove, encryptedInFlight: true, clockSkewMilliseconds };
  }

  localPath(name: string): string {
    checkObjectName(name);
    return join(this.#root, name);
  }

  async settle(alsoRemovals = false): Promise<void> {
    if (this.#access === "read") return;
    const parts = join(this.#root, partsFolder);
    try {
      await settleFolders(this.#fileSystem, this.#root, parts, alsoRemovals || this.#renames);
    } catch (error) {
      throw toStoreError(error, "flush the folders of", this.#root);
    }
  }

  async close(): Promise<void> {
    await this.#publishing;
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    throw new AppError("StoreReadOnly", "Cannot change the store: it was opened for reading");
  }

  async #write(name: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const final = this.localPath(name);
    const folder = dirname(final);
    const parts = join(this.#root, partsFolder);
    for (const needed of [parts, folder]) {
      await this.#folders.ensure(needed);
      await this.#folders.checkInside(needed);
    }
    if (await exists(this.#fileSystem, final)) throw objectExists(name);
    const part = join(parts, randomUUID());
    try {
      await writePart(this.#fileSystem, part, bytes);
      // The last look: who gave up may have changed the bytes since, so they must not get a name.
      signal?.throwIfAborted();
      this.#renames = (await this.#publish(part, final, name)) === "rename";
      await this.#flush(folder, final);
    } finally {
      // Last, for while it is there it shows a name that may not be durable. Gone after a rename.
      await this.#fileSystem.unlink(part).catch(() => undefined);
    }
  }

  /** One at a time, so that check and rename are one step on mounts without links. */
  #publish(part: string, final: string, name: string): ReturnType<typeof publishPart> {
    const turn = this.#publishing.then(() => publishPart(this.#fileSystem, part, final, name));
    this.#publishing = turn.catch(() => undefined);
    return turn;
  }

  /** A name that may not survive a power cut is taken back: a retry must not find it and call it safe. */
  async #flush(folder: string, final: string): Promise<void> {
    try {
      await syncFolder(this.#fileSystem, folder);
    } catch (error) {
      await this.#fileSystem.unlink(final).catch(() => undefined);
      throw error;
    }
  }

  async #openObject(name: string): Promise<FileHandle> {
    const path = this.localPath(name);
    const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
    try {
      await this.#folders.checkInside(dirname(path));
      return await this.#fileSystem.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      const isAbsent = hasNativeCode(error, "ENOENT", "ENOTDIR");
      if (!isAbsent || !(await this.#hasRoot())) throw error;
      throw objectNotFound(name, error);
    }
  }

  /** False when the whole store is gone, as after an unmount: then nothing may be called absent. */
  async #hasRoot(): Promise<boolean> {
    return exists(this.#fileSystem, this.#root).catch(() => false);
  }

  async #readSpace(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    try {
      const { bavail, blocks, bsize } = await this.#fileSystem.statfs(this.#root);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (error) {
      throw toStoreError(error, "ask for the free space of", this.#root);
    }
  }

  async #checkProbe(name: string, bytes: Uint8Array): Promise<void> {
    const read = await this.get(name);
    if (Buffer.compare(read, bytes) !== 0) {
      throw new AppError(
        "StoreTampered",
        "Cannot use the store: it returned other bytes than written",
      );
    }
    try {
      await this.put(name, bytes);
    } catch (error) {
      if (isAppError(error, "ObjectExists")) return;
      throw error;
    }
    throw new AppError("StoreUnsupported", "Cannot use the store: it replaces objects that exist");
  }

  async #canRemove(name: string): Promise<boolean> {
    try {
      await this.remove(name);
    } catch (error) {
      if (isAppError(error, "StoreReadOnly") || isAppError(error, "StoreAuthRefused")) return false;
      throw error;
    }
    return (await this.stat(name)) === undefined;
  }
}

async function findFolder(fileSystem: FileSystem, path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes("\0")) {
    throw new AppError(
      "InvalidBackupPath",
      `Cannot use ${JSON.stringify(path)}: give an absolute path`,
    );
  }
  try {
    const real = await fileSystem.realpath(path);
    if ((await fileSystem.lstat(real)).isDirectory()) return real;
  } catch (error) {
    if (!hasNativeCode(error, "ENOENT", "ENOTDIR")) throw toStoreError(error, "open", path);
    throw new AppError(
      "BackupPathNotFound",
      `Cannot find the folder "${path}": create it or mount it, then try again`,
      { cause: error, target: path },
    );
  }
  throw new AppError("InvalidBackupPath", `Cannot use "${path}": it is not a folder`, {
    target: path,
  });
}

async function makeRoot(fileSystem: FileSystem, root: string): Promise<void> {
  try {
    await fileSystem.mkdir(root, { mode: 0o700 });
  } catch (error) {
    if (!hasNativeCode(error, "EEXIST")) throw error;
  }
  await syncFolder(fileSystem, dirname(root));
}

/** Parts of writers that died. Best effort: a failure here must not keep a backup from starting. */
async function removeStaleParts(fileSystem: FileSystem, root: string, now: number): Promise<void> {
  try {
    const folder = join(root, partsFolder);
    if ((await fileSystem.realpath(folder)) !== folder) return;
    for await (const item of await fileSystem.opendir(folder)) {
      const part = join(folder, item.name);
      const { mtimeMs } = await fileSystem.lstat(part);
      if (item.isFile() && now - mtimeMs > stalePartMilliseconds) await fileSystem.unlink(part);
    }
  } catch {
    return;
  }
}
