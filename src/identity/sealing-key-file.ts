import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../base/errors.ts";

const maxFileBytes = 4096;

/** The text of a file that only its owner, who must be us, can reach; undefined when there is none. */
export function readKeyFile(file: string): string | undefined {
  const handle = openExisting(file);
  if (handle === undefined) return undefined;
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw unusableFile(file, "it is not a plain file");
    if ((stats.mode & 0o077) !== 0) {
      throw unusableFile(file, 'other users may reach it: set its mode to "0600"');
    }
    if (stats.uid !== process.geteuid?.()) {
      throw unusableFile(file, "it belongs to another user: make the service its owner");
    }
    if (stats.size > maxFileBytes) throw unusableFile(file, "it is too large for keys");
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/** Makes the file with this text, whole or not at all; returns what is in it, which another process may have made first. */
export function createKeyFile(file: string, text: string): string {
  const part = `${file}.${randomUUID()}.part`;
  try {
    writeDurably(part, text);
    linkUnlessPresent(part, file);
    syncFolder(dirname(file));
  } catch (cause) {
    throw unusableFile(file, "it cannot be created: check its folder", cause);
  } finally {
    removeIfPresent(part);
  }
  const found = readKeyFile(file);
  if (found === undefined) throw unusableFile(file, "it vanished while it was made");
  return found;
}

export function unusableFile(file: string, fault: string, cause?: unknown): AppError {
  return new AppError(
    "InvalidConfiguration",
    `Cannot use the sealing key file "${file}", ${fault}`,
    {
      target: file,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** A link is not followed, and a pipe does not block. */
function openExisting(file: string): number | undefined {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const fault = code === "ELOOP" ? "it is a symbolic link" : `it cannot be opened: "${code}"`;
    throw unusableFile(file, fault, cause);
  }
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function linkUnlessPresent(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function removeIfPresent(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
