import * as promises from "node:fs/promises";

/** The calls the local store makes; tests put faults and recorders in between. */
export type FileSystem = Pick<
  typeof promises,
  "link" | "lstat" | "mkdir" | "open" | "opendir" | "realpath" | "rename" | "statfs" | "unlink"
>;

/** The machine's own file systems. */
export const nodeFileSystem: FileSystem = promises;
