import type { AlertFamily, AlertType, Severity } from "./alert-type.ts";
import { alertTypes, typeOf, type AlertTypeId } from "./alert-types.ts";

/** An alert as it is stored: which type, about what, and the particulars. No text of the table, no secret. */
export interface Alert {
  /** Lower-case GUID. */
  readonly id: string;
  readonly typeId: AlertTypeId;
  readonly scope: AlertScope;
  /** What the system said. */
  readonly error?: AlertError;
  /** Particulars for people and programs, e.g. `backupId`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Names the event that raised it; absent where a condition lasts. */
  readonly evidence?: string;
  /** Times are ISO 8601 UTC. */
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly closedAt?: string;
  /** Who closed it by hand; absent when its cause went away. */
  readonly closedBy?: string;
}

export interface AlertScope {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly locationName: string;
  readonly region: string;
}

export interface AlertError {
  readonly code: string;
  readonly message: string;
}

/** What an evaluation found to be wrong now. */
export interface Finding {
  readonly typeId: AlertTypeId;
  readonly error?: AlertError;
  readonly properties: Readonly<Record<string, string>>;
  readonly evidence?: string;
}

/** Everything that is said of an alert, the same in every answer, message and log line. */
export interface AlertText {
  readonly title: string;
  readonly severity: Severity;
  readonly family: AlertFamily;
  readonly cause: string;
  readonly step: string;
  /** `Code: message`, absent where no error is behind it. */
  readonly error?: string;
  readonly remediation: readonly string[];
  readonly probe: string;
}

/** The table's words about an alert, with its location's name and its error put in. */
export function describeAlert({
  typeId,
  scope,
  error,
}: Pick<Alert, "typeId" | "scope" | "error">): AlertText {
  const { title, severity, family, cause, step, remediation, probe }: AlertType = typeOf(typeId);
  const fill = (text: string): string => text.replaceAll("{location}", scope.locationName);
  return {
    ...{ title, severity, family, cause, step },
    ...(error === undefined ? {} : { error: `${error.code}: ${error.message}` }),
    remediation: remediation.map(fill),
    probe: fill(probe),
  };
}

export function isOpen(alert: Pick<Alert, "closedAt">): boolean {
  return alert.closedAt === undefined;
}

/** Key of the one open alert of a family; a second one cannot be stored. */
export function openAlertKey(locationKey: string, family: AlertFamily): string {
  return `${alertPrefix(locationKey)}open/${family}`;
}

export function closedAlertKey(locationKey: string, alertId: string): string {
  return `${alertPrefix(locationKey)}closed/${alertId}`;
}

/** All alerts of a location, open ones behind closed ones. */
export function alertPrefix(locationKey: string): string {
  return `${locationKey}/alerts/`;
}

/** A later program may have stored types that this one does not know. */
export function isKnown(alert: Alert): boolean {
  return Object.hasOwn(alertTypes, alert.typeId);
}
