import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";

import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { nodeFileSystem } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import { parseLocalBackupPath } from "./path.ts";
import { hasNativeCode, toStoreError } from "./store-errors.ts";

const defaultTimeLimitMilliseconds = 10_000; // an administrator waits for this answer
const maximumChecks = 2; // a hung mount keeps one of Node's four file system threads for each
let runningChecks = 0;
// Behind a hung mount they stay until it answers.
const maximumWaiting = 100;
const waitingChecks: (() => void)[] = [];

export interface PathCheckOptions {
  readonly clock: Clock;
  readonly timeLimitMilliseconds?: number;
  readonly fileSystem?: FileSystem;
}

/**
 * The local path of a location, after proving that it is a folder we can write to; leaves nothing behind.
 * Throws `InvalidBackupPath`, `UnsupportedStore`, `BackupPathNotFound`, `StoreReadOnly`, another store
 * error, or `StoreTimeout` when the file system does not answer.
 */
export async function checkBackupPath(value: unknown, options: PathCheckOptions): Promise<string> {
  const { clock, timeLimitMilliseconds = defaultTimeLimitMilliseconds } = options;
  const path = parseLocalBackupPath(value);
  const timer = new AbortController();
  const late = clock.sleep(timeLimitMilliseconds, timer.signal);
  late.catch(() => undefined);
  try {
    await waitForTurn(path, late);
    // Gives its turn back when the system answers, which may be long after we stopped waiting.
    const check = checkFolder(options.fileSystem ?? nodeFileSystem, path).finally(giveTurn);
    const silent = `there was no answer within ${timeLimitMilliseconds / 1000} s`;
    await Promise.race([check, late.then(() => refuse(path, silent))]);
  } finally {
    timer.abort();
  }
  return path;
}

async function waitForTurn(path: string, late: Promise<void>): Promise<void> {
  const turn = takeTurn(path);
  try {
    await Promise.race([turn, late.then(() => refuse(path, busy))]);
  } catch (error) {
    // A turn that comes when nobody waits for it any more goes to the next.
    void turn.then(giveTurn);
    throw error;
  }
}

const busy = "other checks still wait for their mounts";

function refuse(path: string, cause: string): never {
  throw noAnswer(path, cause);
}

/** Resolves when a check may begin; the turn must be given back. */
function takeTurn(path: string): Promise<void> {
  if (runningChecks < maximumChecks) {
    runningChecks += 1;
    return Promise.resolve();
  }
  if (waitingChecks.length >= maximumWaiting) refuse(path, busy);
  const { promise, resolve } = Promise.withResolvers<void>();
  waitingChecks.push(resolve);
  return promise;
}

/** Hands the turn of an ended check to the one that waits longest. */
function giveTurn(): void {
  const next = waitingChecks.shift();
  if (next === undefined) runningChecks -= 1;
  else next();
}

async function checkFolder(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    const real = await fileSystem.realpath(path);
    if (!(await fileSystem.lstat(real)).isDirectory()) throw notFolder(path);
    await checkWritable(fileSystem, real);
  } catch (error) {
    throw toPathError(error, path);
  }
}

/** By writing: permission bits say nothing about root, network mounts and read-only file systems. */
async function checkWritable(fileSystem: FileSystem, folder: string): Promise<void> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const path = join(folder, `.holdfast-check-${randomUUID()}`);
  const handle = await fileSystem.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  await handle.close();
  await fileSystem.unlink(path);
}

function toPathError(error: unknown, path: string): unknown {
  if (hasNativeCode(error, "ENOENT")) {
    const message = `Cannot find the folder "${path}": create it or mount it, then try again`;
    return new AppError("BackupPathNotFound", message, { cause: error, target: "path" });
  }
  if (hasNativeCode(error, "ENOTDIR")) return notFolder(path);
  if (hasNativeCode(error, "EACCES", "EPERM", "EROFS")) {
    const message = `Cannot write to "${path}": give the account of the service the right to write there`;
    return new AppError("StoreReadOnly", message, { cause: error, target: "path" });
  }
  return toStoreError(error, "check", path);
}

function notFolder(path: string): AppError {
  const message = `Cannot use "${path}": it is a file or lies below one; give a folder`;
  return new AppError("InvalidBackupPath", message, { target: "path" });
}

function noAnswer(path: string, why: string): AppError {
  const message = `Cannot check "${path}": ${why}; check the mount and try again`;
  return new AppError("StoreTimeout", message, { target: "path", retryable: true });
}
