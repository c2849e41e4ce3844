// How many requests the API answers, beside an Express handler that only sends the same bytes:
//
//   npm run bench -- --api [--seconds 5] [--connections 16] [--backups 10000] [--operations 100000]
//                          [--source-mb 2048] [--memory-minutes 10]
//
// The service runs as its own process, the load comes from another one on the same machine, over connections that stay
// open. Writes results-api.md.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createSelfSigned } from "../../src/identity/create-keys.ts";
import { pathOf } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { load, loadInTurns, type Load } from "./api-load.ts";
import { loadDuringBackups, makeBackup, makeSource } from "./api-during-backup.ts";
import { rate, row, time } from "./api-report.ts";
import { fillState } from "./api-state.ts";
import { openLiveHeap } from "./live-heap.ts";

const version = "2026-12-01";
/** The inspector is opened only to read the heap. */
const measurable = { NODE_OPTIONS: "--inspect-port=127.0.0.1:0" };

interface Settings {
  readonly seconds: number;
  readonly connections: number;
  readonly backups: number;
  readonly operations: number;
  readonly sourceMegabytes: number;
  readonly memoryMinutes: number;
}

/** Runs it and prints the report. */
export async function runApiBench(args: readonly string[]): Promise<void> {
  const settings = readSettings(args);
  const service = await startService({
    makeRoles: (folder) => [makeSource(folder, settings.sourceMegabytes)],
    config: {
      limits: { readsPerSecond: 1_000_000, writesPerSecond: 1_000_000 },
      log: { format: "json", level: "info" },
    },
    environment: measurable,
    checksExchanges: false,
  });
  try {
    const targets = await prepare(service, settings);
    const bare = await startBare(service, targets);
    try {
      const report = await measureAll(service, bare.url, targets, settings);
      writeFileSync(join(import.meta.dirname, "results-api.md"), report);
      console.log(report);
    } finally {
      bare.child.kill();
    }
  } finally {
    await service.close();
  }
}

function readSettings(args: readonly string[]): Settings {
  const number = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      api: { type: "boolean" },
      seconds: number("5"),
      connections: number("16"),
      backups: number("10000"),
      operations: number("100000"),
      "source-mb": number("2048"),
      "memory-minutes": number("10"),
    },
  });
  return {
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    backups: Number(values.backups),
    operations: Number(values.operations),
    sourceMegabytes: Number(values["source-mb"]),
    memoryMinutes: Number(values["memory-minutes"]),
  };
}

type Target = readonly [name: string, pathAndQuery: string];

/** A location, one real backup of little, and copies of it; then what is asked for. */
async function prepare(service: Service, settings: Settings): Promise<readonly Target[]> {
  const arm = service.call(version);
  const { certificateDer } = await createSelfSigned({
    ...{ commonName: "bench", validDays: 2, password: "bench-bench", now: Date.now() },
  });
  const body = {
    location: "north",
    properties: {
      store: { kind: "Local", path: makeFolder(service, "store") },
      encryption: { recipients: [{ certificateBase64: certificateDer.toString("base64") }] },
    },
  };
  await arm.finish(await arm.put(pathOf("north"), body));
  const started = await makeBackup(arm);
  await service.stop();
  await fillState(join(service.folder, "state", "holdfast.db"), settings);
  await service.restart(measurable);
  await waitForRest(service.pid);
  // As a service that has been there for a while.
  for (let made = 0; made < 2; made += 1) await makeBackup(arm);
  await waitForRest(service.pid);
  const status = new URL(started.headers.get("azure-asyncoperation") ?? "");
  return [
    ["GET location", `${pathOf("north")}?api-version=${version}`],
    ["100 of the backups", `${pathOf("north", "/backups")}?api-version=${version}&$top=100`],
    ["operation status", `${status.pathname}${status.search}`],
  ];
}

/** After a start the service looks through its state once: a second in which it hardly worked shows that this is over. */
async function waitForRest(pid: number): Promise<void> {
  for (let seconds = 0; seconds < 60; seconds += 1) {
    const before = readTicks(pid);
    await setTimeout(1000);
    // Hundredths of a second.
    if (readTicks(pid) - before < 10) return;
  }
  throw new Error("The service does not come to rest");
}

