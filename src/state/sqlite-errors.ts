import { AppError, toAppError } from "../base/errors.ts";

interface Remedy {
  readonly nativeCode: string;
  readonly words: string;
  readonly retryable?: boolean;
}

/** What the primary result codes of SQLite mean for whoever runs the service. */
const remedies: Readonly<Record<number, Remedy>> = {
  5: {
    nativeCode: "SQLITE_BUSY",
    words: "another process keeps it locked; stop that process or try again",
    retryable: true,
  },
  6: { nativeCode: "SQLITE_LOCKED", words: "it is locked; try again", retryable: true },
  8: {
    nativeCode: "SQLITE_READONLY",
    words: "it cannot be written; give the service write access to the file and its folder",
  },
  10: {
    nativeCode: "SQLITE_IOERR",
    words: "the disk reports an error; check the disk and the mount",
    retryable: true,
  },
  11: {
    nativeCode: "SQLITE_CORRUPT",
    words: "it is damaged; move it and its -wal and -shm files aside and restore it from a backup",
  },
  13: {
    nativeCode: "SQLITE_FULL",
    words: "the disk is full; free some space",
    retryable: true,
  },
  14: {
    nativeCode: "SQLITE_CANTOPEN",
    words: "it cannot be opened; check that the folder exists and that the service may use it",
  },
  26: {
    nativeCode: "SQLITE_NOTADB",
    words: "it is not a SQLite database or is damaged; move it aside and restore it from a backup",
  },
};

/** A failure of node:sqlite as `StateUnavailable` with its remedy; anything else stays `Internal`. */
export function translateSqliteError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  // Extended codes carry the primary one in their low byte.
  const remedy = errcode === undefined ? undefined : remedies[errcode & 0xff];
  if (remedy !== undefined) {
    return new AppError("StateUnavailable", `Cannot use state file "${file}": ${remedy.words}`, {
      cause: error,
      retryable: remedy.retryable ?? false,
      nativeCode: remedy.nativeCode,
      target: file,
    });
  }
  if (/not open|driver has already been destroyed/.test(message ?? "")) {
    return new AppError("StateUnavailable", `Cannot use state file "${file}": it was closed`, {
      cause: error,
      target: file,
    });
  }
  return toAppError(error);
}
