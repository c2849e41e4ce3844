import type { Clock } from "../base/clock.ts";
import { toAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";

export interface RepeaterOptions {
  /** For the log, e.g. `Scheduler`. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pauseMilliseconds: number;
  readonly work: () => Promise<void>;
}

export interface Repeater {
  /** Begins nothing more; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Does the work at once and then again and again, with a pause after each time; a failure is told once and the work goes on. */
export function startRepeater(options: RepeaterOptions): Repeater {
  const { name, clock, logger, pauseMilliseconds, work } = options;
  const stopping = new AbortController();
  let isFailing = false;
  const attempt = async (): Promise<void> => {
    try {
      await work();
      if (isFailing) logger.info(`${name} works again`);
      isFailing = false;
    } catch (error) {
      const { code, message } = toAppError(error);
      if (!isFailing)
        logger.error(`${name} failed; it is tried again`, { errorCode: code, error: message });
      isFailing = true;
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await attempt();
      await clock.sleep(pauseMilliseconds, stopping.signal).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: () => {
      stopping.abort();
      return looping;
    },
  };
}
