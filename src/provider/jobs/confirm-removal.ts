import { AppError } from "../../base/errors.ts";
import type { JobContext } from "../../jobs/job-handler.ts";
import type { Job } from "../../state/state-store.ts";
import { replace, retryOnConflict } from "../documents.ts";
import type { PruneRun } from "../ports.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { listPins } from "../records/location-retention.ts";
import { findJobLocation } from "./job-parts.ts";

/**
 * The last word before a prune removes backups: those that were pinned meanwhile stay, and the others are written down,
 * in one commit with the location, so that no pin of them is accepted any more. Throws `BackupPinned` when one of
 * `asked` is pinned, and a retryable error when the prune does not hold its location any more.
 */
export function confirmRemoval(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
  asked: readonly string[],
): PruneRun["confirm"] {
  return (backupIds) =>
    retryOnConflict(async () => {
      const location = await findJobLocation(deps, job);
      if (location?.value.running?.operationId !== job.id) throw hasMadeWay();
      const pins = await listPins(deps, location.key, location.value);
      const isPinned = (id: string): boolean => pins.has(id.toLowerCase());
      const refused = asked.find(isPinned);
      if (refused !== undefined) throw pinnedMeanwhile(refused);
      const going = backupIds.filter((id) => !isPinned(id));
      const ids = going.map((id) => id.toLowerCase());
      const removing = [...new Set([...(location.value.removing ?? []), ...ids])];
      await deps.store.commit([replace(location, { ...location.value, removing })], context.lease);
      return going;
    });
}

function hasMadeWay(): AppError {
  return new AppError(
    "AnotherOperationInProgress",
    "The clean-up makes way for what was asked for: it has removed no backup",
    { retryable: true },
  );
}

function pinnedMeanwhile(id: string): AppError {
  const message = `Backup "${id}" was pinned before it was removed: take its pin off, then delete it again`;
  return new AppError("BackupPinned", message, { target: id });
}
