import { startRestoreThreads } from "../engine/restore/restore-threads.ts";
import { startWalkThread } from "../roles/walk-thread.ts";

/** Starts the threads that what was typed will need, while its code is loaded: they take as long to start as that does. */
export function startEarlyThreads([group, verb]: readonly string[]): void {
  if (group !== "repo") return;
  if (verb === "backup") startWalkThread();
  if (verb === "restore") startRestoreThreads();
}