function readTicks(pid: number): number {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return user + system;
}

function makeFolder(service: Service, name: string): string {
  const folder = join(service.folder, name);
  mkdirSync(folder);
  return folder;
}

interface Bare {
  readonly url: string;
  readonly child: ChildProcess;
}

/** The same answers from a handler that knows them by heart. */
async function startBare(service: Service, targets: readonly Target[]): Promise<Bare> {
  const recorded: unknown[] = [];
  for (const [, target] of targets) {
    const response = await fetch(`${service.url}${target}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${target}: ${response.status} ${text}`);
    const headers = Object.fromEntries(
      [...response.headers].filter(
        ([name]) => !["connection", "keep-alive", "date"].includes(name),
      ),
    );
    recorded.push([target, response.status, headers, text]);
  }
  const file = join(service.folder, "recorded.json");
  writeFileSync(file, JSON.stringify(recorded));
  const program = join(import.meta.dirname, "bare-express-child.ts");
  const child = spawn(process.execPath, [program, file], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, child };
  }
  throw new Error("The bare server does not start");
}

async function measureAll(
  service: Service,
  bareUrl: string,
  targets: readonly Target[],
  settings: Settings,
): Promise<string> {
  const rows: string[] = [];
  for (const [name, target] of targets) {
    const urls = [service.url, bareUrl].map((url) => `${url}${target}`);
    // Compiled and warm, both of them.
    await loadInTurns(urls, { ...settings, seconds: 2 });
    const [ours, bare] = await loadInTurns(urls, settings);
    if (ours === undefined || bare === undefined) throw new Error("Nothing was measured");
    const share = `${Math.round(100 * shareOf(ours, bare))} %`;
    rows.push(row(name, rate(ours), rate(bare), share, time(ours.p50), time(ours.p99)));
  }
  const [, location = ""] = targets[0] ?? [];
  const half = await loadDuringBackups(service, `${service.url}${location}`, settings);
  const memory = await loadForMemory(service, targets, settings);
  return [
    `# The API under load\n`,
    `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}, ${settings.backups} backups and ${settings.operations} operations in the state, ${settings.connections} connections, the load from another process on the same machine. Bare is an Express handler that sends the same bytes; both are asked in turns of a third of a second, figures are medians of the turns.\n`,
    row("", "Holdfast", "bare", "of bare", "p50", "p99"),
    row("---", "--:", "--:", "--:", "--:", "--:"),
    ...rows,
    `\n${half}\n\n${memory}\n`,
  ].join("\n");
}

async function loadForMemory(
  service: Service,
  targets: readonly Target[],
  settings: Settings,
): Promise<string> {
  const heap = await openLiveHeap(service);
  const before = await heap.read();
  const marks: number[] = [];
  const until = performance.now() + settings.memoryMinutes * 60_000;
  for (let turn = 0; performance.now() < until; turn += 1) {
    const [, target] = targets[turn % targets.length] ?? ["", ""];
    await load(`${service.url}${target}`, { ...settings, seconds: 5 });
    marks.push(readMemory(service.pid));
  }
  const after = await heap.read();
  heap.close();
  return [
    `Memory of the service over ${settings.memoryMinutes} min of full load: resident ${describeMarks(marks)} MB;`,
    `live heap, when all garbage was collected, ${inMegabytes(before)} MB before and ${inMegabytes(after)} MB after.`,
  ].join(" ");
}

/** The last of each minute, and the most. */
function describeMarks(marks: readonly number[]): string {
  const perMinute = 12;
  const ends = marks.filter((_mark, index) => (index + 1) % perMinute === 0);
  const shown = (ends.length === 0 ? marks : ends).map(inMegabytes);
  return `${shown.join(", ")} at the end of each minute, ${inMegabytes(Math.max(...marks))} at most,`;
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function readMemory(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) * 1024;
}

/** The median of the turns: what slowed both down counts for nothing. */
function shareOf(ours: Load, bare: Load): number {
  const shares = ours.rates.map((perSecond, turn) => perSecond / (bare.rates[turn] ?? perSecond));
  return shares.toSorted((one, other) => one - other)[Math.floor((shares.length - 1) / 2)] ?? 0;
}
