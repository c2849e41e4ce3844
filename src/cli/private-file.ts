import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../base/errors.ts";

/** Writes a file that only its owner may read, whole or not at all, surviving a power cut; replaces what was there. */
export async function savePrivateFile(path: string, bytes: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const part = join(folder, `.${randomBytes(8).toString("hex")}.part`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeSynced(part, bytes);
    await rename(part, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(part, { force: true });
    const code = nativeCodeOf(cause);
    const message = `Cannot write "${path}" (${code}): check that its folder exists and can be written`;
    throw new AppError("TargetFailed", message, { cause, target: path, nativeCode: code });
  }
}

/** The same for a file that must not exist yet: what was there is never lost. */
export async function createPrivateFile(path: string, bytes: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeSynced(path, bytes);
  } catch (cause) {
    const code = nativeCodeOf(cause);
    const remedy = code === "EEXIST" ? "choose another name" : "check its folder";
    const message = `Cannot create "${path}" (${code}): ${remedy}`;
    throw new AppError("TargetFailed", message, { cause, target: path, nativeCode: code });
  }
}

/** Reads a file that the caller named; absent or unreadable is an error that says which. */
export async function readNamedFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = nativeCodeOf(cause);
    const message = `Cannot read the ${what} "${path}" (${code}): check the name`;
    throw new AppError("InvalidArgument", message, { cause, target: path, nativeCode: code });
  }
}

async function writeSynced(path: string, bytes: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nativeCodeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "EIO";
}
