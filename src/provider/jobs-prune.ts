import type { AppError } from "../base/errors.ts";
import type { PruneReport } from "../engine/model.ts";
import type { JobContext, JobHandler } from "../jobs/job-handler.ts";
import type { Job, Write } from "../state/state-store.ts";
import { endOperation, getBackup, getOperation } from "./documents.ts";
import { beginOperation, endAbandoned, errorOf, findJobLocation } from "./job-parts.ts";
import { releaseWrites } from "./jobs-backup.ts";
import { backupKey, viewOf, type LocationView } from "./model.ts";
import type { JobPayload } from "./operation-start.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import { nowIso } from "./provider-deps.ts";
import { openStore } from "./store-access.ts";

export interface PrunePayload extends JobPayload {
  readonly isDryRun: boolean;
  /** Backups older than this, counted from the newest, go too; absent keeps all. */
  readonly keepWithinDays?: number;
}

/** What a finished prune shows: published versions show it as a location. */
export interface PruneResult {
  readonly location: LocationView;
  readonly report: PruneReport;
}

/** Removes what no backup needs. An attempt after a crash plans anew and goes on. */
export function pruneHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runPrune(deps, job, context),
    onFailure: (job, error) => endPrune(deps, job, "Failed", error),
    onCancel: (job) => endPrune(deps, job, "Canceled", undefined),
  };
}

async function runPrune(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  const location = await findJobLocation(deps, job);
  if (location === undefined) return () => endAbandoned(deps, job);
  const { isDryRun, keepWithinDays } = job.payload as PrunePayload;
  const { spec, keys, ledgerHead } = await openStore(deps, location.key, location.value);
  await beginOperation(deps, job, context, isDryRun ? "Planning" : "Pruning");
  await deps.failpoint?.("prune.before-run");
  const run = { store: spec, keys, ledgerHead, isDryRun, keepWithinDays };
  const report = await deps.engine.prune(run, () => undefined, context.signal);
  await deps.failpoint?.("prune.before-finish");
  return () => finishPrune(deps, job, report);
}

/** The operation ends, and the backups that went are no longer shown, in one commit. */
async function finishPrune(
  deps: ProviderDeps,
  job: Job,
  report: PruneReport,
): Promise<readonly Write[]> {
  const location = await findJobLocation(deps, job);
  if (location === undefined) return endAbandoned(deps, job);
  const gone = report.isDryRun ? [] : report.removedBackups;
  const shown = await Promise.all(
    gone.map((id) => getBackup(deps.store, backupKey(location.key, id))),
  );
  const result: PruneResult = { location: viewOf(location.value), report };
  return [
    ...releaseWrites(location, job.id),
    ...shown.flatMap((backup): Write[] =>
      backup === undefined ? [] : [{ op: "delete", kind: "backup", key: backup.key }],
    ),
    ...endOperation(await getOperation(deps.store, job.id), {
      state: "Succeeded",
      endTime: nowIso(deps),
      result,
    }),
  ];
}

async function endPrune(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const operation = await getOperation(deps.store, job.id);
  return [
    ...releaseWrites(await findJobLocation(deps, job), job.id),
    ...endOperation(operation, { state, endTime: nowIso(deps), error: errorOf(operation, error) }),
  ];
}
