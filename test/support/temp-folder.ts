import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Calls with the path of a fresh folder and removes it afterwards, whatever happens. */
export async function withTempFolder<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = await makeTempFolder();
  try {
    return await use(path);
  } finally {
    await removeFolder(path);
  }
}

/** A fresh folder; the caller removes it. */
export async function makeTempFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), "holdfast-test-"));
}

/** Removes a folder and all it holds. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
