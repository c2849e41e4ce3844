import type { Clock } from "../base/clock.ts";
import { isTerminal, type OperationRecord, type OperationReader } from "./operation-record.ts";

/** Below the deadline of every request, with room for the answer. */
const longestWaitSeconds = 15;
const pauseMilliseconds = 200;

/** The seconds of `Prefer: wait=N` (RFC 7240), at most 15; undefined when nothing, or nothing sensible, is asked. */
export function readWaitSeconds(
  prefer: string | readonly string[] | undefined,
): number | undefined {
  if (prefer === undefined) return undefined;
  const text = typeof prefer === "string" ? prefer : prefer.join(",");
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(text)?.[1];
  if (seconds === undefined || Number(seconds) === 0) return undefined;
  return Math.min(Number(seconds), longestWaitSeconds);
}

/** Reads the operation again until it has ended, the time is over or the signal aborts; the last that was seen. */
export async function waitForEnd(
  operation: OperationRecord,
  read: OperationReader,
  { clock, seconds, signal }: Wait,
): Promise<OperationRecord> {
  const until = clock.now() + seconds * 1000;
  let seen = operation;
  while (!isTerminal(seen.state) && clock.now() < until && !signal.aborted) {
    await pause(clock, pauseMilliseconds, signal);
    seen = (await read()) ?? seen;
  }
  return seen;
}

export interface Wait {
  readonly clock: Clock;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Sleeps; ends early, and quietly, when the signal aborts. */
export async function pause(
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
