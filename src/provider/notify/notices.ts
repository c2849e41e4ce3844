import { describeAlert, type Alert } from "../../alerts/alert.ts";
import type { Notice } from "../../alerts/notice.ts";
import type { AlertChange } from "../../alerts/reconcile.ts";
import type { AuditRecord } from "../../identity/audit-chain.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { renderAlert } from "./alert-wire.ts";
import { locationId, type Backup, type BackupLocation } from "../model.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import type { NotificationRoute } from "./route-record.ts";

export const noticeJobKind = "notify";

/** JSON of a job; the route's secrets are opened when it runs. */
export interface NoticePayload {
  readonly routeKey: string;
  readonly notice: Notice;
}

/** The jobs that bring messages to every route that wants them; they belong into the commit of what is told. */
export function noticeWrites(
  deps: ProviderDeps,
  routes: readonly Document<NotificationRoute>[],
  notices: readonly Notice[],
): readonly Write[] {
  return notices.flatMap((notice) =>
    routes
      .filter(({ value }) => wants(value, notice))
      .map(({ key }): Write => {
        const payload: NoticePayload = { routeKey: key, notice };
        const job = { id: deps.newId(), kind: noticeJobKind, payload, dueAt: deps.clock.now() };
        return { op: "enqueue", job };
      }),
  );
}

function wants(route: NotificationRoute, { event, severity }: Notice): boolean {
  if (!route.isEnabled) return false;
  switch (event) {
    case "AlertOpened":
    case "AlertClosed":
      return (
        route.events.includes("Alerts") &&
        severity !== "Informational" &&
        route.severities.includes(severity)
      );
    case "BackupEnded":
      return route.events.includes("Backups");
    case "BackupReady":
      return route.receiver.kind === "heartbeat";
    case "Audit":
      return route.events.includes("Audit");
    case "Test":
      return true;
  }
}

/** What an opened or closed alert says; nothing for one that was merely seen again. */
export function noticesOfAlerts(
  deps: ProviderDeps,
  changes: readonly AlertChange[],
): readonly Notice[] {
  return changes.flatMap(({ kind, alert }) =>
    kind === "refresh" ? [] : [noticeOfAlert(deps, kind, alert)],
  );
}

export function noticeOfAlert(deps: ProviderDeps, kind: "open" | "close", alert: Alert): Notice {
  const { scope } = alert;
  const { title, severity, cause, step, error, remediation, probe } = describeAlert(alert);
  const lines =
    kind === "close"
      ? [alert.closedBy === undefined ? "Its cause is gone" : `Closed by ${alert.closedBy}`]
      : [
          cause,
          `Where: ${step}`,
          ...(error === undefined ? [] : [`Error: ${error}`]),
          ...remediation.map((words, index) => `${index + 1}. ${words}`),
          `Look again: ${probe}`,
        ];
  return {
    ...{
      id: deps.newId(),
      at: nowIso(deps),
      event: kind === "open" ? "AlertOpened" : "AlertClosed",
      severity,
    },
    location: {
      id: locationId({ ...scope, name: scope.locationName }),
      name: scope.locationName,
      region: scope.region,
    },
    title: kind === "open" ? title : `Closed: ${title}`,
    lines,
    data: { alertId: alert.id, alertTypeId: alert.typeId, alert: renderAlert(alert) },
  };
}

const backupSeverities: Readonly<Record<Backup["status"], Notice["severity"]>> = {
  Creating: "Informational",
  Running: "Informational",
  Succeeded: "Informational",
  Canceled: "Informational",
  PartialSucceeded: "Warning",
  Failed: "Critical",
};

/** What an ended backup says, and the heartbeat of one that a site can be rebuilt from. */
export function noticesOfBackup(
  deps: ProviderDeps,
  location: BackupLocation,
  backup: Backup,
): readonly Notice[] {
  const { id, status, record, error } = backup;
  const common = {
    at: nowIso(deps),
    location: { id: locationId(location), name: location.name, region: location.settings.region },
    data: { backupId: id, status, isAutomatic: String(backup.isAutomatic) },
  };
  const ended: Notice = {
    ...{ ...common, id: deps.newId(), event: "BackupEnded", severity: backupSeverities[status] },
    title: `Backup ${id} ended as ${status}`,
    lines: error === undefined ? [] : [`Error: ${error.code}: ${error.message}`],
  };
  const isReady =
    record?.isCloudRecoveryReady === true &&
    (status === "Succeeded" || status === "PartialSucceeded");
  if (!isReady) return [ended];
  const title = `Backup ${id} is ready for recovery`;
  const ready: Notice = {
    ...common,
    id: deps.newId(),
    event: "BackupReady",
    severity: "Informational",
    title,
    lines: [],
  };
  return [ended, ready];
}

/** Fields of an audit record that a message carries. */
const auditFields = [
  "event",
  "method",
  "route",
  "principalName",
  "principalKind",
  "address",
  "status",
].concat(["errorCode", "requestId", "correlationId", "operationId", "sequence", "hash"]);

/** A record of the audit log as a message; `undefined` for one that is not about the location. */
export function noticeOfAudit(
  deps: ProviderDeps,
  location: BackupLocation,
  record: AuditRecord,
): Notice | undefined {
  const id = locationId(location);
  const resource = String(record["resource"] ?? "").toLowerCase();
  if (resource !== id.toLowerCase() && !resource.startsWith(`${id.toLowerCase()}/`))
    return undefined;
  const { event, method, timestamp } = record;
  const kept = auditFields.flatMap((name) =>
    record[name] === undefined ? [] : [[name, record[name]] as const],
  );
  return {
    ...{
      id: deps.newId(),
      at: typeof timestamp === "string" ? timestamp : nowIso(deps),
      event: "Audit",
    },
    severity: event === "Denied" ? "Warning" : "Informational",
    location: { id, name: location.name, region: location.settings.region },
    title: `${event} ${method} ${String(record["resource"])}`,
    lines: [],
    data: Object.fromEntries(kept),
  };
}
