import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The root folder of the project. */
export const projectRoot: string = resolve(import.meta.dirname, "../..");

// What tools make or bring is not ours to check.
const foreign = new Set([
  ".git",
  "node_modules",
  "dist",
  "coverage",
  "holdfast-quickstart",
  "package-lock.json",
]);

/** Lists the project's own files that match a pattern, relative to its root, in a stable order. */
export function listProjectFiles(pattern: string): string[] {
  return globSync([pattern, `.config/${pattern}`, `.ci/${pattern}`], {
    cwd: projectRoot,
    withFileTypes: true,
    exclude: (entry) => foreign.has(entry.name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .toSorted();
}

/** Reads a file of the project as text. */
export function readProjectFile(name: string): string {
  return readFileSync(join(projectRoot, name), "utf8");
}
