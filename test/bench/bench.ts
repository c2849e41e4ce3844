// Races our command line against other programs on the same data: whole processes, wall clock, peak memory.
//
//   npm run bench -- [--runs 3] [--size 2G] [--files 50000] [--sets a,c] [--tools restic,borg]
//                    [--work DIR] [--dataset-script FILE] [--from-source]
//
// With --stores it races through servers instead; see bench-stores.ts.
//
// With --api it measures the service's API instead; see api-bench.ts.
//
// Sets: a = mixed service state of --size, c = --files tiny files. Everything is removed at the end.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createBorg, createHoldfast, createRestic, type BackupTool } from "./backup-tools.ts";
import { writeReport, type SetResult } from "./bench-report.ts";
import { runMeasured, type Measure } from "./run-measured.ts";
import { warmMemory } from "./warm-memory.ts";

const root = resolve(import.meta.dirname, "..", "..");
const phases = [
  "first",
  "unchanged",
  "open",
  "verify",
  "deep verify",
  "restore",
  "changed",
] as const;
export type Phase = (typeof phases)[number];

interface Settings {
  readonly runs: number;
  readonly size: string;
  readonly files: string;
  readonly sets: readonly string[];
  readonly tools: readonly string[];
  readonly work: string;
  readonly datasetScript: string;
  readonly program: readonly string[];
}

if (process.argv.includes("--api")) {
  const { runApiBench } = await import("./api-bench.ts");
  await runApiBench(process.argv.slice(2));
} else if (process.argv.includes("--stores")) {
  const { benchStores } = await import("./bench-stores.ts");
  await benchStores(findProgram);
} else {
  await run();
}

async function run(): Promise<void> {
  installPrograms();
  const settings = readSettings();
  const stop = (): void => rmSync(settings.work, { recursive: true, force: true });
  process.on("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const results: SetResult[] = [];
  for (const set of settings.sets) results.push(raceSet(set, settings));
  const report = writeReport({ results, program: settings.program, runs: settings.runs, root });
  writeFileSync(join(root, "test/bench/results.md"), report);
  console.log(`\n${report}`);
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "3" },
      size: { type: "string", default: "2G" },
      files: { type: "string", default: "50000" },
      sets: { type: "string", default: "a,c" },
      tools: { type: "string", default: "restic,borg" },
      work: { type: "string", default: existsSync("/dev/shm") ? "/dev/shm" : "/tmp" },
      "dataset-script": { type: "string", default: join(import.meta.dirname, "make-dataset.ts") },
      "from-source": { type: "boolean", default: false },
    },
  });
  return {
    runs: Number(values.runs),
    size: values.size,
    files: values.files,
    sets: values.sets.split(","),
    tools: values.tools.split(",").filter((name) => name !== ""),
    work: mkdtempSync(join(resolve(values.work), "holdfast-bench-")),
    datasetScript: resolve(values["dataset-script"]),
    program: findProgram(values["from-source"]),
  };
}

/** What is installed is built; where the build fails, the source runs, and the report says so. */
function findProgram(isFromSource: boolean): readonly string[] {
  const source = ["--disable-warning=ExperimentalWarning", join(root, "src/cli/main.ts")];
  if (isFromSource) return source;
  const build = spawnSync(process.execPath, [join(root, ".config/build.mjs")], { cwd: root });
  return build.status === 0 ? [join(root, "dist/cli/main.js")] : source;
}

