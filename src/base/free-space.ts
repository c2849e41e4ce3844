import { statfs } from "node:fs/promises";

/** Bytes that an ordinary user may still write below a folder. */
export async function readFreeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
