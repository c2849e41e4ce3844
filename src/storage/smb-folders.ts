import { alienObject } from "./local-objects.ts";
import type { SmbFile, SmbShare } from "./smb/share.ts";
import { isRefusal } from "./smb/smb-error.ts";
import { status } from "./smb/status.ts";

/** Makes folders below the root durable, each once per store, and refuses links among them. */
export class SmbFolders {
  readonly #root: string;
  readonly #ready = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder exists, and so it will after a power cut. The folder above the root must be there. */
  ensure(share: SmbShare, folder: string): Promise<void> {
    const known = this.#ready.get(folder);
    if (known !== undefined) return known;
    const making = this.#make(share, folder);
    this.#ready.set(folder, making);
    making.catch(() => this.#ready.delete(folder));
    return making;
  }

  /** Forgets what it knows, after somebody else removed folders. */
  forget(): void {
    this.#ready.clear();
  }

  async #make(share: SmbShare, folder: string): Promise<void> {
    const parent = folder.slice(0, Math.max(0, folder.lastIndexOf("\\")));
    if (folder !== this.#root) await this.ensure(share, parent);
    const handle = await share.makeFolder(folder);
    await share.close(handle);
    if (handle.isLink) throw alienObject(folder);
    // Also when it was there: whoever made it may have died before this.
    await syncFolder(share, parent);
  }
}

/** Makes the names in a folder survive a power cut, where the server knows of such a thing. */
export async function syncFolder(share: SmbShare, folder: string): Promise<void> {
  let handle: SmbFile | undefined;
  try {
    handle = await share.makeFolder(folder);
    await share.flush(handle);
  } catch (error) {
    if (!isRefusal(error, ...cannotFlush)) throw error;
  } finally {
    if (handle !== undefined) await share.close(handle).catch(() => undefined);
  }
}

// Servers that flush no folders keep a journal of names, or have no more to offer.
const cannotFlush = [
  status.accessDenied,
  status.invalidDeviceRequest,
  status.invalidHandle,
  status.invalidParameter,
  status.notSupported,
];
