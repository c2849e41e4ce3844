import { constants } from "node:fs";
import { dirname } from "node:path";

import { AppError } from "../base/errors.ts";
import type { FileSystem } from "./file-system.ts";
import { hasNativeCode } from "./store-errors.ts";

/** Makes folders below one root durable, each once per process, and refuses those that lead out of it. */
export class LocalFolders {
  readonly #fileSystem: FileSystem;
  readonly #root: string;
  readonly #ready = new Map<string, Promise<void>>();

  constructor(fileSystem: FileSystem, root: string) {
    this.#fileSystem = fileSystem;
    this.#root = root;
  }

  /** The folder exists, and so it will after a power cut. Never makes the root itself: see `ENOENT`. */
  ensure(folder: string): Promise<void> {
    if (folder === this.#root) return Promise.resolve();
    const known = this.#ready.get(folder);
    if (known !== undefined) return known;
    const making = this.#make(folder);
    this.#ready.set(folder, making);
    making.catch(() => this.#ready.delete(folder));
    return making;
  }

  /** Forgets what it knows, after somebody else removed folders. */
  forget(): void {
    this.#ready.clear();
  }

  /** Throws `StoreTampered` when a link on the way leads elsewhere (A41). */
  async checkInside(folder: string): Promise<void> {
    if ((await this.#fileSystem.realpath(folder)) === folder) return;
    throw new AppError(
      "StoreTampered",
      `Cannot use the folder "${folder}" of the store: a link leads out of it; find out who put it there and remove it`,
      { target: folder },
    );
  }

  async #make(folder: string): Promise<void> {
    const parent = dirname(folder);
    await this.ensure(parent);
    try {
      await this.#fileSystem.mkdir(folder, { mode: 0o700 });
    } catch (error) {
      if (!hasNativeCode(error, "EEXIST")) throw error;
    }
    // Also when it was there: whoever made it may have died before this.
    await syncFolder(this.#fileSystem, parent);
  }
}

/** Makes the names in a folder survive a power cut, where the file system knows of such a thing. */
export async function syncFolder(fileSystem: FileSystem, folder: string): Promise<void> {
  const handle = await fileSystem.open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    if (!hasNativeCode(error, "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF")) throw error;
  } finally {
    await handle.close();
  }
}
