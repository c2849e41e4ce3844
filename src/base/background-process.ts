import { fork, spawnSync, type ChildProcess, type ForkOptions } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";

/**
 * How a process of ours stands to everything else that wants the processor: it gets what is left over, a tenth of what
 * others get, or as much as they.
 */
export type ProcessPriority = (typeof processPriorities)[number];
export const processPriorities = ["idle", "low", "normal"] as const;

/**
 * Starts a program of ours that speaks with this one by messages and prints to its standard error. `launcher` is a program
 * with its first arguments that starts ours and becomes it.
 */
export function startBackgroundProcess(
  program: URL,
  priority: ProcessPriority,
  [launcher, ...words]: readonly string[] = [],
): ChildProcess {
  const options: ForkOptions = {
    ...{ serialization: "advanced", stdio: ["ignore", 2, 2, "ipc"] },
    ...(launcher !== undefined && {
      execPath: launcher,
      execArgv: [...words, process.execPath, ...process.execArgv],
    }),
  };
  const child = fork(program, options);
  // Before it has threads: on Linux each has a priority of its own, taken over from the one that starts it.
  if (priority !== "normal") lower(child.pid, priority);
  return child;
}

/** To be called first thing in that program. A wish, no condition: where it cannot be had, all goes on. */
export function giveWay(priority: ProcessPriority): void {
  // Beside a thread of low priority the scheduler takes the processor for busy and lets those in a hurry wait for each
  // other on the next one; one that is only idling it takes for free. Node has no call for that.
  if (priority === "idle" && process.platform === "linux")
    spawnSync("chrt", ["--idle", "--all-tasks", "--pid", "0", String(process.pid)]);
}

/** Whether it was started and has not ended. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Waits until it has ended by itself; after that many milliseconds it is killed. */
export async function endProcess(child: ChildProcess, milliseconds: number): Promise<void> {
  if (!isRunning(child)) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  await once(child, "exit").finally(() => clearTimeout(timer));
}

function lower(pid: number | undefined, priority: "idle" | "low"): void {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  try {
    if (pid !== undefined)
      setPriority(pid, priority === "idle" ? PRIORITY_LOW : PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, which is noticed elsewhere.
  }
}
