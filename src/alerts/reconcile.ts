import { toIso } from "../base/clock.ts";
import type { AlertFamily } from "./alert-type.ts";
import type { Alert, AlertScope, Finding } from "./alert.ts";
import { typeOf } from "./alert-types.ts";

/** What has to change so that the open alerts are what was found. */
export type AlertChange =
  | { readonly kind: "open"; readonly alert: Alert }
  /** Still there: its time, error and particulars follow. */
  | { readonly kind: "refresh"; readonly alert: Alert }
  | { readonly kind: "close"; readonly alert: Alert };

export interface Reconciliation {
  readonly scope: AlertScope;
  /** Alerts of the location: the open ones, and the closed ones that are still kept. */
  readonly known: readonly Alert[];
  /** Of each family the first counts. */
  readonly findings: readonly Finding[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
}

/** A condition that was closed by hand stays quiet this long; an event for ever. */
const quietMilliseconds = 24 * 3_600_000;
/** An open alert is written again this often, so that its time shows that somebody still looks. */
const refreshMilliseconds = 3_600_000;

/** Compares what is open with what was found. Nothing is lost: another type of the family closes the one before. */
export function reconcileAlerts(options: Reconciliation): readonly AlertChange[] {
  const { known, now } = options;
  const open = new Map(known.filter(isActive).map((alert) => [familyOf(alert), alert]));
  const found = new Map<AlertFamily, Finding>();
  for (const finding of options.findings) {
    const family = typeOf(finding.typeId).family;
    if (!found.has(family) && !isQuiet(finding, known, now)) found.set(family, finding);
  }
  const changes: AlertChange[] = [];
  for (const [family, alert] of open) {
    const finding = found.get(family);
    if (finding === undefined || finding.typeId !== alert.typeId) {
      changes.push({
        kind: "close",
        alert: { ...alert, closedAt: toIso(now), updatedAt: toIso(now) },
      });
    }
  }
  for (const [family, finding] of found) {
    const alert = open.get(family);
    if (alert?.typeId !== finding.typeId)
      changes.push({ kind: "open", alert: raise(finding, options) });
    else if (hasChanged(alert, finding, now))
      changes.push({ kind: "refresh", alert: refresh(alert, finding, now) });
  }
  return changes;
}

function isActive(alert: Alert): boolean {
  return alert.closedAt === undefined;
}

function familyOf(alert: Alert): AlertFamily {
  return typeOf(alert.typeId).family;
}

/** Whether somebody has closed this very alert by hand: they have seen it. */
function isQuiet(finding: Finding, known: readonly Alert[], now: number): boolean {
  return known.some(
    ({ typeId, evidence, closedAt, closedBy }) =>
      closedBy !== undefined &&
      closedAt !== undefined &&
      typeId === finding.typeId &&
      evidence === finding.evidence &&
      (evidence !== undefined || now - Date.parse(closedAt) < quietMilliseconds),
  );
}

function raise(finding: Finding, { scope, now, newId }: Reconciliation): Alert {
  const at = toIso(now);
  return { id: newId(), scope, ...finding, openedAt: at, updatedAt: at };
}

function refresh(alert: Alert, finding: Finding, now: number): Alert {
  const { error: _error, evidence: _evidence, ...kept } = alert;
  return { ...kept, ...finding, updatedAt: toIso(now) };
}

function hasChanged(alert: Alert, finding: Finding, now: number): boolean {
  return (
    alert.evidence !== finding.evidence ||
    alert.error?.code !== finding.error?.code ||
    now - Date.parse(alert.updatedAt) >= refreshMilliseconds
  );
}
