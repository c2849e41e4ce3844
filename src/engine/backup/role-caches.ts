import { toAppError } from "../../base/errors.ts";
import type { BackupRecord, EpochKeys } from "../model.ts";
import type { CopiedRole } from "./copy-roles.ts";
import type { BackupOptions } from "./options.ts";
import { avoidBelowOf } from "./sparse-packs.ts";
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

export interface FinishedRun {
  readonly roles: readonly CopiedRole[];
  readonly startedAt: number;
  readonly backupId: string;
  /** The newest backup before it. */
  readonly previous: BackupRecord | undefined;
  /** It relies on the same packs, and left none of them out. */
  readonly isAsDense: boolean;
}

/** Keeps the trees of a finished backup for the next one. */
export function commitCaches(
  options: BackupOptions,
  cache: TreeCache | undefined,
  epoch: EpochKeys,
  run: FinishedRun,
): void {
  if (cache === undefined) return;
  const denseAbove = run.isAsDense && keepsTrees(cache, run) ? avoidBelowOf(options) : undefined;
  for (const { result, tree } of run.roles) {
    if (tree?.cache === undefined) continue;
    try {
      cache.commit(result.name, {
        backupId: run.backupId,
        epochId: epoch.id,
        startedAtNs: BigInt(Math.floor(run.startedAt)) * 1_000_000n,
        treeBytes: tree.root.bytes,
        chunks: tree.root.chunks,
        denseAbove,
        ...tree.cache,
      });
    } catch (error) {
      warnOfCache(options, result.name, error);
    }
  }
}

/** Whether all roles have the trees they had in the backup before. */
function keepsTrees(cache: TreeCache, { roles, previous }: FinishedRun): boolean {
  return (
    roles.length === previous?.roles.length &&
    roles.every(({ result, tree }) => {
      const before = cache.read(result.name);
      return (
        before?.backupId === previous.backupId && tree?.root.chunks.equals(before.chunks) === true
      );
    })
  );
}

function warnOfCache(options: BackupOptions, role: string, error: unknown): void {
  const { nativeCode, code } = toAppError(error);
  const native = (error as NodeJS.ErrnoException).code;
  options.logger.warn("Cannot keep the local cache: the next backup reads every file", {
    role,
    code: nativeCode ?? native ?? code,
  });
}
