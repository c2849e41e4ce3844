import type { Clock } from "../base/clock.ts";
import { pause } from "./poll-wait.ts";

export interface EventSource {
  readonly clock: Clock;
  /** The status document as it is now, and whether it is the last; undefined when the operation is gone. */
  readonly read: () => Promise<
    { readonly document: unknown; readonly isLast: boolean } | undefined
  >;
  /** Aborts when the service stops or the reader leaves. */
  readonly ended: AbortSignal;
}

const pauseMilliseconds = 500;
const keepAliveMilliseconds = 15_000;
/** Readers connect again by themselves. */
const longestMilliseconds = 10 * 60_000;

/** True for a reader of server-sent events. */
export function wantsEvents(accept: string | undefined): boolean {
  return accept !== undefined && /(?:^|[,\s])text\/event-stream(?:$|[;,\s])/i.test(accept);
}

/**
 * Server-sent events of an operation: its status document whenever it changes, the last with its end. A reader
 * that comes late gets the present one at once.
 */
export async function* streamStatus({ clock, read, ended }: EventSource): AsyncGenerator<string> {
  const startedAt = clock.now();
  let shown = "";
  let shownAt = startedAt;
  while (!ended.aborted && clock.now() - startedAt < longestMilliseconds) {
    const status = await read();
    if (status === undefined) return;
    const text = JSON.stringify(status.document);
    if (text !== shown) {
      yield `event: status\ndata: ${text}\n\n`;
      shown = text;
      shownAt = clock.now();
    } else if (clock.now() - shownAt >= keepAliveMilliseconds) {
      yield ": still going on\n\n";
      shownAt = clock.now();
    }
    if (status.isLast) return;
    await pause(clock, pauseMilliseconds, ended);
  }
}
