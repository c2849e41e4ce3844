// Races our command line against restic through servers: an S3 gateway, an SFTP server, a share.
// Five minutes as it is; writes results-stores.md.
//
//   npm run bench -- --stores [--runs 3] [--size 256M] [--stores-of s3,sftp,smb] [--from-source]
//
// Each server is of the bench's own, on loopback. restic speaks to a share through rclone.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createHoldfast, createRestic, type BackupTool } from "./backup-tools.ts";
import { describeMachine, say } from "./bench-report.ts";
import { medianOf, runMeasured } from "./run-measured.ts";
import { starters, type Place } from "./store-places.ts";
import { warmMemory } from "./warm-memory.ts";

const root = resolve(import.meta.dirname, "..", "..");
const phases = ["first", "unchanged", "restore"] as const;
type Phase = (typeof phases)[number];

type Times = Record<string, Record<Phase, number[]>>;

/** Runs the race and writes `results-stores.md`. */
export async function benchStores(
  findProgram: (fromSource: boolean) => readonly string[],
): Promise<void> {
  const { values } = parseArgs({
    options: {
      stores: { type: "boolean" },
      runs: { type: "string", default: "3" },
      size: { type: "string", default: "256M" },
      "stores-of": { type: "string", default: "s3,sftp,smb" },
      "from-source": { type: "boolean", default: false },
    },
  });
  installRclone();
  const work = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holdfast-bench-"));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  // The servers end with the process: a signal must not leave them behind.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const data = join(work, "data");
  const made = makeData(data, values.size);
  // The stores of both, one restored copy, and what programs and servers take themselves.
  warmMemory(join(work, "warm"), 3 * made.bytes + 1e9);
  const program = findProgram(values["from-source"]);
  const runs = Number(values.runs);
  const sections: string[] = [];
  const works: Record<string, string> = {};
  for (const name of values["stores-of"].split(",")) {
    sections.push(await raceOn(name, { work, data, program, works }, runs));
  }
  const report = render(sections, made, program, runs, works);
  writeFileSync(join(root, "test/bench/results-stores.md"), report);
  console.log(`\n${report}`);
}

interface Made {
  readonly files: number;
  readonly bytes: number;
}

function makeData(data: string, size: string): Made {
  const script = join(import.meta.dirname, "make-dataset.ts");
  const words = ["--disable-warning=ExperimentalWarning", script, "mixed", "--size", size];
  const text = execFileSync(process.execPath, [...words, "--out", data], {
    encoding: "utf8",
  });
  return JSON.parse(text) as Made;
}

async function raceOn(name: string, setting: Setting, runs: number): Promise<string> {
  const start = starters[name];
  if (start === undefined) throw new Error(`No store "${name}": s3, sftp or smb`);
  const place = await start();
  try {
    return describe(place, await race(place, setting, runs));
  } finally {
    await place.stop();
  }
}

function render(
  sections: readonly string[],
  { files, bytes }: Made,
  program: readonly string[],
  runs: number,
  works: Works,
): string {
  const peers = [say("restic", ["version"]), say("rclone", ["version"])];
  const parts = [
    "# Benchmark results: through servers",
    describeMachine({ program, runs, root }, peers).join("\n"),
    `Set a: mixed service state, ${files} files, ${Math.round(bytes / 1e6)} MB. Wall-clock seconds of whole processes, processor seconds of the program and of those it waited for in brackets. Ratios above 1 mean that ours is faster. Data and targets lie in memory, servers run on the same machine and share its cores.`,
    ...sections,
    "## What each one does",
    Object.entries(works)
      .map(([name, work]) => `- **${name}**: ${work}`)
      .join("\n"),
    "Every object of ours is read back over the line before a backup counts, which restic does not do; our restore checks every chunk.",
  ];
  return `${parts.join("\n\n")}\n`;
}

type Works = Readonly<Record<string, string>>;

interface Setting {
  readonly work: string;
  readonly data: string;
  readonly program: readonly string[];
  /** By name, what a program does; filled in. */
  readonly works: Record<string, string>;
}

interface Result {
  readonly times: Times;
  readonly cpu: Times;
}

async function race(place: Place, setting: Setting, runs: number): Promise<Result> {
  const { work, data, program } = setting;
  const result: Result = { times: {}, cpu: {} };
  for (let round = 1; round <= runs; round += 1) {
    const home = (name: string): string => join(work, `${name}-${round}`);
    const tools: BackupTool[] = [
      createHoldfast(program, home("holdfast"), process.execPath, await place.holdfast(round)),
      createRestic(home("restic"), await place.restic(round)),
    ];
    for (const { name, work: does } of tools) setting.works[name] = does;
    // Nobody is always first.
    if (round % 2 === 0) tools.reverse();
    for (const tool of tools)
      for (const command of tool.prepare)
        runMeasured(command, { cwd: homeOf(tool), env: tool.env });
    for (const phase of phases)
      for (const tool of tools) {
        const measure = runPhase(tool, phase, data);
        note(result.times, tool.name, phase, measure.seconds);
        note(result.cpu, tool.name, phase, measure.cpuSeconds);
        console.log(
          `${place.title} ${round} ${phase.padEnd(9)} ${tool.name.padEnd(8)} ${measure.seconds.toFixed(2)} s`,
        );
      }
    for (const tool of tools) rmSync(homeOf(tool), { recursive: true, force: true });
  }
  return result;
}

function runPhase(tool: BackupTool, phase: Phase, data: string): ReturnType<typeof runMeasured> {
  const options = { cwd: homeOf(tool), env: tool.env };
  if (phase !== "restore") return runMeasured(tool.backup(data, phase), options);
  const target = join(homeOf(tool), "out");
  mkdirSync(target);
  const measure = runMeasured(tool.restore("unchanged", target), {
    ...options,
    cwd: target,
  });
  execFileSync("diff", ["-r", "--no-dereference", data, join(target, tool.restoredPath(data))]);
  rmSync(target, { recursive: true });
  return measure;
}

function note(times: Times, tool: string, phase: Phase, seconds: number): void {
  const known = (times[tool] ??= { first: [], unchanged: [], restore: [] });
  known[phase].push(seconds);
}

function describe({ title, note }: Place, { times, cpu }: Result): string {
  const lines = phases.map((phase) => {
    const at = (all: Times, tool: string): number => medianOf(all[tool]?.[phase] ?? []);
    const [ours, theirs] = ["holdfast", "restic"].map(
      (tool) => `${at(times, tool).toFixed(2)} (${at(cpu, tool).toFixed(2)})`,
    );
    const ratio = at(times, "restic") / at(times, "holdfast");
    return `| ${phase} | ${ours} | ${theirs} | ${ratio.toFixed(2)}× |`;
  });
  const head =
    "| step | holdfast s (cpu) | restic s (cpu) | restic ÷ ours |\n| --- | --- | --- | --- |";
  return `## ${title}\n\n${note}\n\n${head}\n${lines.join("\n")}`;
}

function installRclone(): void {
  if (spawnSync("rclone", ["version"]).status === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", "rclone"], { env });
}

function homeOf(tool: BackupTool): string {
  return tool.env["HOME"] ?? "";
}
