import { constants } from "node:fs";
import { mkdir, open, realpath, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { AppError } from "../base/errors.ts";

/** One command at a time writes with the keys in a file. */
export interface KeysLock {
  /** Names this lock on this machine: a copy of the keys has another. */
  readonly place: string;
  release(): void;
}

/**
 * Locks a keys file by a file beside it. The kernel holds the lock and lets it go when the process ends, in whatever way:
 * who gets it knows that whoever had it before is gone. Throws `StoreLocked` while another process has it.
 */
export async function lockKeys(path: string): Promise<KeysLock> {
  const file = `${await resolveLinks(path)}.lock`;
  try {
    await createPrivate(file);
    const release = await lockFile(file);
    const { dev, ino } = await stat(file, { bigint: true });
    return { place: `${hostname()} ${dev} ${ino}`, release };
  } catch (cause) {
    throw toLockError(cause, path);
  }
}

/** Several names of one file are one. */
async function resolveLinks(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function createPrivate(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await (await open(file, constants.O_CREAT | constants.O_RDWR, 0o600)).close();
}

/** SQLite locks files on every system that Node runs on, and nothing else in Node does. The file stays empty. */
async function lockFile(file: string): Promise<() => void> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

const busy = 5; // SQLITE_BUSY

function toLockError(cause: unknown, path: string): AppError {
  const { errcode, code } = cause as { readonly errcode?: number; readonly code?: string };
  if (errcode === busy)
    return new AppError(
      "StoreLocked",
      `Another command is at work with the keys in "${path}": wait for it to end`,
      { cause, target: path, retryable: true },
    );
  const nativeCode = code ?? "EIO";
  return new AppError(
    "TargetFailed",
    `Cannot lock the keys in "${path}" (${nativeCode}): keep them in a folder that can be written, on a file system with locks`,
    { cause, target: path, nativeCode },
  );
}
