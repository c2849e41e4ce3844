import { posix } from "node:path";

import { alienObject } from "../local-objects.ts";
import { hasStatus, sftpStatus } from "./errors.ts";
import type { SftpSession } from "./session.ts";

/** Makes folders below one root durable, each once, and refuses links in their place. */
export class SftpFolders {
  readonly #root: string;
  readonly #ready = new Map<string, Promise<void>>();
  /** Whether the server opens and flushes folders, as OpenSSH does; found out at the first try. */
  #canFlush: boolean | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder exists, and so it will after a power cut where the server can promise that. */
  ensure(session: SftpSession, folder: string): Promise<void> {
    if (folder === this.#root) return Promise.resolve();
    const known = this.#ready.get(folder);
    if (known !== undefined) return known;
    const making = this.#make(session, folder);
    this.#ready.set(folder, making);
    making.catch(() => this.#ready.delete(folder));
    return making;
  }

  /** Forgets what it knows, after somebody else removed folders. */
  forget(): void {
    this.#ready.clear();
  }

  /** Makes the names in a folder survive a power cut, where the server knows of such a thing. */
  async flush(session: SftpSession, folder: string): Promise<void> {
    if (this.#canFlush === false) return;
    const handle = await session.open(folder, "r").catch((error: unknown) => {
      if (this.#canFlush === true || !isAnswered(error)) throw error;
      return undefined;
    });
    if (handle === undefined) {
      this.#canFlush = false;
      return;
    }
    const closed = session.fsync(handle).then(
      () => true,
      (error: unknown) => {
        if (this.#canFlush === true || !isAnswered(error)) throw error;
        return false;
      },
    );
    session.close(handle).catch(() => undefined);
    this.#canFlush = await closed;
  }

  async #make(session: SftpSession, folder: string): Promise<void> {
    const parent = posix.dirname(folder);
    await this.ensure(session, parent);
    try {
      await session.mkdir(folder);
    } catch (error) {
      // "Failure" is all that version 3 says of a name that is taken.
      if (!hasStatus(error, sftpStatus.failure)) throw error;
      const stats = await session.lstat(folder).catch(() => undefined);
      if (stats === undefined) throw error;
      if (!stats.isDirectory()) throw alienObject(folder);
    }
    // Also when it was there: whoever made it may have died before this.
    await this.flush(session, parent);
  }
}

function isAnswered(error: unknown): boolean {
  const { noSuchFile, permissionDenied, failure, badMessage, unsupported } = sftpStatus;
  return hasStatus(error, noSuchFile, permissionDenied, failure, badMessage, unsupported);
}
