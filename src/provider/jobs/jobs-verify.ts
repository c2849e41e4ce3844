import type { VerifyDepth, VerifyReport, VerifySubset } from "../../engine/model.ts";
import type { JobContext, JobHandler, JobOutcome } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import {
  beginOperation,
  createProgressWriter,
  findJobLocation,
  succeed,
  workOn,
} from "./job-parts.ts";
import { releaseWrites } from "./jobs-backup.ts";
import { endRestore, findOpener } from "./jobs-restore.ts";
import type { BackupLocation } from "../model.ts";
import type { JobPayload } from "../records/operation-start.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import type { OpenerSource } from "../stores/openers.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { openStore } from "../stores/store-access.ts";

export interface VerifyPayload extends JobPayload {
  readonly depth: VerifyDepth;
  /** Only findings that touch this backup are told. */
  readonly backupId?: string;
  /** Absent where all packs are read. */
  readonly subset?: VerifySubset;
  /** Absent where no content is opened. */
  readonly openerSource?: OpenerSource;
}

/** Checks a store and reports what is wrong: findings are a result, not a failure. */
export function verifyHandler(deps: ProviderDeps, vault: OpenerVault): JobHandler {
  return {
    run: (job, context) =>
      workOn(deps, job, (location) => runVerify({ deps, vault, job, context }, location)),
    onFailure: (job, error) => endRestore(deps, vault, job, "Failed", error),
    onEnded: () => deps.onTrouble?.(),
    onCancel: (job) => endRestore(deps, vault, job, "Canceled", undefined),
  };
}

interface Run {
  readonly deps: ProviderDeps;
  readonly vault: OpenerVault;
  readonly job: Job;
  readonly context: JobContext;
}

async function runVerify(
  { deps, vault, job, context }: Run,
  location: Document<BackupLocation>,
): Promise<JobOutcome> {
  const payload = job.payload as VerifyPayload;
  const { openerSource } = payload;
  const opener =
    openerSource && findOpener(deps, vault, job, location.value, { ...payload, openerSource });
  const { spec, keys, ledgerHead } = await openStore(deps, location.key, location.value);
  await beginOperation(deps, job, context, "Preparing");
  await deps.failpoint?.("verify.before-run");
  const progress = createProgressWriter(deps, job, context);
  try {
    const run = { store: spec, keys, ledgerHead, depth: payload.depth, opener };
    const report = await deps.engine.verify(
      { ...run, subset: payload.subset },
      progress.report,
      context.signal,
    );
    await progress.settle();
    await deps.failpoint?.("verify.before-finish");
    return () => finishVerify(deps, vault, job, reportOf(report, payload.backupId));
  } finally {
    await progress.settle();
  }
}

function reportOf(report: VerifyReport, backupId: string | undefined): VerifyReport {
  if (backupId === undefined) return report;
  // The key was seen to be this backup's before the job was accepted.
  const { unopened: _others, ...rest } = report;
  return {
    ...rest,
    findings: report.findings.filter(
      ({ backups }) => backups.length === 0 || backups.includes(backupId),
    ),
  };
}

async function finishVerify(
  deps: ProviderDeps,
  vault: OpenerVault,
  job: Job,
  report: VerifyReport,
): Promise<readonly Write[]> {
  vault.forget(job.id);
  return [
    ...releaseWrites(await findJobLocation(deps, job), job.id),
    ...(await succeed(deps, job, report)),
  ];
}
