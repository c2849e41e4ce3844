import type {
  BackupLocationUpdateProperties,
  RetentionUpdate,
  ScheduleUpdate,
} from "../../generated/api-2026-12-01.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "../command.ts";
import { certificateToBase64 } from "../certificate-text.ts";
import { readNamedFile } from "../private-file.ts";
import { readStoreBody, storeOptions } from "./store-body.ts";

/** The parts of a schedule that can be given as options. */
export const scheduleOptions: OptionSpecs = {
  every: { summary: "Hours between scheduled backups; 0 for none", value: "HOURS" },
  cron: { summary: 'Instead: when to make them, such as "30 2 * * *"', value: "FIELDS" },
  "time-zone": { summary: "Zone of the cron fields; UTC unless told", value: "ZONE" },
  "pause-until": {
    summary: "No scheduled backups before this time; none ends the pause",
    value: "TIME",
  },
};

/** The rules of retention that can be given as options. */
export const retentionOptions: OptionSpecs = {
  "keep-days": { summary: "Days to keep backups; 0 when age alone keeps none", value: "DAYS" },
  "keep-last": { summary: "Keep the newest N", value: "N" },
  "keep-hourly": { summary: "Keep one of each of N hours", value: "N" },
  "keep-daily": { summary: "Keep one of each of N days", value: "N" },
  "keep-weekly": { summary: "Keep one of each of N weeks", value: "N" },
  "keep-monthly": { summary: "Keep one of each of N months", value: "N" },
  "keep-yearly": { summary: "Keep one of each of N years", value: "N" },
};

/** The settings of a location that can be given as options. */
export const locationSettingOptions: OptionSpecs = {
  region: { summary: "Region it lives in; needed to create one", value: "NAME" },
  path: { summary: "Folder of the service's machine that backups go to", value: "PATH" },
  ...storeOptions,
  cert: { summary: "Certificate of who can open backups", value: "FILE.cer", multiple: true },
  ...scheduleOptions,
  ...retentionOptions,
};

/** The properties that the options ask for, and no others. */
export async function readLocationSettings(
  args: Arguments,
  cli: Cli,
): Promise<BackupLocationUpdateProperties> {
  const schedule = readSchedule(args);
  const retention = readRetention(args);
  const recipients: { certificateBase64: string }[] = [];
  for (const file of args.texts("cert")) {
    const bytes = await readNamedFile(file, "certificate");
    recipients.push({ certificateBase64: certificateToBase64(bytes) });
  }
  const store = await readStore(args, cli);
  return {
    ...(store === undefined ? {} : { store }),
    ...(recipients.length === 0 ? {} : { encryption: { recipients } }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(retention === undefined ? {} : { retention }),
  };
}

function localStore(path: string): NonNullable<BackupLocationUpdateProperties["store"]> {
  // The generated type knows what all kinds have.
  const store = { kind: "Local" as const, path };
  return store;
}

/** The schedule that the options ask for; undefined when they say nothing of it. */
export function readSchedule(args: Arguments): ScheduleUpdate | undefined {
  const every = args.integer("every", 0, 168);
  const cron = args.text("cron");
  const timeZone = args.text("time-zone");
  const pause = args.text("pause-until");
  if (every !== undefined && cron !== undefined)
    throw usageError("Give --every or --cron, not both");
  const schedule = {
    ...(every === undefined ? {} : { isEnabled: every > 0 }),
    ...(every === undefined || every === 0 ? {} : { frequencyInHours: every }),
    ...(cron === undefined ? {} : { isEnabled: true, cron }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(pause === undefined ? {} : { pausedUntil: readPause(pause) }),
  };
  return Object.keys(schedule).length === 0 ? undefined : schedule;
}

/** The rules of retention that the options give; undefined when they give none. */
export function readRetention(args: Arguments): RetentionUpdate | undefined {
  const given = [
    ["periodInDays", args.integer("keep-days", 0, 3650)],
    ["count", args.integer("keep-last", 0, 1000)],
    ...["hourly", "daily", "weekly", "monthly", "yearly"].map(
      (tier) => [tier, args.integer(`keep-${tier}`, 0, 1000)] as const,
    ),
  ] as const;
  const rules = given.filter(([, value]) => value !== undefined);
  return rules.length === 0 ? undefined : Object.fromEntries(rules);
}

function readPause(text: string): string | null {
  if (text === "none") return null;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw usageError(
    `The time "${text}" cannot be read: give one such as 2026-03-01T06:00Z, or none`,
  );
}

/** A folder of the service's machine, or a store elsewhere. */
async function readStore(
  args: Arguments,
  cli: Cli,
): Promise<BackupLocationUpdateProperties["store"]> {
  const path = args.text("path");
  const address = args.text("store");
  const isPiped = args.flag("secret-stdin");
  if (address !== undefined && path !== undefined)
    throw usageError("A location has one store: give --path or --store");
  if (address !== undefined)
    return (await readStoreBody(address, isPiped, cli)) as BackupLocationUpdateProperties["store"];
  if (isPiped) throw usageError("--secret-stdin is the secret of a --store: give its address");
  if (path === undefined) return undefined;
  if (path.startsWith("\\\\"))
    throw usageError("A share is given as --store smb://user@server/share/folder");
  if (!path.startsWith("/"))
    throw usageError(
      `The path "${path}" must be absolute: the service does not run in your folder`,
    );
  return localStore(path);
}
