import type { Clock } from "../../src/base/clock.ts";
import type { FaultRelay } from "../support/fault-relay.ts";
import type { StoreUnderTest } from "./object-store.ts";

export type StoreOpener = () => Promise<StoreUnderTest>;

/** What an adapter or its test server cannot offer, and why; shown in the title of its suite. */
export interface Lack {
  readonly lacks: string;
}

/** How the suite opens an adapter, fresh for each case. Nothing is left out unseen: see {@link Lack}. */
export interface StoreEntry {
  readonly open: StoreOpener;
  /** Objects in the case of long listings, 10,000 unless a server is too slow to be given so many. */
  readonly manyObjects?: number;
  /** A place with room for a few MB at most (from 2 to 60). */
  readonly full: StoreOpener | Lack;
  /** A place that holds "present" with `someBytes(77)`, and an account that may read it but not write there. */
  readonly denied: StoreOpener | Lack;
  /** Opens with a secret that is wrong, and says it, so that no error repeats it. */
  readonly wrongSecret: WrongSecret | Lack;
  /** The store with a clock that is not the server's. */
  readonly skewed: ((clock: Clock) => Promise<StoreUnderTest>) | Lack;
  /** The store behind a relay, and `reopen` round it. */
  readonly network: (() => Promise<StoreBehindRelay>) | Lack;
  /** Why an upload given up after all of it had left may still arrive, whole, when the line is free again. */
  readonly mayArriveLate?: string;
  /** Whether damage on the way is always seen, as by encrypted connections. */
  readonly seesFlippedBits: boolean;
}

export interface WrongSecret {
  readonly secret: string;
  readonly open: () => Promise<StoreUnderTest>;
}

/** A server that can be made to fail, and the road to it. */
export interface StoreBehindRelay extends StoreUnderTest {
  readonly relay: FaultRelay;
  /** Ends the server and all its sessions at once, as a power cut does. */
  readonly killServer: () => Promise<void>;
  /** Starts it again at the same address with what it held. */
  readonly startServer: () => Promise<void>;
}

export function isLack(offer: object): offer is Lack {
  return "lacks" in offer;
}
