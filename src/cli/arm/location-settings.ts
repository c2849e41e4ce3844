import type { BackupLocationUpdateProperties } from "../../generated/api-2026-12-01.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, OptionSpecs } from "../command.ts";
import { certificateToBase64 } from "../certificate-text.ts";
import { readNamedFile } from "../private-file.ts";

/** The settings of a location that can be given as options. */
export const locationSettingOptions: OptionSpecs = {
  region: { summary: "Region it lives in; needed to create one", value: "NAME" },
  path: { summary: "Folder of the service's machine that backups go to", value: "PATH" },
  cert: { summary: "Certificate of who can open backups", value: "FILE.cer", multiple: true },
  every: { summary: "Hours between scheduled backups; 0 for none", value: "HOURS" },
  "keep-days": { summary: "Days to keep backups", value: "DAYS" },
};

/** The properties that the options ask for, and no others. */
export async function readLocationSettings(
  args: Arguments,
): Promise<BackupLocationUpdateProperties> {
  const path = args.text("path");
  const every = args.integer("every", 0, 168);
  const days = args.integer("keep-days", 2, 3650);
  const recipients: { certificateBase64: string }[] = [];
  for (const file of args.texts("cert")) {
    const bytes = await readNamedFile(file, "certificate");
    recipients.push({ certificateBase64: certificateToBase64(bytes) });
  }
  if (path !== undefined && !path.startsWith("/") && !path.startsWith("\\\\")) {
    throw usageError(
      `The path "${path}" must be absolute: the service does not run in your folder`,
    );
  }
  return {
    ...(path === undefined ? {} : { store: localStore(path) }),
    ...(recipients.length === 0 ? {} : { encryption: { recipients } }),
    ...(every === undefined ? {} : { schedule: toSchedule(every) }),
    ...(days === undefined ? {} : { retention: { periodInDays: days } }),
  };
}

function localStore(path: string): NonNullable<BackupLocationUpdateProperties["store"]> {
  // The generated type knows what all kinds have.
  const store = { kind: "Local" as const, path };
  return store;
}

function toSchedule(hours: number): { isEnabled: boolean; frequencyInHours?: number } {
  return hours === 0 ? { isEnabled: false } : { isEnabled: true, frequencyInHours: hours };
}
