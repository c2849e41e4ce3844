import { lstatSync, readdirSync, accessSync, constants, existsSync, globSync } from "node:fs";
import { join } from "node:path";

/** A folder of this machine that is backed up as it is. */
export interface ChosenFolder {
  readonly role: string;
  readonly path: string;
  /** Paths below it that this account may not read; left out. */
  readonly exclude: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

// Settings and documentation first, as an infrastructure backup would take; programs only to fill up.
const candidates = [
  "/etc",
  "/usr/share/doc",
  "/usr/include",
  "/usr/lib/python3*",
  "/usr/share/nodejs",
  "/usr/share/perl",
  "/usr/share/man",
  "/usr/share/vim",
  "/usr/share/zoneinfo",
  "/usr/share/locale",
  "/usr/share/i18n",
  "/usr/share/icons",
  "/usr/lib/git-core",
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
];
const wantedFiles = 6_000;
const wantedBytes = 230e6;
const mostBytes = 600e6;
const mostUnreadable = 100;

/** Folders that together hold enough to be worth showing; `lastResort` is taken when the system has too little. */
export function chooseFolders(lastResort: string): readonly ChosenFolder[] {
  const chosen: ChosenFolder[] = [];
  const paths = candidates.flatMap((pattern) => globSync(pattern)).concat(lastResort);
  for (const path of paths) {
    const { files, bytes } = sumOf(chosen);
    if (files >= wantedFiles && bytes >= wantedBytes) break;
    const measured = existsSync(path) ? measure(path, mostBytes - bytes) : undefined;
    if (measured === undefined || measured.files === 0) continue;
    chosen.push({ role: roleName(path, lastResort), path, ...measured });
  }
  return chosen;
}

export function sumOf(folders: readonly ChosenFolder[]): { files: number; bytes: number } {
  return {
    files: folders.reduce((sum, folder) => sum + folder.files, 0),
    bytes: folders.reduce((sum, folder) => sum + folder.bytes, 0),
  };
}

function roleName(path: string, lastResort: string): string {
  if (path === lastResort) return "node-modules";
  return path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
}

/** Undefined when it is too big or mostly unreadable. */
function measure(
  root: string,
  mostBytesHere: number,
): Pick<ChosenFolder, "exclude" | "files" | "bytes"> | undefined {
  const exclude: string[] = [];
  let files = 0;
  let bytes = 0;
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const name of readdirSync(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const stats = lstatSync(join(root, path));
      if (!isReadable(join(root, path), stats.isDirectory(), stats.isSymbolicLink())) {
        exclude.push(path);
      } else if (stats.isDirectory()) {
        waiting.push(path);
      } else if (stats.isFile()) {
        files += 1;
        bytes += stats.size;
      }
    }
    if (bytes > mostBytesHere || exclude.length > mostUnreadable) return undefined;
  }
  return { exclude, files, bytes };
}

function isReadable(path: string, isDirectory: boolean, isLink: boolean): boolean {
  if (isLink) return true;
  try {
    accessSync(path, isDirectory ? constants.R_OK | constants.X_OK : constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
