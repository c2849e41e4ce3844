import type { AppError } from "../../base/errors.ts";
import type { Opener, RestoreSummary } from "../../engine/model.ts";
import type { JobContext, JobHandler, JobOutcome } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import {
  beginOperation,
  createProgressWriter,
  endUnfinished,
  findJobLocation,
  succeed,
  workOn,
} from "./job-parts.ts";
import { releaseWrites } from "./jobs-backup.ts";
import type { BackupLocation } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import type { OpenerSource } from "../stores/openers.ts";
import { secretGone } from "../stores/openers.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { openPreSharedKey, openStore } from "../stores/store-access.ts";

export interface RestorePayload extends JobPayload {
  readonly backupId: string;
  readonly targetPath: string;
  readonly overwrite: boolean;
  readonly roles: readonly string[];
  readonly openerSource: OpenerSource;
}

/** Restores a backup into a folder. The key that opens it lives in memory only. */
export function restoreHandler(deps: ProviderDeps, vault: OpenerVault): JobHandler {
  return {
    run: (job, context) =>
      workOn(deps, job, (location) => runRestore({ deps, vault, job, context }, location)),
    onFailure: (job, error) => endRestore(deps, vault, job, "Failed", error),
    onCancel: (job) => endRestore(deps, vault, job, "Canceled", undefined),
  };
}

interface Run {
  readonly deps: ProviderDeps;
  readonly vault: OpenerVault;
  readonly job: Job;
  readonly context: JobContext;
}

async function runRestore(
  { deps, vault, job, context }: Run,
  location: Document<BackupLocation>,
): Promise<JobOutcome> {
  const payload = job.payload as RestorePayload;
  const opener = findOpener(deps, vault, job, location.value, payload);
  const opened = await openStore(deps, location.key, location.value);
  const { isResumed } = await beginOperation(deps, job, context, "Preparing");
  await deps.failpoint?.("restore.before-run");
  const progress = createProgressWriter(deps, job, context);
  const run = {
    store: opened.spec,
    backupId: payload.backupId,
    signingPublicKey: opened.keys.signingPublicKey,
    opener,
    targetPath: payload.targetPath,
    // What lies there after an interrupted attempt is our own: the folder was empty when the job was accepted.
    overwrite: payload.overwrite || isResumed,
    roles: payload.roles,
  };
  try {
    await deps.failpoint?.("restore.during-run");
    const summary = await deps.engine.restore(run, progress.report, context.signal);
    await progress.settle();
    await deps.failpoint?.("restore.before-finish");
    return () => finishRestore(deps, vault, job, summary);
  } finally {
    await progress.settle();
  }
}

/** From memory, or from the sealed key of the location. */
export function findOpener(
  deps: ProviderDeps,
  vault: OpenerVault,
  job: Job,
  location: BackupLocation,
  payload: JobPayload & { readonly openerSource: OpenerSource },
): Opener {
  if (payload.openerSource === "pre-shared-key") {
    const keyBase64 = openPreSharedKey(deps, payload.locationKey, location.secrets);
    return { kind: "pre-shared-key", keyBase64 };
  }
  const opener = vault.find(job.id);
  if (opener === undefined) throw secretGone();
  return opener;
}

async function finishRestore(
  deps: ProviderDeps,
  vault: OpenerVault,
  job: Job,
  summary: RestoreSummary,
): Promise<readonly Write[]> {
  vault.forget(job.id);
  return [
    ...releaseWrites(await findJobLocation(deps, job), job.id),
    ...(await succeed(deps, job, summary)),
  ];
}

/** Ends restore and verify alike: the location is free again, the operation says why. */
export async function endRestore(
  deps: ProviderDeps,
  vault: OpenerVault,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  vault.forget(job.id);
  return [
    ...releaseWrites(await findJobLocation(deps, job), job.id),
    ...(await endUnfinished(deps, job, state, error)),
  ];
}
