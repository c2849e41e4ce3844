import { countOf } from "../base/count-of.ts";
import type { Progress } from "../engine/model.ts";
import type { Cli } from "./command.ts";
import { formatBytes } from "../base/format-bytes.ts";
import { formatDuration } from "./format-figures.ts";

/** Shows how far a run is, as fits who looks at it. */
export interface ProgressView {
  update(progress: Progress): void;
  /** A better idea of how much there is. */
  expect(bytes: number): void;
  /** Removes what stands for the moment only. */
  clear(): void;
}

const drawMilliseconds = 200;
const jsonMilliseconds = 1000;
const lineMilliseconds = 30_000;
const linePercent = 10;
/** Nobody wants ten lines about a moment. */
const leastLineMilliseconds = 2000;

/** A line drawn over again on a terminal; a line every 30 seconds or 10 % elsewhere; JSON lines for programs. */
export function createProgressView(cli: Cli): ProgressView {
  const { output, clock } = cli;
  const startedAt = clock.now();
  const show = output.isJson ? showJson : output.isTerminal ? drawLine : sayLine;
  let expected = 0;
  let shownAt = output.isTerminal ? 0 : startedAt;
  let shownPercent = 0;

  return {
    expect: (bytes) => {
      expected = bytes;
    },
    clear: () => output.draw(""),
    update: (progress) => {
      const now = clock.now();
      const state = measure(progress, expected, now - startedAt);
      if (!isDue(state.percent, now)) return;
      shownAt = now;
      shownPercent = state.percent ?? 0;
      show(cli, state);
    },
  };

  function isDue(percent: number | undefined, now: number): boolean {
    if (output.isJson) return now - shownAt >= jsonMilliseconds;
    if (output.isTerminal) return now - shownAt >= drawMilliseconds;
    if (now - shownAt < leastLineMilliseconds) return false;
    return (percent ?? 0) - shownPercent >= linePercent || now - shownAt >= lineMilliseconds;
  }
}

interface State {
  readonly progress: Progress;
  readonly elapsed: number;
  /** 0 while unknown. */
  readonly bytesTotal: number;
  readonly bytesPerSecond: number;
  readonly percent: number | undefined;
  readonly millisecondsLeft: number | undefined;
}

function measure(progress: Progress, expected: number, elapsed: number): State {
  const { bytesDone } = progress;
  const known = Math.max(progress.bytesTotal, expected);
  // A total that only follows what is done says nothing about what is left.
  const bytesTotal = known > bytesDone || progress.phase !== "copying" ? known : 0;
  const bytesPerSecond = elapsed < 1000 ? 0 : (bytesDone * 1000) / elapsed;
  const percent = bytesTotal === 0 ? undefined : Math.min(100, (bytesDone * 100) / bytesTotal);
  const isSteady = bytesTotal > 0 && bytesPerSecond > 0;
  const left = isSteady ? ((bytesTotal - bytesDone) * 1000) / bytesPerSecond : undefined;
  return { progress, elapsed, bytesTotal, bytesPerSecond, percent, millisecondsLeft: left };
}

function showJson(cli: Cli, state: State): void {
  const { progress, percent, bytesTotal, millisecondsLeft } = state;
  cli.output.printJson({
    message_type: "status",
    phase: progress.phase,
    ...(progress.role === undefined ? {} : { role: progress.role }),
    ...(percent === undefined ? {} : { percent_done: Math.round(percent * 10) / 1000 }),
    seconds_elapsed: Math.round(state.elapsed / 1000),
    ...(millisecondsLeft === undefined
      ? {}
      : { seconds_remaining: Math.round(millisecondsLeft / 1000) }),
    files_done: progress.filesDone,
    bytes_done: progress.bytesDone,
    ...(bytesTotal === 0 ? {} : { total_bytes: bytesTotal }),
    stored_bytes: progress.storedBytes,
  });
}

function drawLine(cli: Cli, state: State): void {
  cli.output.draw(describe(state));
}

function sayLine(cli: Cli, state: State): void {
  cli.output.say(describe(state));
}

function describe(state: State): string {
  const { progress, bytesTotal, percent, bytesPerSecond, millisecondsLeft } = state;
  const parts = [
    percent === undefined
      ? formatBytes(progress.bytesDone)
      : `${percent.toFixed(0).padStart(3)} %  ${formatBytes(progress.bytesDone)} of ${formatBytes(bytesTotal)}`,
    countOf(progress.filesDone, "file"),
  ];
  if (bytesPerSecond > 0) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  if (millisecondsLeft !== undefined) parts.push(`${formatDuration(millisecondsLeft)} left`);
  return `${progress.phase.padEnd(10)} ${parts.join("  ")}`;
}
