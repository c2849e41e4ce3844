import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { medianOf, type Measure } from "./run-measured.ts";

/** What the programs took on one data set. */
export interface SetResult {
  readonly set: string;
  readonly files: number;
  readonly bytes: number;
  readonly tools: Record<string, ToolResult>;
  /** Whether `diff -r` found nothing after our restore. */
  isRestoredEqual: boolean;
}

export interface ToolResult {
  readonly work: string;
  /** By phase, one for each run. */
  readonly times: Record<string, Measure[]>;
  /** Bytes that a phase added to the repository. */
  readonly sizes: Record<string, number[]>;
}

export interface ReportInput {
  readonly results: readonly SetResult[];
  readonly program: readonly string[];
  readonly runs: number;
  readonly root: string;
}

/** The results as a page. Ratios above 1 mean that ours is faster, or that theirs stores more. */
export function writeReport(input: ReportInput): string {
  const peers = [say("restic", ["version"]), say("borg", ["--version"])];
  const lines = ["# Benchmark results", "", ...describeMachine(input, peers), ""];
  for (const result of input.results) lines.push(...describeSet(result), "");
  lines.push("## What each one does", "");
  for (const [name, { work }] of Object.entries(input.results[0]?.tools ?? {})) {
    lines.push(`- **${name}**: ${work}`);
  }
  lines.push(
    "",
    "*open* is a start that only opens the repository: with restic and borg it is mostly key derivation,",
    "which each of their other rows holds as well. *verify* of ours proves every stored byte without any",
    "key; *deep verify* also decrypts and hashes the contents, which is what the check of the others does",
    "(the same command of theirs stands in both rows). Data, repositories and targets lie in memory",
    "unless `--work` says otherwise: in memory that was in use before, as what a virtual machine gave back to",
    "its host costs whoever touches it first one to two seconds a gigabyte.",
  );
  return `${lines.join("\n")}\n`;
}

/** When, on what and with which programs it was measured. */
export function describeMachine(
  { program, runs, root }: Pick<ReportInput, "program" | "runs" | "root">,
  peers: readonly string[],
): string[] {
  const [cpu] = cpus();
  const built = (program[0] ?? "").endsWith(".js") ? "built" : "from source";
  const commit = say("git", ["-C", root, "rev-parse", "--short", "HEAD"]);
  return [
    `${new Date().toISOString().slice(0, 16)}Z · ${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB · medians of ${runs} interleaved runs`,
    "",
    `holdfast ${commit} (${built}, Node ${process.versions.node}) · ${peers.join(" · ")}`,
  ];
}

function describeSet(result: SetResult): string[] {
  const names = Object.keys(result.tools).toSorted(
    (a, b) => Number(b === "holdfast") - Number(a === "holdfast"),
  );
  const others = names.filter((name) => name !== "holdfast");
  const head = [
    "step",
    ...names.map((name) => `${name} s (MB)`),
    ...others.map((name) => `${name} ÷ ours`),
  ];
  const phases = Object.keys(result.tools["holdfast"]?.times ?? {});
  const rows = phases.map((phase) => {
    const seconds = (name: string): number => median(result, name, phase, "seconds");
    const cells = names.map(
      (name) =>
        `${seconds(name).toFixed(2)} (${median(result, name, phase, "peakMegabytes").toFixed(0)})`,
    );
    return [phase, ...cells, ...others.map((name) => ratio(seconds(name), seconds("holdfast")))];
  });
  const sizes = ["first", "changed"].map((phase) => {
    const bytes = (name: string): number => medianOf(result.tools[name]?.sizes[phase] ?? [0]);
    const cells = names.map((name) => `${(bytes(name) / 1e6).toFixed(1)} MB`);
    return [
      `stored by ${phase}`,
      ...cells,
      ...others.map((name) => ratio(bytes(name), bytes("holdfast"))),
    ];
  });
  const table = [head, head.map(() => "---"), ...rows, ...sizes].map(
    (row) => `| ${row.join(" | ")} |`,
  );
  const kind = result.set === "c" ? "tiny files" : "mixed service state";
  return [
    `## Set ${result.set}: ${kind}, ${result.files} files, ${(result.bytes / 1e6).toFixed(0)} MB`,
    "",
    ...table,
    "",
    `Wall-clock seconds of whole processes, peak memory in brackets. Restored by holdfast and compared with \`diff -r\`: ${result.isRestoredEqual ? "equal" : "NOT COMPARED"}.`,
  ];
}

function median(result: SetResult, tool: string, phase: string, figure: keyof Measure): number {
  return medianOf((result.tools[tool]?.times[phase] ?? []).map((measure) => measure[figure]));
}

function ratio(theirs: number, ours: number): string {
  return `${(theirs / ours).toFixed(2)}×`;
}

/** The first line of what a program prints. */
export function say(program: string, words: readonly string[]): string {
  try {
    return execFileSync(program, words, { encoding: "utf8" }).split("\n")[0] ?? "";
  } catch {
    return join(program, "(absent)");
  }
}
