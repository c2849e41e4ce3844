import { AppError } from "../base/errors.ts";
import { alienObject } from "./local-objects.ts";
import { absentStatuses } from "./smb-absent.ts";
import type { SmbFolders } from "./smb-folders.ts";
import { discard } from "./smb-publish.ts";
import type { SmbShare } from "./smb/share.ts";
import { isRefusal } from "./smb/smb-error.ts";
import { status } from "./smb/status.ts";

export const storeFolder = "holdfast";
export const partsFolder = ".parts";
const stalePartMilliseconds = 24 * 60 * 60 * 1000; // no put takes a day; a younger part may be somebody's

/** Throws `BackupPathNotFound` or `InvalidBackupPath` unless the administrator's folder is there. */
export async function requireFolder(share: SmbShare, folder: string, where: string): Promise<void> {
  const handle = await share.openAny(folder).catch((error: unknown) => {
    if (!isRefusal(error, ...absentStatuses)) throw error;
    throw new AppError(
      "BackupPathNotFound",
      `Cannot find the folder "${where}": create it on the share, or correct the path`,
      { cause: error, target: where },
    );
  });
  await share.close(handle);
  if (handle.isFolder) return;
  throw new AppError("InvalidBackupPath", `Cannot use "${where}": it is not a folder`, {
    target: where,
  });
}

/** Throws `RepositoryNotFound` unless our folder is there. */
export async function requireRepository(
  share: SmbShare,
  root: string,
  where: string,
): Promise<void> {
  const handle = await share.openAny(root).catch((error: unknown) => {
    if (!isRefusal(error, ...absentStatuses)) throw error;
    throw new AppError(
      "RepositoryNotFound",
      `Cannot find a folder "${storeFolder}" in "${where}": give the path that a backup was written to`,
      { cause: error, target: where },
    );
  });
  await share.close(handle);
  if (handle.isLink || !handle.isFolder) throw alienObject(root);
}

/** A store that is there but may not be written opens all the same: its backups can be read. */
export async function findOrMakeRoot(
  share: SmbShare,
  folders: SmbFolders,
  root: string,
): Promise<void> {
  try {
    await folders.ensure(share, root);
  } catch (error) {
    if (!isRefusal(error, status.accessDenied, status.mediaWriteProtected)) throw error;
    const handle = await share.openAny(root).catch(() => {
      throw error;
    });
    await share.close(handle);
    if (handle.isLink || !handle.isFolder) throw alienObject(root);
  }
}

/** Parts of writers that died. Best effort: a failure here must not keep a backup from starting. */
export async function removeStaleParts(share: SmbShare, root: string): Promise<void> {
  const path = `${root}\\${partsFolder}`;
  const now = share.negotiated.serverTime; // both times are the server's
  try {
    const folder = await share.openFolder(path);
    if (folder.isLink) return;
    for await (const entries of share.list(folder, "*")) {
      for (const { name, isFolder, isLink, modifiedAt } of entries) {
        if (isFolder || isLink || now - modifiedAt <= stalePartMilliseconds) continue;
        await discard(share, await share.openForRemoval(`${path}\\${name}`));
      }
    }
    await share.close(folder);
  } catch {
    return;
  }
}
