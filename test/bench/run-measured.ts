import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What one whole process took. */
export interface Measure {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a program to its end under GNU time; a failure ends the benchmark with the program's own words. */
export function runMeasured(command: readonly string[], options: RunOptions): Measure {
  const report = join(options.env["TMPDIR"] ?? "/tmp", "measure.txt");
  const startedAt = performance.now();
  const run = spawnSync("/usr/bin/time", ["-o", report, "-f", "%U %S %M", ...command], {
    cwd: options.cwd,
    env: options.env,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (run.status !== 0) {
    const said = `${run.stdout}\n${run.stderr}`.trim().split("\n").slice(-8).join("\n");
    throw new Error(`${command.join(" ")} ended with ${run.status}:\n${said}`);
  }
  const last = readFileSync(report, "utf8").trim().split("\n").at(-1) ?? "";
  const [user = 0, system = 0, kilobytes = 0] = last.split(" ").map(Number);
  return { seconds, cpuSeconds: user + system, peakMegabytes: kilobytes / 1024 };
}

/** The median of some numbers. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