function installPrograms(): void {
  const packages = { restic: "restic", borg: "borgbackup", time: "time" };
  const missing = Object.entries(packages)
    .filter(([program]) => !existsSync(`/usr/bin/${program}`))
    .map(([, name]) => name);
  if (missing.length === 0) return;
  if (process.geteuid?.() !== 0) throw new Error(`Install as root first: ${missing.join(", ")}`);
  console.log(`Installing ${missing.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-q"], { env });
  execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing], { env });
}

function raceSet(set: string, settings: Settings): SetResult {
  const data = join(settings.work, `data-${set}`);
  const made = makeData(set, data, settings);
  const result: SetResult = { set, ...made, tools: {}, isRestoredEqual: false };
  // The repositories of all, one restored copy, and what the programs take themselves.
  const warm = join(settings.work, "warm");
  const warmed = warmMemory(warm, 3 * made.bytes + 1e9);
  if (warmed > 0) console.log(`set ${set}: ${warmed} MiB of memory made warm`);
  for (let round = 1; round <= settings.runs; round += 1) {
    const tools = createTools(settings, set);
    // Nobody is always first, when caches are cold, or last, when memory is full.
    for (let turn = 1; turn < round; turn += 1) tools.push(tools.shift() as BackupTool);
    for (const tool of tools) prepareTool(tool);
    raceRound(tools, data, round, result, settings);
    for (const tool of tools) rmSync(homeOf(tool), { recursive: true, force: true });
  }
  for (const folder of [data, warm]) rmSync(folder, { recursive: true, force: true });
  return result;
}

function makeData(
  set: string,
  data: string,
  settings: Settings,
): { readonly files: number; readonly bytes: number } {
  const size = ["--size", settings.size];
  const words = set === "c" ? ["tiny", "--files", settings.files] : ["mixed", ...size];
  const text = callGenerator([...words, "--out", data], settings);
  const { files, bytes } = JSON.parse(text) as { files: number; bytes: number };
  console.log(`set ${set}: ${files} files, ${bytes} bytes`);
  return { files, bytes };
}

function callGenerator(words: readonly string[], settings: Settings): string {
  const options = ["--disable-warning=ExperimentalWarning", settings.datasetScript, ...words];
  return execFileSync(process.execPath, options, { encoding: "utf8" });
}

function createTools(settings: Settings, set: string): BackupTool[] {
  const home = (name: string): string => join(settings.work, `${set}-${name}`);
  const others = { restic: createRestic, borg: createBorg };
  return [
    createHoldfast(settings.program, home("holdfast"), process.execPath),
    ...Object.entries(others)
      .filter(([name]) => settings.tools.includes(name))
      .map(([name, create]) => create(home(name))),
  ];
}

function homeOf(tool: BackupTool): string {
  return tool.env["HOME"] ?? "";
}

function prepareTool(tool: BackupTool): void {
  for (const command of tool.prepare) runMeasured(command, { cwd: homeOf(tool), env: tool.env });
}

/** All programs do one step before any does the next, so that a busy moment hits all of them. */
function raceRound(
  tools: readonly BackupTool[],
  data: string,
  round: number,
  result: SetResult,
  settings: Settings,
): void {
  for (const phase of phases) {
    if (phase === "changed") {
      callGenerator(["mutate", "--dir", data, "--seed", String(round + 1)], settings);
    }
    for (const tool of tools) {
      const before = phase === "changed" ? sizeOf(tool.repository) : 0;
      const measure = runPhase(tool, phase, data, round, result);
      const stats = (result.tools[tool.name] ??= { work: tool.work, times: {}, sizes: {} });
      (stats.times[phase] ??= []).push(measure);
      if (phase === "first" || phase === "changed") {
        (stats.sizes[phase] ??= []).push(sizeOf(tool.repository) - before);
      }
      const seconds = measure.seconds.toFixed(2).padStart(7);
      console.log(`${result.set} ${round} ${phase.padEnd(11)} ${tool.name.padEnd(8)} ${seconds} s`);
    }
  }
}

function runPhase(
  tool: BackupTool,
  phase: Phase,
  data: string,
  round: number,
  result: SetResult,
): Measure {
  const call = (command: readonly string[], cwd = homeOf(tool)): Measure =>
    runMeasured(command, { cwd, env: tool.env });
  switch (phase) {
    case "first":
    case "unchanged":
    case "changed":
      return call(tool.backup(data, `${phase}${round}`));
    case "open":
      return call(tool.open);
    case "verify":
      return call(tool.verify);
    case "deep verify":
      return call(tool.deepVerify);
    case "restore":
      return restore(tool, data, round, result, call);
  }
}

function restore(
  tool: BackupTool,
  data: string,
  round: number,
  result: SetResult,
  call: (command: readonly string[], cwd: string) => Measure,
): Measure {
  const target = join(homeOf(tool), "out");
  mkdirSync(target);
  const measure = call(tool.restore(`unchanged${round}`, target), target);
  if (round === 1 && tool.name === "holdfast") {
    const restored = join(target, tool.restoredPath(data));
    execFileSync("diff", ["-r", "--no-dereference", data, restored], { stdio: "inherit" });
    result.isRestoredEqual = true;
  }
  rmSync(target, { recursive: true });
  return measure;
}

function sizeOf(folder: string): number {
  return Number(execFileSync("du", ["-sb", folder], { encoding: "utf8" }).split("\t")[0]);
}
