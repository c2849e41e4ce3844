import { objectExists } from "../local-publish.ts";
import { hasStatus, sftpStatus } from "./errors.ts";
import type { SftpSession } from "./session.ts";

const { failure, noSuchFile, unsupported } = sftpStatus;

/**
 * Gives a finished part its final name, or throws `ObjectExists` and leaves the present object alone.
 * 1. A hard link, where the server offers it: it refuses a taken name in one step.
 * 2. Else a plain rename, which version 3 wants to refuse a taken name, after a look of our own, as some
 *    servers replace silently. Then two writers in one moment are kept apart only by the repository's lease.
 */
export async function publishPart(
  session: SftpSession,
  part: string,
  final: string,
  name: string,
): Promise<void> {
  try {
    await session.hardlink(part, final);
    return;
  } catch (error) {
    if (!hasStatus(error, failure, unsupported)) throw error;
    if (await exists(session, final)) throw objectExists(name);
  }
  try {
    await session.rename(part, final);
  } catch (error) {
    if (hasStatus(error, failure) && (await exists(session, final))) throw objectExists(name);
    throw error;
  }
}

/** Whether anything has the path; links are not followed. */
export async function exists(session: SftpSession, path: string): Promise<boolean> {
  try {
    await session.lstat(path);
    return true;
  } catch (error) {
    if (hasStatus(error, noSuchFile)) return false;
    throw error;
  }
}
