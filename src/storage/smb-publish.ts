import { randomUUID } from "node:crypto";

import { objectExists } from "./local-publish.ts";
import { syncFolder } from "./smb-folders.ts";
import type { SmbFile, SmbShare } from "./smb/share.ts";
import { isRefusal } from "./smb/smb-error.ts";
import { status } from "./smb/status.ts";

export interface Publication {
  /** The folder for parts and the one of the object, both there. */
  readonly parts: string;
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** Gives the open part its name. */
  readonly rename: (share: SmbShare, part: SmbFile) => Promise<void>;
}

/**
 * Writes the bytes into a part and has it renamed; what does not get a name is removed. The name
 * survives a power cut when this resolves.
 */
export async function publishObject(
  share: SmbShare,
  { parts, folder, bytes, rename }: Publication,
  signal: AbortSignal | undefined,
): Promise<void> {
  const part = await share.createFile(`${parts}\\${randomUUID()}`, signal);
  try {
    await share.write(part, bytes, signal);
    await share.flush(part, signal);
    // The last look: who gave up may have changed the bytes since, so they must not get a name.
    signal?.throwIfAborted();
    await rename(share, part);
  } catch (error) {
    const clearing = discard(share, part);
    if (signal?.aborted !== true) await clearing; // who gave up does not wait
    throw error;
  }
  await settle(share, part, folder);
}

/** Renames an open part, or throws `ObjectExists` and leaves the present object alone. */
export async function renamePart(
  share: SmbShare,
  part: SmbFile,
  final: string,
  name: string,
): Promise<void> {
  try {
    // Without the caller's signal: once asked for, only the answer says whether it happened.
    await share.rename(part, final);
  } catch (error) {
    if (isRefusal(error, status.objectNameCollision)) throw objectExists(name);
    throw error;
  }
}

/** A name that may not survive a power cut is taken back: a retry must not find it and call it safe. */
async function settle(share: SmbShare, object: SmbFile, folder: string): Promise<void> {
  try {
    await syncFolder(share, folder);
  } catch (error) {
    await discard(share, object);
    throw error;
  }
  await share.close(object);
}

/** Removes and closes an open file, as far as that goes. */
export async function discard(share: SmbShare, file: SmbFile): Promise<void> {
  await share.remove(file).catch(() => undefined);
  await share.close(file).catch(() => undefined);
}
