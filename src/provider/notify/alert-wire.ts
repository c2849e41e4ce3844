import { describeAlert, isOpen, type Alert } from "../../alerts/alert.ts";
import { locationId } from "../model.ts";
import { formatDateTime } from "../wire-format.ts";

/** A body, whose properties a filter looks into. */
export interface RenderedAlert extends Readonly<Record<string, unknown>> {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The ARM id of the location an alert is about. */
export function impactedId({ scope }: Alert): string {
  return locationId({ ...scope, name: scope.locationName });
}

/** An alert of 2026-12-01. */
export function renderAlert(alert: Alert): RenderedAlert {
  const impactedResourceId = impactedId(alert);
  const { title, severity, family, cause, step, remediation, probe } = describeAlert(alert);
  return {
    ...{ id: `${impactedResourceId}/alerts/${alert.id}`, name: alert.id },
    type: "Microsoft.Backup.Admin/backupLocations/alerts",
    properties: {
      ...{
        alertTypeId: alert.typeId,
        family,
        severity,
        state: isOpen(alert) ? "Active" : "Closed",
      },
      ...{ title, cause, step },
      ...(alert.error === undefined ? {} : { error: alert.error }),
      ...{ remediation, probe, details: alert.properties, impactedResourceId },
      openedTime: formatDateTime(alert.openedAt),
      updatedTime: formatDateTime(alert.updatedAt),
      closedTime: alert.closedAt === undefined ? null : formatDateTime(alert.closedAt),
      closedBy: alert.closedBy ?? null,
    },
  };
}

/** An alert of Microsoft.InfrastructureInsights.Admin 2016-05-01, below the region's health. */
export function renderInsightsAlert(alert: Alert, regionHealth: string): RenderedAlert {
  const { title, severity, cause, step, error, remediation, probe } = describeAlert(alert);
  const tokens = (texts: readonly string[]): readonly object[] =>
    texts.map((text) => ({ type: "Text", text }));
  const description = [cause, step, ...(error === undefined ? [] : [error])];
  return {
    ...{ id: `${regionHealth}/alerts/${alert.id}`, name: alert.id },
    ...{
      type: "Microsoft.InfrastructureInsights.Admin/regionHealths/alerts",
      location: alert.scope.region,
      tags: {},
    },
    properties: {
      ...{
        alertId: alert.id,
        faultId: `${alert.typeId}:${impactedId(alert).toLowerCase()}`,
        faultTypeId: alert.typeId,
      },
      ...{ title, severity, state: isOpen(alert) ? "Active" : "Closed" },
      createdTimestamp: formatDateTime(alert.openedAt),
      lastUpdatedTimestamp: formatDateTime(alert.updatedAt),
      closedTimestamp: alert.closedAt === undefined ? "" : formatDateTime(alert.closedAt),
      closedByUserAlias: alert.closedBy ?? null,
      ...{
        description: tokens(description),
        remediation: tokens([...remediation, `Then look again: ${probe}`]),
      },
      ...{ alertProperties: alert.properties, impactedResourceId: impactedId(alert) },
      ...{ impactedResourceDisplayName: alert.scope.locationName, resourceRegistrationId: null },
      ...{
        resourceProviderRegistrationId: "Microsoft.Backup.Admin",
        hasValidRemediationAction: false,
      },
    },
  };
}
