import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";

/**
 * Lets requests be answered first where both want the processor. On Linux a thread has a priority of its own, which the
 * threads it starts take over; elsewhere all go on as they are.
 */
export function giveWay(): void {
  try {
    const [, , thread] = readlinkSync("/proc/thread-self").split("/");
    setPriority(Number(thread), constants.priority.PRIORITY_LOW);
  } catch {
    // A wish, no condition.
  }
}
