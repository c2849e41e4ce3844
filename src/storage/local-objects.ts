import type { FileHandle } from "node:fs/promises";

import { AppError } from "../base/errors.ts";
import type { ByteRange } from "../engine/object-store.ts";
import { fitRange } from "./byte-range.ts";
import type { FileSystem } from "./file-system.ts";
import { hasNativeCode } from "./store-errors.ts";

const maximumObjectBytes = 1024 ** 3; // objects are held whole in memory; packs are 32 MiB

/** The bytes of an open object; a file that ends early is `StoreTampered`, never a short answer. */
export async function readRange(
  handle: FileHandle,
  name: string,
  range: ByteRange | undefined,
): Promise<Uint8Array> {
  const stats = await handle.stat();
  if (stats.isDirectory()) throw objectNotFound(name, undefined);
  if (!stats.isFile()) throw alienObject(name);
  const { offset, length } = fitRange(name, stats.size, range);
  checkObjectSize(name, length);
  const bytes = Buffer.allocUnsafeSlow(length); // not from the shared pool: callers may transfer it
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) {
      throw new AppError(
        "StoreTampered",
        `Cannot read "${name}": it ended after ${offset + done} of ${offset + length} bytes`,
        { target: name },
      );
    }
    done += bytesRead;
  }
  return bytes;
}

/** Whether anything has the path; links are not followed. */
export async function exists(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (hasNativeCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** The error of an absent object. */
export function objectNotFound(name: string, cause: unknown): AppError {
  return new AppError("ObjectNotFound", `Cannot find "${name}" in the store`, {
    cause,
    target: name,
  });
}

/** The error of something that is neither file nor folder. */
export function alienObject(name: string): AppError {
  return new AppError(
    "StoreTampered",
    `Cannot use "${name}": a link or device stands there; find out who put it there and remove it`,
    { target: name },
  );
}

/** Throws `LimitExceeded` for an object that no sound repository holds. */
export function checkObjectSize(name: string, bytes: number): void {
  if (bytes <= maximumObjectBytes) return;
  throw new AppError(
    "LimitExceeded",
    `Cannot hold "${name}" of ${bytes} bytes: the limit is ${maximumObjectBytes}`,
    { target: name },
  );
}

/** Memory of its own for what is read: not from the shared pool, as callers may transfer it. */
export function ownMemory(bytes: number): Uint8Array {
  return Buffer.allocUnsafeSlow(bytes);
}
