import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Makes small objects, each as long as its name: links to one file per folder, as making 10,000 files takes seconds. */
export function fillFolder(root: string, names: readonly string[]): void {
  const made = new Map<string, string>();
  for (const name of names) {
    const file = join(root, name);
    const first = made.get(dirname(file));
    if (first !== undefined) linkSync(first, file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, name);
      made.set(dirname(file), file);
    }
  }
}
