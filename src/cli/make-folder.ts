import { mkdir } from "node:fs/promises";
import { AppError } from "../base/errors.ts";
import type { Cli } from "./command.ts";
import { isStoreUrl } from "./store-url.ts";

/**
 * Makes the folder that a repository is to be in; a store elsewhere is left alone. The last folder of the path only:
 * a missing one above it is more likely a share that is not mounted.
 */
export async function makeRepositoryFolder(path: string, cli: Cli): Promise<void> {
  if (isStoreUrl(path)) return;
  try {
    await mkdir(path, { mode: 0o700 });
    cli.output.say(`Created the folder ${path}`);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
    if (code === "EEXIST") return;
    const message = `Cannot create the folder "${path}" (${code}): create or mount what is above it first`;
    throw new AppError("BackupPathNotFound", message, { cause, target: path, nativeCode: code });
  }
}
