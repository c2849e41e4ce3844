import type { ArmRequest } from "../../arm/resource-type.ts";
import { readOnlyChanged } from "../faults.ts";
import type { BackupLocation, CertificateSetting, EncryptionSetting } from "../model.ts";
import { viewOf } from "../model.ts";
import { checkReadOnlyEcho, isSameValue } from "../read-only-echo.ts";
import { recipientsOf, version20261201 } from "../versions/v2026-12-01.ts";

/** A past tick of the schedule is fine, and published versions, whose clients send stale values, are not judged. */
export function checkLocationEcho(
  request: ArmRequest,
  location: BackupLocation,
  now: number,
): void {
  if (request.context.apiVersion !== version20261201.apiVersion) return;
  const form = { groupName: location.resourceGroupName, now };
  const shown = version20261201.renderLocation(viewOf(location), form);
  checkReadOnlyEcho(
    request,
    shown,
    (path, sent) => path.endsWith("nextBackupTime") && isTick(sent, location),
  );
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

/** True for any tick of the schedule: between the reading and the sending it may have moved on. */
function isTick(sent: unknown, { nextTick, settings }: BackupLocation): boolean {
  if (typeof sent !== "string" || nextTick === null) return false;
  // Ticks of a plan have no rhythm by which an old one could be told.
  if (settings.plan !== undefined) return true;
  const distance = Date.parse(sent) - Date.parse(nextTick);
  return distance % (settings.frequencyHours * 3_600_000) === 0;
}
