import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

import { AppError } from "../../base/errors.ts";

/** The folder a restore writes to: what was asked for, or the backup's own. It must lie below the root, links followed. */
export async function findRestoreTarget(ask: {
  readonly restoreRoot: string;
  readonly asked: string | undefined;
  readonly backupId: string;
}): Promise<string> {
  const target = resolve(ask.asked ?? join(ask.restoreRoot, ask.backupId));
  if (ask.asked !== undefined && !isAbsolute(ask.asked)) throw notAllowed(ask.restoreRoot);
  const root = resolve(ask.restoreRoot);
  const isInside =
    isBelow(target, root) && isBelow(await followLinks(target), await followLinks(root));
  if (!isInside) throw notAllowed(ask.restoreRoot);
  return target;
}

/** Throws unless the folder of a restore that overwrites nothing is empty or not there. */
export async function checkEmpty(target: string): Promise<void> {
  if (await isFilled(target)) throw notEmpty(target);
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The path with the links of its existing part followed. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path)
      throw unreadable(error);
    return join(await followLinks(parent), basename(path));
  }
}

async function isFilled(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw unreadable(error);
  }
}

function notAllowed(root: string): AppError {
  return new AppError(
    "RestoreTargetNotAllowed",
    `Restores are written below "${root}" only: give an absolute path in it`,
    {
      target: "targetPath",
    },
  );
}

function notEmpty(path: string): AppError {
  return new AppError(
    "RestoreTargetNotEmpty",
    `The folder "${path}" is not empty: empty or move it, or send overwrite true where the api-version has it`,
    {
      target: "targetPath",
    },
  );
}

function unreadable(cause: unknown): AppError {
  const nativeCode = (cause as NodeJS.ErrnoException).code;
  return new AppError(
    "TargetFailed",
    "The restore folder cannot be read: check its rights and that it is a folder",
    {
      cause,
      target: "targetPath",
      ...(nativeCode === undefined ? {} : { nativeCode }),
    },
  );
}
