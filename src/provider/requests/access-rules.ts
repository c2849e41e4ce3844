import type { AccessTable } from "../../arm/authorization.ts";

/** What a caller with a token may be here; `authentication.bearer.roles` maps claims to these. */
export const roles = ["Reader", "Operator", "Administrator", "RecoveryOfficer", "Auditor"] as const;
export type Role = (typeof roles)[number];

const read: readonly Role[] = roles;
const operate: readonly Role[] = ["Operator", "Administrator"];
// Who configures where backups go must not be the one who can open them.
const restore: readonly Role[] = ["RecoveryOfficer"];
const verify: readonly Role[] = [...operate, ...restore];
const administer: readonly Role[] = ["Administrator"];
// It tells of everybody; whoever it tells of does not need to see it.
const audit: readonly Role[] = ["Auditor"];
const frontDoorOnly: readonly Role[] = [];

const subscription = "/subscriptions/{subscriptionId}";
const group = `${subscription}/resourceGroups/{resourceGroupName}`;
const namespace = "providers/Microsoft.Backup.Admin";
const locations = `${group}/${namespace}/backupLocations`;
const location = `${locations}/{location}`;
const backup = `${location}/backups/{backup}`;
const regionHealth = `${group}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}`;
const regional = `${subscription}/${namespace}/locations/{location}`;

/** Every route and poll address of every api-version; a test holds it against the contracts. */
export const accessTable: AccessTable = {
  [`GET /${namespace}/operations`]: read,
  [`GET /${namespace}/auditLogs/default`]: audit,
  [`GET /${namespace}/auditLogs/default/records`]: audit,
  [`GET ${subscription}/${namespace}/backupLocations`]: read,
  [`GET ${locations}`]: read,
  [`GET ${location}`]: read,
  [`PUT ${location}`]: administer,
  [`PATCH ${location}`]: administer,
  [`DELETE ${location}`]: administer,
  [`POST ${location}/createBackup`]: operate,
  [`POST ${location}/verify`]: verify,
  // It tells what is reachable from here (A46).
  [`POST ${location}/testStore`]: administer,
  [`POST ${location}/pruneExternalStore`]: administer,
  [`POST ${location}/copy`]: administer,
  [`POST ${location}/previewSchedule`]: read,
  [`POST ${location}/previewRetention`]: read,
  [`GET ${location}/backups`]: read,
  [`GET ${backup}`]: read,
  [`DELETE ${backup}`]: administer,
  [`POST ${backup}/pin`]: operate,
  // Retention may remove it then.
  [`POST ${backup}/unpin`]: administer,
  [`POST ${backup}/restore`]: restore,
  [`POST ${backup}/verify`]: verify,
  [`GET ${subscription}/${namespace}/alerts`]: read,
  [`POST ${subscription}/${namespace}/diagnose`]: read,
  [`GET ${location}/alerts`]: read,
  [`GET ${location}/alerts/{alert}`]: read,
  [`POST ${location}/alerts/{alert}/close`]: operate,
  [`GET ${location}/monitoringSettings/{settings}`]: read,
  [`PUT ${location}/monitoringSettings/{settings}`]: administer,
  [`GET ${location}/notificationRoutes`]: read,
  [`GET ${location}/notificationRoutes/{route}`]: read,
  [`PUT ${location}/notificationRoutes/{route}`]: administer,
  [`DELETE ${location}/notificationRoutes/{route}`]: administer,
  // It tells what is reachable from here (A46).
  [`POST ${location}/notificationRoutes/{route}/test`]: administer,
  [`GET ${location}/deadLetters`]: read,
  [`GET ${regionHealth}/alerts`]: read,
  [`GET ${regionHealth}/alerts/{alertName}`]: read,
  [`PUT ${regionHealth}/alerts/{alertName}`]: operate,
  [`GET ${regionHealth}/serviceHealths`]: read,
  [`GET ${location}/operationResults/{operationId}`]: read,
  [`GET ${location}/operationStatuses/{operationId}`]: read,
  [`GET ${regional}/operationResults/{operationId}`]: read,
  [`GET ${regional}/operationStatuses/{operationId}`]: read,
  [`GET ${regional}/operationStatuses/{operationId}/log`]: read,
  [`POST ${regional}/operationStatuses/{operationId}/cancel`]: operate,
  [`POST ${group}/${namespace}/deployments/{deployment}/preflight`]: administer,
  [`POST ${group}/moveResources`]: frontDoorOnly,
  [`PUT ${subscription}`]: frontDoorOnly,
};
