import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** An estimate is only worth a glance: after so many entries it gives up. */
const maxEntries = 300_000;

/**
 * Roughly how many bytes lie below the folders; undefined when there is too much to look at. It runs beside
 * the backup, one folder at a time, so that it takes little from it.
 */
export async function estimateSize(
  folders: readonly string[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const waiting = [...folders];
  let entries = 0;
  let bytes = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (signal.aborted || entries > maxEntries) return undefined;
    const found = await measureFolder(folder);
    entries += found.entries;
    bytes += found.bytes;
    waiting.push(...found.folders);
  }
  return bytes;
}

async function measureFolder(
  folder: string,
): Promise<{ readonly entries: number; readonly bytes: number; readonly folders: string[] }> {
  const folders: string[] = [];
  let entries = 0;
  let bytes = 0;
  try {
    for await (const entry of await opendir(folder)) {
      entries += 1;
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      if (entry.isFile()) bytes += (await lstat(join(folder, entry.name))).size;
    }
  } catch {
    // Unreadable or gone: the backup itself says so where it matters.
  }
  return { entries, bytes, folders };
}
