import { execFile, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { isRunning } from "./background-process.ts";

/** Numbers of processors as the system counts them. */
export interface Processors {
  /** All that this program may use. */
  readonly all: readonly number[];
  /** Without the one that a busy program has to itself. */
  readonly others: readonly number[];
  /** Whether this program may put others into the idle class of the scheduler and take them out again. */
  readonly hasIdleClass: boolean;
}

/** Undefined where none can be left to this program: it has one alone, or the system has no `taskset` (util-linux). */
export async function findProcessors(): Promise<Processors | undefined> {
  if (process.platform !== "linux") return undefined;
  const all = allowedProcessors(readFileSync("/proc/self/status", "latin1"));
  const [, ...others] = all;
  if (others.length === 0 || !(await runs("taskset", ["--version"]))) return undefined;
  return { all, others, hasIdleClass: await runs("nice", thereAndBack) };
}

/** Everybody may enter the idle class; who may not leave it again must not be put there. */
const thereAndBack = ["chrt", "--idle", "0", "sh", "-c", "chrt --other --pid 0 $$"];

/** The processors in a `status` of `/proc`. */
export function allowedProcessors(status: string): readonly number[] {
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)/m.exec(status) ?? [];
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) => {
    const from = Number(first);
    return Array.from({ length: Number(last) - from + 1 }, (_, at) => from + at);
  });
}

/**
 * How a process stands beside this program: anywhere, on the other processors and there only when nobody else wants them,
 * or on the other processors with its share of them.
 */
export type Place = "anywhere" | "aside" | "aside with a share";

/** Who asks notices a neighbour from here on. */
const busyShare = 0.2;
/** Less than that, so that the neighbour does not move to and fro. */
const calmShare = 0.1;

/** The place beside a program whose main thread computes for this part of the time. */
export function placeBeside(busy: number, before: Place): Place {
  return busy >= (before === "anywhere" ? busyShare : calmShare) ? "aside" : "anywhere";
}

/** The words that start a program in its place. */
export function launcherFor(place: Place, { others, hasIdleClass }: Processors): readonly string[] {
  if (place === "anywhere") return [];
  const aside = ["taskset", "--cpu-list", others.join(",")];
  return place === "aside" && hasIdleClass ? [...aside, "chrt", "--idle", "0"] : aside;
}

const periodMilliseconds = 100;
/** Of a new look, in what is known of how busy this program is. */
const weightOfNew = 0.3;
/** Whoever works aside must get on: others may want all that is left over. */
const leastShare = 0.1;
/** A share is looked at over so many periods. */
const periodsOfLook = 10;
/** So long it keeps what it did not get. */
const shareMilliseconds = 10_000;

/**
 * As long as this program is busy, a process it has started, with all that this starts, keeps off one processor and gives way on
 * the others: whoever asks is answered as if nobody else were there. Low priority alone does not see to that: a thread that
 * runs is not put off the moment another one wants its place, and the scheduler takes its processor for a busy one. `busyAtFirst` is
 * what its launcher was made by. Returns what ends this.
 */
export function leaveProcessor(
  child: ChildProcess,
  processors: Processors,
  busyAtFirst: number,
): () => void {
  const ownShare = watchShare(ownMilliseconds);
  let busy = busyAtFirst;
  let place = placeBeside(busy, "anywhere");
  const isStarving = watchStarving(child);
  let sharesUntil = 0;
  // One after the other: the last word counts, also where the system takes long.
  let moved: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    busy += weightOfNew * (ownShare() - busy);
    if (isStarving()) sharesUntil = performance.now() + shareMilliseconds;
    const fitting = placeBeside(busy, place);
    const shares = fitting === "aside" && performance.now() < sharesUntil;
    const next = shares ? "aside with a share" : fitting;
    if (next !== place) moved = moved.then(() => move(child, processors, next));
    place = next;
  }, periodMilliseconds).unref();
  return () => clearInterval(timer);
}

/** Tells the part of the time since the call before that was used of a processor, by what was used in all. */
function watchShare(usedMilliseconds: () => number): () => number {
  let [before, usedBefore] = [performance.now(), usedMilliseconds()];
  return () => {
    const [now, used] = [performance.now(), usedMilliseconds()];
    const share = (used - usedBefore) / (now - before);
    [before, usedBefore] = [now, used];
    return share;
  };
}

/**
 * For which this thread computed. That it had something to do says less: the more others keep it from a processor the
 * longer it has, and who made way for it then would make less.
 */
function ownMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** To be called every period: whether the process had too little of the processors lately, whatever the reason. */
function watchStarving(child: ChildProcess): () => boolean {
  let periods = 0;
  const share = watchShare(() => millisecondsOf(child));
  return () => {
    periods += 1;
    return periods % periodsOfLook === 0 && share() < leastShare;
  };
}

/** Hundredths of a second are what Linux counts processor time by, for all programs. */
const millisecondsPerTick = 10;

/** What all threads of a process had of the processors; 0 when it is gone. */
function millisecondsOf({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
    return ((user ?? 0) + (system ?? 0)) * millisecondsPerTick;
  } catch {
    return 0;
  }
}

/** For a first look at how busy this program is. */
const lookMilliseconds = 20;

/** The part of the time for which this program computes, as it is now. */
export async function lookHowBusy(): Promise<number> {
  const ownShare = watchShare(ownMilliseconds);
  await setTimeout(lookMilliseconds);
  return ownShare();
}

/** A wish, no condition: that it has ended meanwhile is noticed elsewhere. */
async function move(child: ChildProcess, processors: Processors, place: Place): Promise<void> {
  if (child.pid === undefined || !isRunning(child)) return;
  const pid = String(child.pid);
  const list = (place === "anywhere" ? processors.all : processors.others).join(",");
  await runs("taskset", ["--all-tasks", "--pid", "--cpu-list", list, pid]);
  if (!processors.hasIdleClass) return;
  const policy = place === "aside" ? "--idle" : "--other";
  await runs("chrt", [policy, "--all-tasks", "--pid", "0", pid]);
}

function runs(program: string, words: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, words, (error) => resolve(error === null));
  });
}
