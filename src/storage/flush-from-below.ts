const foldersInFlight = 8; // each costs some round trips

/**
 * Flushes folders, named by their paths below the store ("" is the store's own), deeper ones first: a folder that is durable
 * never names one that is not.
 */
export async function flushFromBelow(
  folders: readonly string[],
  flush: (folder: string) => Promise<void>,
): Promise<void> {
  const levels = new Map<number, string[]>();
  for (const folder of folders) {
    const depth = folder === "" ? 0 : folder.split("/").length;
    const level = levels.get(depth);
    if (level === undefined) levels.set(depth, [folder]);
    else level.push(folder);
  }
  for (const [, level] of [...levels].sort(([a], [b]) => b - a)) {
    const waiting = level.values();
    const lane = async (): Promise<void> => {
      for (const folder of waiting) await flush(folder);
    };
    await Promise.all(Array.from({ length: foldersInFlight }, lane));
  }
}
