import { isAppError } from "../base/errors.ts";
import type { Document, StateStore, Write, WriteCondition } from "../state/state-store.ts";
import { alertPrefix, closedAlertKey, isKnown, isOpen, openAlertKey, type Alert } from "./alert.ts";
import { typeOf } from "./alert-types.ts";
import type { AlertChange } from "./reconcile.ts";

/** How long a closed alert stays readable. */
const keptMilliseconds = 7 * 86_400_000;

/** The alerts of one location, or of all below a prefix of keys. */
export async function readAlerts(
  store: StateStore,
  locationKey: string,
): Promise<readonly Document<Alert>[]> {
  return readAlertsBelow(store, alertPrefix(locationKey));
}

export async function readAlertsBelow(
  store: StateStore,
  prefix: string,
): Promise<readonly Document<Alert>[]> {
  const found: Document<Alert>[] = [];
  for (;;) {
    const after = found.at(-1)?.key;
    const position = after === undefined ? {} : { after };
    const page = await store.list<Alert>("alert", { prefix, limit: pageSize, ...position });
    found.push(...page);
    if (page.length < pageSize) return found.filter(({ value }) => isKnown(value));
  }
}

const pageSize = 500;

/**
 * The writes of changes to alerts as they were read. They hold only if nobody else has changed them since, so
 * that of several instances one opens an alert and the others find it open.
 */
export function alertWrites(
  locationKey: string,
  known: readonly Document<Alert>[],
  changes: readonly AlertChange[],
): readonly Write[] {
  const etags = new Map(known.map(({ key, etag }) => [key, etag]));
  const conditionOf = (key: string): WriteCondition => {
    const etag = etags.get(key);
    return etag === undefined ? "absent" : { etag };
  };
  const writes = new Map<string, Write>();
  for (const { kind, alert } of changes) {
    const key = openAlertKey(locationKey, typeOf(alert.typeId).family);
    if (kind !== "close") {
      // Taking the place of a closed one: its removal and this are one write.
      writes.set(key, { op: "put", kind: "alert", key, value: alert, if: conditionOf(key) });
      continue;
    }
    const closedKey = closedAlertKey(locationKey, alert.id);
    writes.set(closedKey, { op: "put", kind: "alert", key: closedKey, value: alert });
    if (!writes.has(key))
      writes.set(key, { op: "delete", kind: "alert", key, if: conditionOf(key) });
  }
  return [...writes.values()];
}

/** The writes that forget alerts closed long ago. */
export function forgetWrites(known: readonly Document<Alert>[], now: number): readonly Write[] {
  return known
    .filter(
      ({ value }) =>
        value.closedAt !== undefined && now - Date.parse(value.closedAt) > keptMilliseconds,
    )
    .map(({ key }) => ({ op: "delete", kind: "alert", key }));
}

/** Closes an alert by hand; one that is closed already stays as it is. Undefined when there is none. */
export async function closeAlert(
  store: StateStore,
  locationKey: string,
  alertId: string,
  closing: { readonly at: string; readonly by: string },
  more: (alert: Alert) => readonly Write[],
): Promise<Alert | undefined> {
  for (;;) {
    const known = await readAlerts(store, locationKey);
    const found = known.find(({ value }) => value.id === alertId.toLowerCase());
    if (found === undefined || !isOpen(found.value)) return found?.value;
    const alert = {
      ...found.value,
      closedAt: closing.at,
      updatedAt: closing.at,
      closedBy: closing.by,
    };
    try {
      await store.commit([
        ...alertWrites(locationKey, known, [{ kind: "close", alert }]),
        ...more(alert),
      ]);
      return alert;
    } catch (error) {
      // The evaluation changed it between our read and our write: look again.
      if (!isAppError(error, "StateConflict")) throw error;
    }
  }
}
