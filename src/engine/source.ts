/**
 * The port to what can be backed up. A source enumerates a tree of entries in a fixed order (a
 * directory before what it holds; the entries of one directory sorted by the raw bytes of their names)
 * and opens streams for those that are not plain files on this machine.
 */
export interface Source {
  /**
   * Makes the source ready and consistent (a database snapshot, an online copy) and says what it is.
   * Throws `SourceUnavailable`, `SourceFailed` or `SourceTimeout`; nothing is left behind then.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** The entries, in batches of any size, exactly once per `prepare`. */
  entries(signal: AbortSignal): AsyncIterable<EntryBatch>;
  /**
   * The bytes of a `stream` entry, called once, before the next entry is asked for. A failure to deliver
   * all of them must reject the iteration (a program that exits non-zero is a failure), never end it early.
   */
  open(entry: SourceEntry, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Frees what `prepare` made. Called once, also after failures. */
  close(): Promise<void>;
}

/** Entries in order: a list, or `PackedEntries`, which cost less. */
export type EntryBatch = Iterable<SourceEntry> & { readonly length: number };

export type EntryType =
  | "directory"
  | "file"
  | "stream"
  | "symlink"
  | "hardlink"
  | "fifo"
  | "socket"
  | "character-device"
  | "block-device";

export interface SourceEntry {
  /** Path below the root of the source: raw bytes as latin1 (one char per byte), `/`-separated, "" for the root directory itself. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits, 0–0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Size in bytes for `file`; 0 otherwise and for streams, whose size is what they deliver. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** For change detection; 0n where it has no meaning. */
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  /** Where a worker can read a `file`: absolute path, raw bytes as latin1. */
  readonly localPath?: string;
  /** Target of a `symlink` (raw bytes as latin1), or the path inside this source of the first name of a `hardlink`. */
  readonly linkTarget?: string;
  /** Device number of device nodes. */
  readonly device?: bigint;
  /** Content changes in an orderly way at fixed page borders (a database): cut at fixed sizes. */
  readonly paged?: boolean;
  /** True when the file has fewer blocks than its size needs. */
  readonly sparse?: boolean;
}

/** Something a source could not take, without failing the whole: the role ends `PartialSucceeded`. */
export interface SourceWarning {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What a source adapter needs of its host: where to report warnings, and a private scratch folder. */
export interface SourceHost {
  warn(warning: SourceWarning): void;
  /** A folder for this run only (mode 0700), removed by the host afterwards. */
  scratchDirectory(): Promise<string>;
}
