import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AppError } from "../base/errors.ts";

/** The file below an open store. */
export interface StateFile {
  readonly folder: string;
  /** Throws `StateUnavailable` when the path no longer names the file that was opened. */
  check(): void;
}

/**
 * Makes sure the file and its folder exist, for their owner only (the log files of SQLite take over the
 * mode), and that their names survive a power cut.
 */
export function prepareStateFile(file: string): StateFile {
  const path = resolve(file);
  const folder = dirname(path);
  try {
    const created = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (created !== undefined) syncParents(folder, created);
    closeSync(openSync(path, "a", 0o600));
    const { dev, ino, mode } = statSync(path);
    if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
    return { folder, check: () => checkSameFile(path, dev, ino) };
  } catch (error) {
    const nativeCode = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new AppError(
      "StateUnavailable",
      `Cannot use state file "${path}": the system says "${nativeCode}"; check the path, its owner and its mode`,
      { cause: error, nativeCode, target: path },
    );
  }
}

/** Makes new names in a folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

// Every folder just made is a name in the one above it.
function syncParents(folder: string, topmostCreated: string): void {
  for (let at = folder; at !== dirname(topmostCreated); at = dirname(at)) syncFolder(dirname(at));
}

// Without this, a removed file would take writes that nobody finds again.
function checkSameFile(path: string, dev: number, ino: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.dev === dev && found.ino === ino) return;
  throw new AppError(
    "StateUnavailable",
    `Cannot use state file "${path}": it was moved, removed or replaced while in use; put it back and restart the service`,
    { target: path },
  );
}
