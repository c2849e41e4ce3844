import type { ChildProcess } from "node:child_process";
import { startBackgroundProcess, type ProcessPriority } from "./background-process.ts";
import {
  findProcessors,
  launcherFor,
  leaveProcessor,
  lookHowBusy,
  placeBeside,
  type Processors,
} from "./leave-processor.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";

/** A process that keeps out of the way of this program until `stopLeaving` is called. */
export interface AsideProcess {
  readonly child: ChildProcess;
  readonly stopLeaving: () => void;
}

let found: Promise<Processors | undefined> | undefined;

/** Starts a program of ours as `startBackgroundProcess` does; one of low priority keeps out of the way while this one is busy. */
export async function startAside(program: URL, priority: ProcessPriority): Promise<AsideProcess> {
  // Asked once: the system answers it by programs.
  const processors = priority === "low" ? await (found ??= findProcessors()) : undefined;
  const busy = processors === undefined ? 0 : await lookHowBusy();
  const launcher = processors && launcherFor(placeBeside(busy, "anywhere"), processors);
  // The system copies the tables of our memory to start it: 10 ms and more in which nobody is answered.
  await waitUntilIdle();
  const child = startBackgroundProcess(program, priority, launcher);
  const stopLeaving = processors && leaveProcessor(child, processors, busy);
  return { child, stopLeaving: stopLeaving ?? (() => undefined) };
}
