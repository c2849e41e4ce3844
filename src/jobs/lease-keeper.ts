import type { Clock } from "../base/clock.ts";
import { isAppError } from "../base/errors.ts";
import type { Job, Lease, StateStore } from "../state/state-store.ts";
import { createBell } from "./bell.ts";

export interface LeaseKeeping {
  readonly store: Pick<StateStore, "heartbeat">;
  readonly clock: Clock;
  readonly job: Job;
  readonly leaseSeconds: number;
  /** The longest time between two beats; 5 s unless told. */
  readonly maxBeatMilliseconds?: number;
  /** Our clock before the claim was sent: the lease cannot have begun earlier. */
  readonly claimedAt: number;
  readonly onCancel: () => void;
  readonly onLost: () => void;
}

export interface LeaseKeeper {
  /** Beats at once, which also finds a cancel at once. */
  nudge(): void;
  stop(): void;
}

/** A cancel that another process took in is seen after this time at the latest. */
const defaultMaxBeatMilliseconds = 5000;

/** Beats until stopped; a beat that hangs does not hide that time is up. Calls `onLost` once, also when the store cannot be reached until the lease runs out. */
export function keepLease(keeping: LeaseKeeping): LeaseKeeper {
  const { store, clock, leaseSeconds, maxBeatMilliseconds = defaultMaxBeatMilliseconds } = keeping;
  const lease: Lease = { jobId: keeping.job.id, fence: keeping.job.fence };
  const leaseMilliseconds = leaseSeconds * 1000;
  const interval = Math.min(leaseMilliseconds / 3, maxBeatMilliseconds);
  const bell = createBell(clock);
  let isStopped = false;

  const beat = async (goodUntil: number): Promise<number> => {
    const sentAt = clock.now();
    try {
      const { cancelRequested } = await store.heartbeat(lease, leaseSeconds);
      if (cancelRequested && !isStopped) keeping.onCancel();
      return sentAt + leaseMilliseconds;
    } catch (error) {
      // Any other failure may pass; until then the lease lasts as long as it was last extended.
      return isAppError(error, "LeaseLost") ? Number.NEGATIVE_INFINITY : goodUntil;
    }
  };
  const loop = async (): Promise<void> => {
    let goodUntil = keeping.claimedAt + leaseMilliseconds;
    while (!isStopped) {
      await bell.wait(Math.max(0, Math.min(interval, goodUntil - clock.now())));
      if (isStopped) return;
      goodUntil = await settleBefore(goodUntil, beat(goodUntil), clock);
      if (isStopped || clock.now() < goodUntil) continue;
      return keeping.onLost();
    }
  };
  void loop();
  return {
    nudge: () => bell.ring(),
    stop: () => {
      isStopped = true;
      bell.ring();
    },
  };
}

const over = new Error("Settled");

async function settleBefore(time: number, beat: Promise<number>, clock: Clock): Promise<number> {
  const settled = new AbortController();
  const timeUp = clock.sleep(Math.max(0, time - clock.now()), settled.signal);
  const first = await Promise.race([beat, timeUp.then(() => time)]);
  settled.abort(over);
  return first;
}
