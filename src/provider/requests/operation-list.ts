import type { ArmRequest, ArmResult, OperationDescription } from "../../arm/resource-type.ts";
import { converterOf } from "../versions/versions.ts";

const namespace = "Microsoft.Backup.Admin";
const publishedProvider = "Microsoft Backup Resource Provider.";
const modernProvider = "Holdfast infrastructure backup";

/** The rows of the published versions, full stops where the recordings have them. */
const publishedRows: readonly OperationDescription[] = [
  row(
    publishedProvider,
    "backupLocations/read",
    "Backup location",
    "Returns backup locations",
    "Location where backups are saved.",
  ),
  row(
    publishedProvider,
    "backupLocations/createBackup/action",
    "Backup",
    "Create a new backup",
    "Create a new backup.",
  ),
  row(
    publishedProvider,
    "backupLocations/backups/read",
    "Backup",
    "Get a backup",
    "Gets the backups.",
  ),
  row(
    publishedProvider,
    "backupLocations/backups/restore/action",
    "Backup",
    "Restore a backup.",
    "Restore a previous backup.",
  ),
];

/** Everything any route of any version does; rows are never removed. */
const modernRows: readonly OperationDescription[] = [
  modern(
    "register/action",
    "Provider",
    "Register the provider",
    "Registers the subscription for infrastructure backup.",
  ),
  modern(
    "unregister/action",
    "Provider",
    "Unregister the provider",
    "Takes the subscription's registration back.",
  ),
  modern("operations/read", "Operation", "List operations", "Lists what the provider can do."),
  modern(
    "auditLogs/read",
    "Audit log",
    "Read the audit log",
    "Shows where the audit log begins and ends, and the key it is signed with.",
  ),
  modern(
    "auditLogs/records/read",
    "Audit record",
    "Read audit records",
    "Shows who wrote what and who was denied.",
  ),
  modern(
    "backupLocations/read",
    "Backup location",
    "Read backup locations",
    "Shows where backups go and when they are made.",
  ),
  modern(
    "backupLocations/write",
    "Backup location",
    "Write backup locations",
    "Creates or changes a backup location.",
  ),
  modern(
    "backupLocations/delete",
    "Backup location",
    "Delete backup locations",
    "Forgets a backup location and leaves its store alone.",
  ),
  modern("backupLocations/createBackup/action", "Backup", "Make a backup", "Makes a backup now."),
  modern(
    "backupLocations/verify/action",
    "Backup location",
    "Verify the store",
    "Checks what lies in the store of a location.",
  ),
  modern(
    "backupLocations/testStore/action",
    "Backup location",
    "Try out the store",
    "Tries out everything that a backup needs of the store of a location.",
  ),
  modern(
    "backupLocations/pruneExternalStore/action",
    "Backup location",
    "Prune the store",
    "Removes from the store what no backup needs.",
  ),
  modern(
    "backupLocations/copy/action",
    "Backup location",
    "Copy backups",
    "Copies backups unopened into the store of another location.",
  ),
  modern(
    "backupLocations/previewRetention/action",
    "Backup location",
    "Look ahead at retention",
    "Shows which backups retention keeps, why, and which it removes.",
  ),
  modern(
    "backupLocations/backups/delete",
    "Backup",
    "Delete backups",
    "Removes a backup from the store.",
  ),
  modern(
    "backupLocations/backups/pin/action",
    "Backup",
    "Pin backups",
    "Keeps a backup whatever retention says.",
  ),
  modern(
    "backupLocations/backups/unpin/action",
    "Backup",
    "Take pins off",
    "Lets retention decide about a backup again.",
  ),
  modern(
    "backupLocations/previewSchedule/action",
    "Backup location",
    "Look ahead at the schedule",
    "Shows when the next scheduled backups will be made.",
  ),
  modern(
    "backupLocations/backups/read",
    "Backup",
    "Read backups",
    "Shows the backups of a location.",
  ),
  modern(
    "backupLocations/backups/restore/action",
    "Backup",
    "Restore a backup",
    "Restores a backup into a folder.",
  ),
  modern(
    "backupLocations/backups/verify/action",
    "Backup",
    "Verify a backup",
    "Checks one backup.",
  ),
  modern(
    "diagnose/action",
    "Diagnosis",
    "Look at everything",
    "Says how the service and its locations are and what needs care.",
  ),
  modern(
    "alerts/read",
    "Alert of any location",
    "Read all alerts",
    "Shows the alerts of every location.",
  ),
  modern("backupLocations/alerts/read", "Alert", "Read alerts", "Shows the alerts of a location."),
  modern(
    "backupLocations/alerts/close/action",
    "Alert",
    "Close an alert",
    "Closes an alert by hand.",
  ),
  modern(
    "backupLocations/monitoringSettings/read",
    "Monitoring settings",
    "Read monitoring settings",
    "Shows what is expected of a location.",
  ),
  modern(
    "backupLocations/monitoringSettings/write",
    "Monitoring settings",
    "Write monitoring settings",
    "Sets what is expected of a location.",
  ),
  modern(
    "backupLocations/notificationRoutes/read",
    "Notification route",
    "Read notification routes",
    "Shows where messages about a location go.",
  ),
  modern(
    "backupLocations/notificationRoutes/write",
    "Notification route",
    "Write notification routes",
    "Creates or changes a way that messages take.",
  ),
  modern(
    "backupLocations/notificationRoutes/delete",
    "Notification route",
    "Delete notification routes",
    "Forgets a way that messages take.",
  ),
  modern(
    "backupLocations/notificationRoutes/test/action",
    "Notification route",
    "Test a notification route",
    "Sends a test message.",
  ),
  modern(
    "backupLocations/deadLetters/read",
    "Dead letter",
    "Read dead letters",
    "Shows messages that could not be delivered.",
  ),
  modern(
    "locations/operationStatuses/log/read",
    "Operation log",
    "Read operation logs",
    "Shows what was written down while a long operation ran.",
  ),
  modern(
    "locations/operationStatuses/cancel/action",
    "Regional operation status",
    "Cancel an operation",
    "Asks a long operation to stop.",
  ),
  modern(
    "deployments/preflight/action",
    "Deployment",
    "Judge a template",
    "Judges the resources of a template before they are deployed.",
  ),
  modern(
    "backupLocations/operationResults/read",
    "Operation result",
    "Read operation results",
    "Shows the result of a long operation.",
  ),
  modern(
    "backupLocations/operationStatuses/read",
    "Operation status",
    "Read operation states",
    "Shows the state of a long operation.",
  ),
  modern(
    "locations/operationResults/read",
    "Regional operation result",
    "Read operation results",
    "Shows the result of a long operation.",
  ),
  modern(
    "locations/operationStatuses/read",
    "Regional operation status",
    "Read operation states",
    "Shows the state of a long operation.",
  ),
];

/** Rows of the operations list as an api-version shows them. */
export function operationRowsOf(apiVersion: string): readonly OperationDescription[] {
  return converterOf(apiVersion).isModern ? modernRows : publishedRows;
}

/** All rows: what access rules may name. */
export const allOperationRows: readonly OperationDescription[] = modernRows;

/** GET of the operations list; the recorded body has no `nextLink`. */
export function listOperations(request: ArmRequest): Promise<ArmResult> {
  return Promise.resolve({
    kind: "value",
    body: { value: operationRowsOf(request.context.apiVersion) },
  });
}

function modern(
  name: string,
  resource: string,
  operation: string,
  description: string,
): OperationDescription {
  return row(modernProvider, name, resource, operation, description);
}

function row(
  provider: string,
  name: string,
  resource: string,
  operation: string,
  description: string,
): OperationDescription {
  return { name: `${namespace}/${name}`, display: { provider, resource, operation, description } };
}
