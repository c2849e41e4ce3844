import { constants } from "node:fs";

import { AppError } from "../base/errors.ts";
import type { FileSystem } from "./file-system.ts";
import { hasNativeCode } from "./store-errors.ts";

const noLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"];

/** Writes a new file and flushes it to the disk; it is closed when this resolves. */
export async function writePart(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await fileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (let done = 0; done < bytes.length;) {
      done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
    await handle.datasync();
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
  // Not in a finally that hides it: NFS and quotas report "full" as late as here.
  await handle.close();
}

/**
 * Gives a finished part its final name, or throws `ObjectExists` and leaves the present object alone. Answers how: after
 * a link the part is there until it is removed, and shows what its writer died over.
 */
export async function publishPart(
  fileSystem: FileSystem,
  part: string,
  final: string,
  name: string,
): Promise<"link" | "rename"> {
  try {
    await fileSystem.link(part, final);
    return "link";
  } catch (error) {
    if (hasNativeCode(error, "EEXIST")) {
      await requireSameFile(fileSystem, part, final, name);
      return "link";
    }
    if (!hasNativeCode(error, ...noLinks)) throw error;
    await renameIfAbsent(fileSystem, part, final, name);
    return "rename";
  }
}

/** The error of a name that is taken. */
export function objectExists(name: string): AppError {
  return new AppError("ObjectExists", `Cannot write "${name}": an object of that name exists`, {
    target: name,
    nativeCode: "EEXIST",
  });
}

// NFS repeats a request whose answer was lost: "exists" may be the echo of our own success.
async function requireSameFile(
  fileSystem: FileSystem,
  part: string,
  final: string,
  name: string,
): Promise<void> {
  const [ours, theirs] = await Promise.all([fileSystem.lstat(part), fileSystem.lstat(final)]);
  if (ours.ino !== theirs.ino || ours.dev !== theirs.dev || ours.nlink < 2)
    throw objectExists(name);
}

// Without links the check and the rename are two steps; the store lets one caller at a time in here,
// and the lease on the repository keeps other processes out.
async function renameIfAbsent(
  fileSystem: FileSystem,
  part: string,
  final: string,
  name: string,
): Promise<void> {
  try {
    await fileSystem.lstat(final);
  } catch (error) {
    if (!hasNativeCode(error, "ENOENT")) throw error;
    await fileSystem.rename(part, final);
    return;
  }
  throw objectExists(name);
}
