import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf } from "../support/arm-caller.ts";
import type { Service } from "../support/service.ts";
import { load, loadMeanwhile, type Load, type LoadSettings } from "./api-load.ts";
import { row, time } from "./api-report.ts";

const version = "2026-12-01";
const measuredBackups = 4;
const mostSeconds = 300;

interface DuringBackupSettings extends LoadSettings {
  readonly sourceMegabytes: number;
}

/** A folder of random files of 64 MB, and the role that has it. */
export function makeSource(folder: string, megabytes: number): object {
  const path = join(folder, "source");
  mkdirSync(path);
  for (let number = 0; number * 64 < megabytes; number += 1)
    writeFileSync(join(path, String(number)), randomFillSync(Buffer.alloc(64 * 2 ** 20)));
  return { name: "files", adapter: "directory", essential: true, settings: { path } };
}

/** GET location at half of what it can do, while backups run, one after the other. */
export async function loadDuringBackups(
  service: Service,
  url: string,
  settings: DuringBackupSettings,
): Promise<string> {
  const { perSecond } = await load(url, settings);
  const half = { ...settings, rate: perSecond / 2 };
  const alone = await load(url, half);
  const rounds: Load[] = [];
  for (let round = 0; round < measuredBackups; round += 1)
    rounds.push(await loadDuringBackup(service, url, half));
  return [
    `GET location at ${Math.round(half.rate)} requests a second (half of its most), also from the request for a backup of ${settings.sourceMegabytes} MB to its end:\n`,
    row("", "p50", "p99", "longest", "p99 of the load process itself"),
    row("---", "--:", "--:", "--:", "--:"),
    row("without a backup", ...latencies(alone)),
    ...rounds.map((one, index) => row(`beside backup ${index + 1}`, ...latencies(one))),
    "\nBackup 1 is the first after a start: until then the service was only read from, and V8 compiles anew what it had made for reading alone.",
  ].join("\n");
}

async function loadDuringBackup(
  service: Service,
  url: string,
  settings: DuringBackupSettings & { readonly rate: number },
): Promise<Load> {
  // New content, so that the backup has all of it to do; what is still to be written of it would be in the way.
  rmSync(join(service.folder, "source"), { recursive: true });
  makeSource(service.folder, settings.sourceMegabytes);
  execFileSync("sync");
  const arm = service.call(version);
  return loadMeanwhile(url, { ...settings, seconds: mostSeconds }, async () => {
    const ended = await arm.finish(await arm.post(pathOf("north", "/createBackup")));
    if (ended.status !== "Succeeded") throw new Error(`No backup: ${ended.statusAnswer.text}`);
  });
}

function latencies({ p50, p99, longest, ownP99 }: Load): readonly string[] {
  return [p50, p99, longest, ownP99].map(time);
}
