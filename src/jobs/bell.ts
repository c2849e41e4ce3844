import type { Clock } from "../base/clock.ts";

/** Lets one loop sleep until its time is up or somebody rings; a ring while nobody sleeps is remembered. */
export interface Bell {
  ring(): void;
  /** Returns early when rung, also when that happened since the last wait. */
  wait(milliseconds: number): Promise<void>;
}

const rung = new Error("Rung");

export function createBell(clock: Clock): Bell {
  let isRung = false;
  let sleeper: AbortController | undefined;
  return {
    ring: () => {
      isRung = true;
      // A reason of our own: making the usual one costs more than all the rest.
      sleeper?.abort(rung);
    },
    wait: async (milliseconds) => {
      if (!isRung) {
        sleeper = new AbortController();
        await clock.sleep(milliseconds, sleeper.signal).catch(() => undefined);
        sleeper = undefined;
      }
      isRung = false;
    },
  };
}
