import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import type { Chunker } from "../chunker.ts";
import { WindowCutter, type ChunkSink } from "./chunk-sink.ts";
import type { FileResult, FileTask } from "./messages.ts";

/** Reads one file, or one segment of a large one, into the sink. A file that cannot be read is a result, not an exception. */
export function readFile(
  task: FileTask,
  chunker: Chunker,
  sink: ChunkSink,
  fixedBytes: number,
): FileResult {
  let file: number;
  try {
    file = openSync(nativePath(task.path), readFlags);
  } catch (error) {
    return unreadable(error);
  }
  try {
    const bytes = copyContent(file, task, chunker, sink, fixedBytes);
    const changed = bytes < task.length || isChanged(fstatSync(file), task);
    return { ...sink.take(), bytes, changed };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    sink.take();
    return unreadable(error);
  } finally {
    closeSync(file);
  }
}

/** Raw bytes kept as latin1, as the file system wants them; a plain string where that is the same. */
export function nativePath(path: string): string | Buffer {
  // Only ASCII takes one byte a character in UTF-8.
  return Buffer.byteLength(path, "utf8") === path.length ? path : Buffer.from(path, "latin1");
}

const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** One read of this size stays in the processor's cache; larger ones were slower. */
const readBytes = 1024 * 1024;
const sqliteMagic = Buffer.from("SQLite format 3\0", "latin1");
const magicBytes = sqliteMagic.length;
/** The start of a file of which a later segment is read. */
const magic = Buffer.alloc(magicBytes);

function copyContent(
  file: number,
  task: FileTask,
  chunker: Chunker,
  sink: ChunkSink,
  fixedBytes: number,
): number {
  let cutter: WindowCutter | undefined;
  let done = 0;
  while (done < task.length) {
    const space: Buffer = cutter?.space ?? chunker.memory;
    const wanted = Math.min(readBytes, space.length, task.length - done);
    const count = readSync(file, space, 0, wanted, task.offset + done);
    cutter ??= new WindowCutter(chunker, sink, isPaged(file, task, space, count) ? fixedBytes : 0);
    done += count;
    cutter.advance(count, count === 0 || done === task.length);
    if (count === 0) break;
  }
  return done;
}

/** Databases change whole pages in place: fixed cuts then store the fewest bytes again, in every segment. */
function isPaged(file: number, task: FileTask, space: Buffer, count: number): boolean {
  if (task.paged) return true;
  if (task.offset === 0)
    return count >= magicBytes && space.compare(sqliteMagic, 0, magicBytes, 0, magicBytes) === 0;
  return readSync(file, magic, 0, magicBytes, 0) === magicBytes && magic.equals(sqliteMagic);
}

/**
 * Milliseconds with their fractions tell times apart that are a microsecond apart, which nobody can write between; exact
 * times cost an object of eighteen numbers for each file.
 */
function isChanged({ mtimeMs, ctimeMs }: Stats, task: FileTask): boolean {
  return isOther(mtimeMs, task.mtimeNs) || isOther(ctimeMs, task.ctimeNs);
}

function isOther(milliseconds: number, nanoseconds: bigint): boolean {
  return Math.abs(milliseconds - Number(nanoseconds) / 1e6) >= 0.001;
}

function unreadable(error: unknown): FileResult {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    chunks: new Uint8Array(0),
    bytes: 0,
    newBytes: 0,
    changed: true,
    error: { code: code ?? "EIO", message },
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
