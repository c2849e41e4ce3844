import { AppError } from "../../base/errors.ts";
import { hasStatus, sftpStatus } from "./errors.ts";
import type { SftpSession } from "./session.ts";

const roundingBytes = 1_048_576; // what a file system keeps back beside the bytes of a file

/**
 * What "Failure", the only word that version 3 has for most things, means after a write: `StoreFull` or
 * `StoreReadOnly` where the file system says so, else the failure as it was.
 */
export async function explainFailure(
  session: SftpSession,
  root: string,
  error: unknown,
  neededBytes: number,
  target: string,
): Promise<unknown> {
  if (!hasStatus(error, sftpStatus.failure)) return error;
  const space = await session.statvfs(root).catch(() => undefined);
  if (space === undefined) return error;
  const options = { cause: error, target, nativeCode: "SSH_FX_FAILURE" };
  if (space.isReadOnly) {
    const message = `Cannot write "${target}": the file system of the server is read-only; mount it for writing`;
    return new AppError("StoreReadOnly", message, options);
  }
  if (space.freeBytes >= neededBytes + roundingBytes && !space.isOutOfFiles) return error;
  const message = `Cannot write "${target}": the store is full; free space there or extend it, then try again`;
  return new AppError("StoreFull", message, options);
}
