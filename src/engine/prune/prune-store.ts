import { listBackups } from "../list-backups.ts";
import type { LedgerHead, PruneReport } from "../model.ts";
import { planRetention } from "../retention.ts";
import type { RetentionPolicy } from "../retention-policy.ts";
import { executePrune, type PruneOptions } from "./execute-prune.ts";
import { planPrune } from "./plan-prune.ts";
import type { PrunePlan } from "./prune-plan.ts";

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
  let remove = await chooseRemovals(options);
  const objects = new Set<string>();
  let bytesFreedNow = 0;
  for (;;) {
    const { plan, report } = await planReport(options, remove);
    if (options.isDryRun) return report;
    const done = await executePrune(plan, options);
    bytesFreedNow += done.bytesFreed;
    const isDone = done.withdrawn.length === 0;
    const gone = isDone ? report.objects : plan.delete.map(({ name }) => name);
    for (const name of gone) objects.add(name);
    if (isDone)
      return {
        ...report,
        objects: [...objects].toSorted(),
        bytesFreedNow,
        bytesFreedLater: done.bytesWaiting,
      };
    const withdrawn = new Set(done.withdrawn);
    remove = remove.filter((id) => !withdrawn.has(id));
  }
}

async function chooseRemovals(options: PruneStoreOptions): Promise<readonly string[]> {
  const { store, keys, clock, policy } = options;
  const { backups } = await listBackups(store, keys.signingPublicKey);
  const records = backups.map(({ record }) => record);
  const expired = planRetention(records, policy, clock.now()).remove;
  return [...new Set([...expired.map(({ backupId }) => backupId), ...(options.remove ?? [])])];
}

async function planReport(
  { store, keys, clock, isDryRun, ledgerHead }: PruneStoreOptions,
  remove: readonly string[],
): Promise<{ readonly plan: PrunePlan; readonly report: PruneReport }> {
  const plan = await planPrune(store, keys, { remove, now: clock.now(), ledgerHead });
  const removedBackups = plan.removeBackups.map(({ backupId }) => backupId);
  const objects = [
    ...[...plan.mark, ...plan.delete].map(({ name }) => name),
    ...removedBackups.map((id) => `backups/${id}`),
    ...plan.leftManifests,
  ].toSorted();
  const { bytesFreedNow, bytesFreedLater } = plan;
  return { plan, report: { isDryRun, removedBackups, objects, bytesFreedNow, bytesFreedLater } };
}
