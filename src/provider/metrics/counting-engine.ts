import { toAppError } from "../../base/errors.ts";
import type { BackupRecord, PruneReport, VerifyReport } from "../../engine/model.ts";
import type { Count } from "../../metrics/counters.ts";
import type { BackupEngine, BackupRun, PruneRun, VerifyRun } from "../ports.ts";

/** The engine, counting what came of its long runs. */
export function countRuns(engine: BackupEngine, count: Count | undefined): BackupEngine {
  if (count === undefined) return engine;
  return {
    ...engine,
    runBackup: (run, report, signal) =>
      settle(engine.runBackup(run, report, signal), {
        onDone: (record) => countBackup(count, run, record),
        onFailed: () => {
          const result = signal.aborted ? "Stopped" : "Failed";
          count("holdfast_backup_attempts_total", { trigger: triggerOf(run), result });
        },
      }),
    verify: (run, report, signal) =>
      settle(engine.verify(run, report, signal), {
        onDone: (verified) => countVerify(count, run, verified),
        onFailed: () => {
          const labels = { depth: run.depth, result: "Failed" };
          if (!signal.aborted) count("holdfast_verifications_total", labels);
        },
      }),
    prune: (run, report, signal) =>
      settle(engine.prune(run, report, signal), {
        onDone: (pruned) => countPrune(count, run, pruned),
        onFailed: (error) => {
          if (run.isDryRun || signal.aborted) return;
          count("holdfast_deletion_failures_total", { code: toAppError(error).code });
        },
      }),
  };
}

async function settle<T>(
  work: Promise<T>,
  then: { readonly onDone: (result: T) => void; readonly onFailed: (error: unknown) => void },
): Promise<T> {
  try {
    const result = await work;
    then.onDone(result);
    return result;
  } catch (error) {
    then.onFailed(error);
    throw error;
  }
}

function triggerOf({ isAutomatic }: BackupRun): string {
  return isAutomatic ? "schedule" : "request";
}

function countBackup(count: Count, run: BackupRun, { status, roles }: BackupRecord): void {
  count("holdfast_backup_attempts_total", { trigger: triggerOf(run), result: status });
  for (const { name: role, error } of roles)
    if (error !== undefined) count("holdfast_role_failures_total", { role, code: error.code });
}

function countVerify(count: Count, { depth }: VerifyRun, { findings }: VerifyReport): void {
  const result = findings.length === 0 ? "Clean" : "Findings";
  count("holdfast_verifications_total", { depth, result });
}

function countPrune(count: Count, { isDryRun, remove }: PruneRun, report: PruneReport): void {
  if (isDryRun) return;
  const asked = new Set(remove);
  const byRequest = report.removedBackups.filter((id) => asked.has(id)).length;
  const byRule = report.removedBackups.length - byRequest;
  count("holdfast_deletions_total", { what: "backup", reason: "request" }, byRequest);
  count("holdfast_deletions_total", { what: "backup", reason: "retention" }, byRule);
  count("holdfast_store_freed_bytes_total", {}, report.bytesFreedNow);
}
