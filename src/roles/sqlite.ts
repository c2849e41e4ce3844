import { closeSync, lstatSync, openSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Source, SourceEntry, SourceHost } from "../engine/source.ts";
import { toRawPath } from "./raw-path.ts";
import { readSettings, requirePath } from "./settings-reader.ts";

export interface SqliteSettings {
  /** Absolute path of the database file. */
  readonly path: string;
}

const lockPauseMilliseconds = 2;
const lockAttempts = 10_000; // 20 s or more: longer than any sane transaction of a service
const busyCodes: readonly number[] = [0, 5, 6]; // SQLITE_BUSY, SQLITE_LOCKED; Node's backup() says 0 for both
const pagesPerStep = 2048; // 8 MiB of usual pages: a step is short, so an abort is quick
const maximumRestarts = 3; // each starts the copy anew because somebody wrote; then writers must wait

/** Reads the settings of an sqlite role. */
export function parseSqliteSettings(value: unknown, place: string): SqliteSettings {
  return { path: requirePath(readSettings(value, place, ["path"]), "path") };
}

/**
 * A live SQLite database as one file: `prepare` makes a consistent copy while others write and checks it.
 * In WAL mode writers do not notice; otherwise they may wait for the copy, as for any long reader.
 */
export function openSqliteSource(
  settings: SqliteSettings,
  host: Pick<SourceHost, "scratchDirectory">,
  clock: Clock = systemClock,
): Source {
  let entry: SourceEntry | undefined;
  return {
    prepare: async (signal) => {
      signal.throwIfAborted();
      checkFile(settings.path);
      const copy = join(await host.scratchDirectory(), "copy.sqlite");
      try {
        await copyDatabase(settings.path, copy, clock, signal);
        checkCopy(copy);
      } catch (error) {
        signal.throwIfAborted();
        throw toSourceError(error, settings.path);
      }
      entry = describeCopy(settings.path, copy);
    },
    entries: async function* (signal) {
      signal.throwIfAborted();
      if (entry !== undefined) yield [entry];
    },
    open: () => {
      throw new AppError("SourceFailed", "Cannot open a stream: an sqlite role has one file only");
    },
    close: async () => undefined, // the copy lies in the host's folder
  };
}

function checkFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return;
  const fault = stats === undefined ? "there is none" : "it is not a file";
  throw new AppError(
    "SourceUnavailable",
    `Cannot back up the database "${path}": ${fault}; correct the path of the role`,
    { target: path },
  );
}

async function copyDatabase(
  path: string,
  copy: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    if (!isWal(path) && (await tryUnlockedCopy(database, copy, signal))) return;
    await pinState(database, clock, signal);
    await backup(database, copy, {
      rate: pagesPerStep,
      progress: () => signal.throwIfAborted(),
    });
  } finally {
    database.close();
  }
}

/** From the header, which needs no lock: byte 18 is the version a writer must know, 2 for WAL. */
function isWal(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(20);
    return readSync(file, header, 0, 20, 0) === 20 && header[18] === 2;
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a read transaction, which pins one state: without it each commit of others starts the copy anew.
 * Asks often and briefly: SQLite's own waiting sleeps 100 ms at a time and starves beside a busy writer.
 */
async function pinState(database: DatabaseSync, clock: Clock, signal: AbortSignal): Promise<void> {
  const select = "BEGIN; SELECT count(*) FROM sqlite_schema";
  for (let attempt = 1; ; attempt += 1) {
    try {
      return database.exec(select);
    } catch (error) {
      if (!isBusy(error) || attempt === lockAttempts) throw error;
      if (database.isTransaction) database.exec("ROLLBACK");
    }
    await clock.sleep(lockPauseMilliseconds, signal);
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : -1;
  return busyCodes.includes(code);
}

/** Without WAL a pinned state blocks writers, so first try to slip in between their commits. */
async function tryUnlockedCopy(
  database: DatabaseSync,
  copy: string,
  signal: AbortSignal,
): Promise<boolean> {
  const tooBusy = new Error("too busy");
  let restarts = 0;
  let lowest = Number.POSITIVE_INFINITY;
  const progress = ({ remainingPages }: { readonly remainingPages: number }): void => {
    signal.throwIfAborted();
    if (remainingPages >= lowest) restarts += 1;
    lowest = remainingPages;
    if (restarts > maximumRestarts) throw tooBusy;
  };
  try {
    await backup(database, copy, { rate: pagesPerStep, progress });
    return true;
  } catch (error) {
    if (error === tooBusy || isBusy(error)) return false;
    throw error;
  }
}

function checkCopy(copy: string): void {
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const answer = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
    if (answer === "ok") return;
  } finally {
    database.close();
  }
  throw new AppError("SourceFailed", "The copy is damaged");
}

/** Times and inode are the copy's: the original's stand still while commits wait in its WAL. */
function describeCopy(path: string, copy: string): SourceEntry {
  const original = statSync(path);
  const stats = lstatSync(copy, { bigint: true });
  return {
    path: toRawPath(basename(path)),
    type: "file",
    mode: original.mode & 0o7777,
    uid: original.uid,
    gid: original.gid,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: stats.ino,
    localPath: toRawPath(copy),
    paged: true,
  };
}

interface SqliteFault {
  readonly code: "SourceUnavailable" | "SourceFailed" | "SourceTimeout";
  readonly fault: string;
}

const busyFault: SqliteFault = {
  code: "SourceTimeout",
  fault: "somebody keeps it locked; try again when it is less busy",
};
const unknownFault: SqliteFault = {
  code: "SourceFailed",
  fault: "SQLite refused; see the cause in the log",
};
const damagedResult = 11;

// The primary result codes of SQLite that need words of their own.
const faults: ReadonlyMap<number, SqliteFault> = new Map<number, SqliteFault>([
  [
    8,
    { code: "SourceUnavailable", fault: "a write to it broke off; open it once with its program" },
  ],
  [10, { code: "SourceFailed", fault: "the disk failed; check it" }],
  [damagedResult, { code: "SourceFailed", fault: "it is damaged; restore or repair it" }],
  [13, { code: "SourceFailed", fault: "the folder for temporary files is full; free space there" }],
  [
    14,
    { code: "SourceUnavailable", fault: "the account of the service may not read it; allow it" },
  ],
  [
    26,
    { code: "SourceFailed", fault: "it is not an SQLite database; correct the path of the role" },
  ],
]);

function toSourceError(error: unknown, path: string): AppError {
  const result = error instanceof Error && "errcode" in error ? Number(error.errcode) : undefined;
  const primary = isAppError(error) ? damagedResult : (result ?? -1) & 0xff;
  const { code, fault } = isBusy(error) ? busyFault : (faults.get(primary) ?? unknownFault);
  const nativeCode = result === undefined ? {} : { nativeCode: `SQLITE_${result}` };
  const options = { cause: error, target: path, ...nativeCode };
  return new AppError(code, `Cannot copy the database "${path}": ${fault}`, options);
}
