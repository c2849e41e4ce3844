import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf, type Answer, type ArmCaller } from "../support/arm-caller.ts";
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
  const rounds: (readonly string[])[] = [];
  for (let round = 1; round <= measuredBackups; round += 1) {
    const backup = prepareBackup(service, settings);
    let seconds = 0;
    const measured = await loadMeanwhile(url, { ...half, seconds: mostSeconds }, async () => {
      seconds = await backup();
    });
    rounds.push([`beside backup ${round}`, ...latencies(measured), duration(seconds)]);
  }
  const secondsAlone = await prepareBackup(service, settings)();
  return [
    `GET location at ${Math.round(half.rate)} requests a second (half of its most), also from the request for a backup of ${settings.sourceMegabytes} MB to its end:\n`,
    row("", "p50", "p99", "longest", "p99 of the load process itself", "the backup took"),
    row("---", "--:", "--:", "--:", "--:", "--:"),
    row("without a backup", ...latencies(alone), ""),
    ...rounds.map((cells) => row(...cells)),
    row("a backup without requests", "", "", "", "", duration(secondsAlone)),
    "\nThe service made two backups after its start, before it was asked for anything else. Where it was only read from, the first one holds answers up for longer: V8 compiles anew what it had made for reading alone.",
  ].join("\n");
}

/** Waits for its end; returns the answer to who asked for it. */
export async function makeBackup(arm: ArmCaller): Promise<Answer> {
  const started = await arm.post(pathOf("north", "/createBackup"));
  const ended = await arm.finish(started);
  if (ended.status !== "Succeeded") throw new Error(`No backup: ${ended.statusAnswer.text}`);
  return started;
}

/** Makes new content, so that the backup has all of it to do; what is returned makes the backup and tells its seconds. */
function prepareBackup(
  service: Service,
  { sourceMegabytes }: DuringBackupSettings,
): () => Promise<number> {
  rmSync(join(service.folder, "source"), { recursive: true });
  makeSource(service.folder, sourceMegabytes);
  // What is still to be written of it would be in the way.
  execFileSync("sync");
  const arm = service.call(version);
  return async () => {
    const started = performance.now();
    await makeBackup(arm);
    return (performance.now() - started) / 1000;
  };
}

function latencies({ p50, p99, longest, ownP99 }: Load): readonly string[] {
  return [p50, p99, longest, ownP99].map(time);
}

function duration(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
