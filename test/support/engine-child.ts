import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { aFolderRole, createEngineClock, openRepository, somePassword } from "./a-repository.ts";

/**
 * Backs up or restores as a process of its own that kills itself without a word at the named step, or sends itself
 * another signal: `backup|restore`, store, source or target, file of keys, number, step, signal, fence.
 */
const [
  action = "",
  storePath = "",
  path = "",
  keysFile = "",
  number = "",
  step = "",
  signal,
  fence = "10",
] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(keysFile, "utf8")) as RepositoryKeys;
const store = await openLocalStore({ path: storePath });
const host = { clock: createEngineClock(), randomBytes };
const repository = openRepository(store, keys, somePassword, host);
const failpoint = (reached: string): void => {
  if (reached === step) process.kill(process.pid, signal ?? "SIGKILL");
};
if (action === "backup") {
  await repository.backup(Number(number), [aFolderRole(path)], { fence: Number(fence), failpoint });
} else {
  await repository.restore(Number(number), path, { failpoint });
}
