import { toAppError } from "../../base/errors.ts";
import type { EpochKeys } from "../model.ts";
import type { CopiedRole } from "./copy-roles.ts";
import type { BackupOptions } from "./options.ts";
import { TreeCache } from "./tree-cache.ts";

/** The cache only saves time: without it every file is read. */
export function openCache(options: BackupOptions, epoch: EpochKeys): TreeCache | undefined {
  if (options.cacheDirectory === undefined) return undefined;
  try {
    return new TreeCache(options.cacheDirectory, options.keys.repositoryId, epoch);
  } catch (error) {
    warnOfCache(options, "", error);
    return undefined;
  }
}

/** Keeps the trees of a finished backup for the next one. */
export function commitCaches(
  options: BackupOptions,
  cache: TreeCache | undefined,
  epoch: EpochKeys,
  roles: readonly CopiedRole[],
  startedAt: number,
  backupId: string,
): void {
  if (cache === undefined) return;
  for (const { result, tree } of roles) {
    if (tree?.cache === undefined) continue;
    try {
      cache.commit(result.name, {
        backupId,
        epochId: epoch.id,
        startedAtNs: BigInt(Math.floor(startedAt)) * 1_000_000n,
        treeBytes: tree.root.bytes,
        chunks: tree.root.chunks,
        ...tree.cache,
      });
    } catch (error) {
      warnOfCache(options, result.name, error);
    }
  }
}

function warnOfCache(options: BackupOptions, role: string, error: unknown): void {
  const { nativeCode, code } = toAppError(error);
  const native = (error as NodeJS.ErrnoException).code;
  options.logger.warn("Cannot keep the local cache: the next backup reads every file", {
    role,
    code: nativeCode ?? native ?? code,
  });
}
