import type {
  BackupRecord,
  PruneReport,
  RecipientName,
  RestoreSummary,
  RoleResult,
  UnopenedBackups,
  VerifyReport,
} from "../../engine/model.ts";
import type { CopyResult } from "../jobs/jobs-copy.ts";
import type { RetentionView } from "../records/location-retention.ts";
import type { Backup } from "../model.ts";
import { locationId, parentOf } from "../model.ts";
import type { RenderForm } from "./version-converter.ts";
import { formatDateTime, formatDuration, pathsInStore } from "../wire-format.ts";

/** Backups and reports of 2026-12-01. */

const backupStates: Readonly<
  Record<Backup["status"], { readonly status: string; readonly provisioningState: string }>
> = {
  Creating: { status: "Queued", provisioningState: "Creating" },
  Running: { status: "Running", provisioningState: "Creating" },
  Succeeded: { status: "Succeeded", provisioningState: "Succeeded" },
  PartialSucceeded: { status: "PartialSucceeded", provisioningState: "Succeeded" },
  Failed: { status: "Failed", provisioningState: "Failed" },
  Canceled: { status: "Canceled", provisioningState: "Canceled" },
};

/** A backup with everything its manifest says. */
export function renderBackup(backup: Backup, form: RenderForm): unknown {
  const { record, deployment } = backup;
  const { status, provisioningState } = backupStates[backup.status];
  const parent = parentOf(backup, form.locationName);
  return {
    id: `${locationId(parent, form.groupName)}/backups/${backup.id}`,
    name: backup.id,
    type: "Microsoft.Backup.Admin/backupLocations/backups",
    systemData: backup.systemData,
    properties: {
      provisioningState,
      backupId: backup.id,
      status,
      startTime: formatDateTime(backup.startedAt),
      endTime: backup.endedAt === undefined ? null : formatDateTime(backup.endedAt),
      isAutomaticBackup: backup.isAutomatic,
      isCloudRecoveryReady: record?.isCloudRecoveryReady ?? false,
      completelyUploaded: backup.status === "Succeeded" || backup.status === "PartialSucceeded",
      deploymentId: deployment.deploymentId,
      stampVersion: deployment.stampVersion,
      oemVersion: deployment.oemVersion,
      ...(record === undefined ? noRecord : renderRecord(record)),
      ...(form.retention === undefined ? {} : renderRetention(backup, form.retention)),
      ...(backup.error === undefined ? {} : { error: backup.error }),
    },
  };
}

function renderRetention({ id }: Backup, retention: RetentionView): object {
  const pin = retention.pinOf(id);
  return {
    keptBecause: retention.reasonsOf(id),
    pin:
      pin === undefined ? null : { by: pin.by, time: formatDateTime(pin.at), reason: pin.reason },
  };
}

const noRecord = {
  repositoryId: null,
  epochId: null,
  sequence: null,
  recipients: [],
  roles: [],
  plainBytes: 0,
  newBytes: 0,
  storedBytes: 0,
  manifestHash: null,
  signature: null,
};

function renderRecord(record: BackupRecord): Readonly<Record<keyof typeof noRecord, unknown>> {
  return {
    repositoryId: record.repositoryId,
    epochId: record.epochId,
    sequence: record.sequence,
    recipients: record.recipients.map(renderRecipient),
    roles: record.roles.map(renderRole),
    plainBytes: record.plainBytes,
    newBytes: record.newBytes,
    storedBytes: record.storedBytes,
    manifestHash: record.manifestHash,
    signature: capitalize(record.signature),
  };
}

function renderRecipient(recipient: RecipientName): object {
  const { kind, thumbprint, keyId, subject, notAfter } = recipient;
  return {
    kind: kind === "certificate" ? "Certificate" : "PreSharedKey",
    ...(thumbprint === undefined ? {} : { thumbprint }),
    keyId,
    ...(subject === undefined ? {} : { subject }),
    ...(notAfter === undefined ? {} : { notAfter: formatDateTime(notAfter) }),
  };
}

function renderRole(role: RoleResult): object {
  const { startedAt, endedAt, error, name, status, required, essential, ...counts } = role;
  return {
    name,
    status,
    required,
    essential,
    startTime: formatDateTime(startedAt),
    endTime: formatDateTime(endedAt),
    files: counts.files,
    directories: counts.directories,
    otherEntries: counts.otherEntries,
    plainBytes: counts.plainBytes,
    newBytes: counts.newBytes,
    warnings: counts.warnings,
    ...(error === undefined ? {} : { error }),
  };
}

/** What a restore did. */
export function renderRestore(summary: RestoreSummary): unknown {
  return {
    backupId: summary.backupId,
    roles: summary.roles,
    files: summary.files,
    bytes: summary.bytes,
    warnings: summary.warnings,
    duration: formatDuration(summary.durationMilliseconds),
  };
}

/** What a check found. */
export function renderVerify(report: VerifyReport): unknown {
  return {
    depth: capitalize(report.depth),
    ...(report.subset === undefined ? {} : { subset: report.subset }),
    isHealthy: report.findings.length === 0,
    backups: report.backups,
    objects: report.objects,
    bytes: report.bytes,
    findings: report.findings,
    ...(report.unopened === undefined
      ? {}
      : { unopenedBackups: report.unopened.map(renderUnopened) }),
    duration: formatDuration(report.durationMilliseconds),
  };
}

function renderUnopened({ epochId, recipients, backups }: UnopenedBackups): unknown {
  return { epochId, recipients: recipients.map(renderRecipient), backups };
}

/** What a prune removed, or would remove. */
export function renderPrune(report: PruneReport): unknown {
  return {
    operationType: report.isDryRun ? "DryRun" : "Default",
    pathsToDelete: pathsInStore(report.objects),
    backupsToDelete: report.removedBackups,
    bytesFreedNow: report.bytesFreedNow,
    bytesFreedLater: report.bytesFreedLater,
  };
}

/** What a copy brought, and what a check of the target found then. */
export function renderCopy({ targetLocationName, report, verification }: CopyResult): unknown {
  const { repositoryId, copied, present, objects, bytes } = report;
  return {
    targetLocationName,
    repositoryId,
    copiedBackups: copied,
    presentBackups: present,
    objects,
    bytes,
    verification: renderVerify(verification),
  };
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
