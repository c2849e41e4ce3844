import { isDeepStrictEqual } from "node:util";

import type { ArmRequest } from "../../arm/resource-type.ts";
import { readOnlyChanged } from "../faults.ts";
import type { BackupLocation, CertificateSetting, EncryptionSetting } from "../model.ts";
import { viewOf } from "../model.ts";
import { readOnlyPartsOf, recipientsOf, version20261201 } from "../versions/v2026-12-01.ts";

/**
 * A client may send back what it read: read-only values equal to the stored ones are ignored, different
 * ones refused (rules 72 and 132). Times are compared as instants, a past tick of the schedule is fine, and
 * published versions, whose clients send stale values, are not judged.
 */
export function checkReadOnlyEcho(
  request: ArmRequest,
  location: BackupLocation,
  now: number,
): void {
  if (request.context.apiVersion !== version20261201.apiVersion) return;
  const form = { groupName: location.resourceGroupName, now };
  const stored = readOnlyPartsOf(version20261201.renderLocation(viewOf(location), form));
  for (const [path, sent] of Object.entries(readOnlyPartsOf(request.body))) {
    if (sent === undefined || isSameValue(sent, stored[path])) continue;
    if (path.endsWith("nextBackupTime") && isTick(sent, location)) continue;
    throw readOnlyChanged(path);
  }
}

/** What is sent of a recipient beside its certificate must be what that certificate says. */
export function checkRecipientEcho(request: ArmRequest, encryption: EncryptionSetting): void {
  if (request.context.apiVersion !== version20261201.apiVersion) return;
  if (encryption.kind !== "certificates") return;
  for (const [index, sent] of recipientsOf(request.body).entries()) {
    const { certificateBase64 } = sent;
    const read = encryption.certificates.find((one) => one.certificateBase64 === certificateBase64);
    if (read === undefined) continue;
    const names = Object.keys(sent) as (keyof CertificateSetting)[];
    const odd = names.find((name) => !isSameValue(sent[name] ?? null, read[name]));
    if (odd !== undefined)
      throw readOnlyChanged(`properties.encryption.recipients[${index}].${odd}`);
  }
}

function isSameValue(sent: unknown, stored: unknown): boolean {
  if (isDeepStrictEqual(withInstants(sent), withInstants(stored))) return true;
  return sent === null && (stored === undefined || stored === null);
}

/** Every text that is a time of day becomes its instant: PowerShell writes times with another precision. */
function withInstants(value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value)) return Date.parse(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, withInstants(one)]),
  );
}

/** True for any tick of the schedule: between the reading and the sending it may have moved on. */
function isTick(sent: unknown, { nextTick, settings }: BackupLocation): boolean {
  if (typeof sent !== "string" || nextTick === null) return false;
  // Ticks of a plan have no rhythm by which an old one could be told.
  if (settings.plan !== undefined) return true;
  const distance = Date.parse(sent) - Date.parse(nextTick);
  return distance % (settings.frequencyHours * 3_600_000) === 0;
}
