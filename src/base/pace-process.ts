import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as startTimer } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { isRunning } from "./background-process.ts";

/** Long enough for a stopped program to get on with its work in between, short enough for a request not to notice. */
const periodMilliseconds = 30;
/** It gets on, however busy this program is. */
const leastShare = 0.1;
/** Stopping it for less makes no difference. */
const wholeShare = 0.85;
/** For a first look at how busy this program is. */
const lookMilliseconds = 20;
/** Of a new look, in what is known of how busy this program is. */
const weightOfNew = 0.3;

/**
 * As long as this program is busy, a process it has started works only in a part of the time: while it is stopped, those
 * who ask and this program have the processor to themselves. The scheduler alone does not see to that, whatever the
 * priority: a thread that runs is not put off the moment another one wants its place, and slows down the one beside it.
 * Returns what ends this.
 *
 * Only for a process that ends when this program is killed: who is stopped ends by nothing else.
 */
export function paceProcess(
  child: ChildProcess,
  busyAtFirst: number,
  processors: number = availableParallelism(),
): () => void {
  let before = performance.eventLoopUtilization();
  let busy = busyAtFirst;
  let timer: NodeJS.Timeout | undefined;
  const later = (step: () => void, milliseconds: number): void => {
    timer = startTimer(step, milliseconds).unref();
  };
  const period = (): void => {
    const now = performance.eventLoopUtilization();
    busy += weightOfNew * (performance.eventLoopUtilization(now, before).utilization - busy);
    before = now;
    const share = shareBeside(busy, processors);
    if (share >= wholeShare) return later(period, periodMilliseconds);
    later(() => {
      signal(child, "SIGSTOP");
      later(
        () => {
          signal(child, "SIGCONT");
          period();
        },
        (1 - share) * periodMilliseconds,
      );
    }, share * periodMilliseconds);
  };
  period();
  return () => {
    clearTimeout(timer);
    signal(child, "SIGCONT");
  };
}

/** The part of the time for which this program has something to do, as it is now. */
export async function lookHowBusy(): Promise<number> {
  const before = performance.eventLoopUtilization();
  await setTimeout(lookMilliseconds);
  return performance.eventLoopUtilization(before).utilization;
}

/** Who asks takes about as much of the processors as this program does. */
export function shareBeside(busy: number, processors: number): number {
  return Math.max(leastShare, 1 - (2 * busy) / processors);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  // Not through the object: that would remember it as killed.
  if (child.pid !== undefined && isRunning(child)) process.kill(child.pid, name);
}
