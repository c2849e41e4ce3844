import type {
  Alert,
  Backup,
  BackupLocation,
  RetentionPreview,
  SchedulePreview,
} from "../../generated/api-2026-12-01.ts";
import type { Cli } from "../command.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { formatTable } from "../format-figures.ts";
import type { Service } from "./service.ts";

/** Prints a document of the service: as it is for programs, as indented lines for people. */
export function showDocument(document: unknown, cli: Cli): void {
  if (cli.output.isJson) cli.output.printJson(document ?? null);
  else for (const line of describe(document, "")) cli.output.print(line);
}

/** Every item of a list, page by page. */
export async function readAll(service: Service, path: string): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let next: string | null | undefined = path;
  while (next !== undefined && next !== null && next !== "") {
    const { body } = await service.call("GET", next);
    const page = body as { readonly value?: readonly unknown[]; readonly nextLink?: string | null };
    items.push(...(page.value ?? []));
    next = page.nextLink;
  }
  return items;
}

export function showLocations(items: readonly unknown[], cli: Cli): void {
  const rows = (items as readonly BackupLocation[]).map(({ name, location, properties }) => [
    name ?? "",
    location,
    properties?.provisioningState ?? "",
    (properties?.store as { readonly kind?: string } | undefined)?.kind ?? "",
    properties?.lastBackupTime ?? "never",
  ]);
  showTable(["NAME", "REGION", "STATE", "STORE", "LAST BACKUP"], rows, items, cli);
}

export function showBackups(items: readonly unknown[], cli: Cli): void {
  const rows = (items as readonly Backup[]).map(({ name, properties }) => [
    name ?? "",
    properties?.startTime ?? "",
    properties?.status ?? "",
    formatBytes(properties?.plainBytes ?? 0),
    formatBytes(properties?.storedBytes ?? 0),
  ]);
  showTable(["BACKUP", "STARTED", "STATUS", "SIZE", "ADDED"], rows, items, cli);
}

export function showAlerts(items: readonly unknown[], cli: Cli): void {
  const rows = (items as readonly Alert[]).map(({ name, properties }) => [
    name ?? "",
    properties?.impactedResourceId?.split("/").at(-1) ?? "",
    properties?.severity ?? "",
    properties?.state ?? "",
    properties?.openedTime ?? "",
    properties?.title ?? "",
  ]);
  showTable(["ALERT", "LOCATION", "SEVERITY", "STATE", "SINCE", "TITLE"], rows, items, cli);
}

/** A look ahead at a schedule. */
export function showRuns(preview: unknown, cli: Cli): void {
  const { isEnabled, timeZone, runs = [] } = preview as SchedulePreview;
  if (cli.output.isJson) return cli.output.printJson(preview);
  if (isEnabled === false) cli.output.say("The schedule is off: none of these will be made");
  const rows = runs.map(({ tick, time, localTime }) => [
    time ?? "",
    localTime ?? "",
    tick === time ? "" : `due ${tick}`,
  ]);
  showTable(["BACKUP AT", timeZone ?? "", ""], rows, runs, cli);
}

/** What retention keeps and removes. */
export function showRetention(preview: unknown, cli: Cli): void {
  const { keep = [], remove = [] } = preview as RetentionPreview;
  if (cli.output.isJson) return cli.output.printJson(preview);
  const rows = [
    ...keep.map((one) => ["keep", one, one.keptBecause?.join("; ") ?? ""] as const),
    ...remove.map((one) => ["remove", one, one.reason ?? ""] as const),
  ].map(([fate, { backupId, startTime, status }, why]) => [
    fate,
    backupId ?? "",
    startTime ?? "",
    status ?? "",
    why,
  ]);
  showTable(["", "BACKUP", "STARTED", "STATUS", "WHY"], rows, rows, cli);
}

function showTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  items: readonly unknown[],
  cli: Cli,
): void {
  if (cli.output.isJson) return cli.output.printJson(items);
  if (rows.length === 0) return cli.output.say("None");
  for (const line of formatTable([heading, ...rows])) cli.output.print(line);
}

function describe(value: unknown, indent: string): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${String(value)}`];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const isEmpty = typeof item === "object" && item !== null && Object.keys(item).length === 0;
    if (typeof item !== "object" || item === null || isEmpty) {
      return [`${indent}${key}: ${isEmpty ? "none" : String(item)}`];
    }
    return [`${indent}${key}:`, ...describe(item, `${indent}  `)];
  });
}
