import type { ArmRequest } from "../../arm/resource-type.ts";
import { readOnlyChanged } from "../faults.ts";
import type { BackupLocation, CertificateSetting, EncryptionSetting } from "../model.ts";
import { viewOf } from "../model.ts";
import { checkReadOnlyEcho, isSameValue } from "../read-only-echo.ts";
import { recipientsOf, version20261201 } from "../versions/v2026-12-01.ts";

/**
 * What the service moves by itself: a backup ends, a tick passes, a store is looked at, and with each the etag goes on. A
 * client that reads, changes a setting and writes all of it back must not be refused for that, so these are ignored
 * whatever they say; who wants nothing to have moved sends If-Match. All else that is read-only stays as it was until
 * somebody writes: there another value is a mistake or another writer, and is told (rules 72 and 132).
 */
const moving: ReadonlySet<string> = new Set([
  "etag",
  "properties.capacity",
  "properties.lastBackupTime",
  "properties.schedule.nextBackupTime",
  "properties.schedule.lastSkip",
]);

/** Published versions, whose clients send stale values, are not judged. */
export function checkLocationEcho(
  request: ArmRequest,
  location: BackupLocation,
  now: number,
): void {
  if (request.context.apiVersion !== version20261201.apiVersion) return;
  const form = { groupName: location.resourceGroupName, now };
  const shown = version20261201.renderLocation(viewOf(location), form);
  checkReadOnlyEcho(request, shown, (path, sent) => moving.has(path) || isPassed(path, sent));
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

/** The state of a reading while an operation ran, which has ended by itself. How it ends nobody may say but us. */
function isPassed(path: string, sent: unknown): boolean {
  return path === "properties.provisioningState" && (sent === "Creating" || sent === "Updating");
}
