import type { Clock } from "../base/clock.ts";

/** Lets one loop sleep until its time is up or somebody rings; a ring while nobody sleeps is remembered. */
export interface Bell {
  ring(): void;
  /** Returns early when rung, also when that happened since the last wait. */
  wait(milliseconds: number): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let isRung = false;
  let sleeper: AbortController | undefined;
  return {
    ring: () => {
      isRung = true;
      sleeper?.abort();
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
