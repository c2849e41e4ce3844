import type { Clock } from "../base/clock.ts";
import { toAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { createBell } from "./bell.ts";

export interface RepeaterOptions {
  /** For the log, e.g. `Scheduler`. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pauseMilliseconds: number;
  readonly work: () => Promise<void>;
  /** True: the first time comes after a pause. */
  readonly beginsLater?: boolean;
}

export interface Repeater {
  /** Does the work again as soon as may be: a quarter of a second after the last time at the earliest. */
  wake(): void;
  /** Begins nothing more; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Does the work at once and then again and again, with a pause after each time; a failure is told once and the work goes on. */
export function startRepeater(options: RepeaterOptions): Repeater {
  const { name, clock, logger, pauseMilliseconds, work } = options;
  const bell = createBell(clock);
  const rest = createBell(clock);
  let isStopping = false;
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
    if (options.beginsLater === true) await bell.wait(pauseMilliseconds);
    while (!isStopping) {
      await attempt();
      // Who wakes us for each of a thousand things gets one answer to many.
      if (pauseMilliseconds > restMilliseconds) await rest.wait(restMilliseconds);
      if (!isStopping) await bell.wait(pauseMilliseconds - restMilliseconds);
    }
  };
  const looping = loop();
  return {
    wake: () => bell.ring(),
    stop: () => {
      isStopping = true;
      bell.ring();
      rest.ring();
      return looping;
    },
  };
}

const restMilliseconds = 250;
