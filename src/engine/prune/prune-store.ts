import { listBackups } from "../list-backups.ts";
import type { LedgerHead, PruneReport } from "../model.ts";
import { planRetention } from "../retention.ts";
import type { RetentionPolicy } from "../retention-policy.ts";
import { executePrune, type PruneOptions } from "./execute-prune.ts";
import { planPrune } from "./plan-prune.ts";

export interface PruneStoreOptions extends PruneOptions {
  readonly isDryRun: boolean;
  /** Which backups stay; undefined keeps all, and only removes what none needs. */
  readonly policy: RetentionPolicy | undefined;
  /** Ids of backups that go whatever the policy says; none unless told. */
  readonly remove?: readonly string[];
  readonly ledgerHead: LedgerHead | undefined;
}

/** Plans and, unless it is a dry run, carries out: the whole of prune where nobody looks at the plan in between. */
export async function pruneStore(options: PruneStoreOptions): Promise<PruneReport> {
  const { store, keys, clock, policy, isDryRun, ledgerHead } = options;
  const now = clock.now();
  const { backups } = await listBackups(store, keys.signingPublicKey);
  const records = backups.map(({ record }) => record);
  const expired = planRetention(records, policy, now).remove.map(({ backupId }) => backupId);
  const remove = [...new Set([...expired, ...(options.remove ?? [])])];
  const plan = await planPrune(store, keys, { remove, now, ledgerHead });
  const removedBackups = plan.removeBackups.map(({ backupId }) => backupId);
  const objects = [
    ...[...plan.mark, ...plan.delete].map(({ name }) => name),
    ...removedBackups.map((id) => `backups/${id}`),
    ...plan.leftManifests,
  ].toSorted();
  const { bytesFreedNow, bytesFreedLater } = plan;
  const report = { isDryRun, removedBackups, objects, bytesFreedNow, bytesFreedLater };
  if (isDryRun) return report;
  const { bytesFreed, bytesWaiting } = await executePrune(plan, options);
  return { ...report, bytesFreedNow: bytesFreed, bytesFreedLater: bytesWaiting };
}
