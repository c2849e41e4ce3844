import { maxIndexBytes, maxPackBytes, maxRefsBytes } from "./limits.ts";

/** Names of the objects of a repository. */
export const configName = "config";
export const readmeName = "README.txt";
export const packName = (packId: string): string => `data/${packId.slice(0, 2)}/${packId}`;
export const indexName = (id: string): string => `index/${id}`;
export const refsName = (id: string): string => `refs/${id}`;
export const epochName = (id: string): string => `epochs/${id}`;
export const dataKeyName = (id: string): string => `keys/${id}`;
export const manifestName = (backupId: string): string => `backups/${backupId}`;
/** Sorts by fence, so that the newest lock is the last one. */
export const lockName = (fence: number): string => `locks/${String(fence).padStart(12, "0")}`;

const hex64 = /^[0-9a-f]{64}$/;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The pack id when the name is a pack's; alien names are undefined and ignored. */
export function parsePackName(name: string): string | undefined {
  const id = name.slice(8);
  return name.startsWith("data/") &&
    name[7] === "/" &&
    hex64.test(id) &&
    id.startsWith(name.slice(5, 7))
    ? id
    : undefined;
}

/** The hash a content-addressed object (`index/`, `refs/`) is named by. */
export function parseHashName(name: string, folder: "index" | "refs"): string | undefined {
  const id = name.slice(folder.length + 1);
  return name.startsWith(`${folder}/`) && hex64.test(id) ? id : undefined;
}

export function parseManifestName(name: string): string | undefined {
  const id = name.slice("backups/".length);
  return name.startsWith("backups/") && guid.test(id) ? id : undefined;
}

/** The most bytes an object may have that is named by the hash of its content; undefined for other names. */
export function maxBytesOfHashed(name: string): number | undefined {
  if (parsePackName(name) !== undefined) return maxPackBytes;
  if (parseHashName(name, "index") !== undefined) return maxIndexBytes;
  return parseHashName(name, "refs") === undefined ? undefined : maxRefsBytes;
}

/** 16 bytes of a GUID in the order it is written. */
export function guidBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll("-", ""), "hex");
}
