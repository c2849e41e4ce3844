import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Cli } from "./command.ts";
import { isStoreUrl } from "./store-url.ts";

type Environment = Cli["environment"];

/** Where the keys of the repository in this folder are kept unless the caller says otherwise. */
export function defaultKeysFile(repository: string, environment: Environment): string {
  const home = xdgFolder(environment, "XDG_STATE_HOME", join(".local", "state"));
  return join(home, "holdfast", `${nameRepository(repository)}.json`);
}

/** Where the local cache of the repository in this folder is kept unless the caller says otherwise. */
export function defaultCacheFolder(repository: string, environment: Environment): string {
  return join(
    xdgFolder(environment, "XDG_CACHE_HOME", ".cache"),
    "holdfast",
    nameRepository(repository),
  );
}

/** The folder's real path, so that every way to write it names the same repository. */
function nameRepository(repository: string): string {
  return createHash("sha256").update(findRealPath(repository)).digest("hex").slice(0, 16);
}

function findRealPath(path: string): string {
  // An address has no other ways to be written that we could know of.
  if (isStoreUrl(path)) return path;
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function xdgFolder(environment: Environment, variable: string, otherwise: string): string {
  const value = environment[variable];
  // A relative path there is invalid and to be ignored, says the specification.
  if (value !== undefined && isAbsolute(value)) return value;
  return join(environment["HOME"] ?? homedir(), otherwise);
}
