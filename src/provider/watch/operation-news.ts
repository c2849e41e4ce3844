import { setImmediate } from "node:timers/promises";
import type { OperationRecord } from "../../arm/operation-record.ts";
import type { StateStore } from "../../state/state-store.ts";
import { locationKey } from "../model.ts";

/** The operations that were written since the watchdog's last look. */
export interface OperationNews {
  /** Of one location, oldest write first. */
  of(locationKey: string): readonly OperationRecord[];
  /** How far its operations are known now: moves where something was learnt, or when it has fallen far behind. */
  positionOf(locationKey: string, hasLearnt: boolean): number;
}

/** Reads on from where each location's record ends; `positions` are revisions by the location's key. */
export async function readOperationNews(
  store: StateStore,
  positions: ReadonlyMap<string, number>,
): Promise<OperationNews> {
  let upTo = await store.revisionOf("operation");
  let count = 0;
  const news = new Map<string, OperationRecord[]>();
  for (let after = Math.min(upTo, ...positions.values()); after < upTo;) {
    const page = await store.listChanges<OperationRecord>("operation", after, pageSize);
    for (const { revision, value } of page) {
      const key = locationKey({ ...value, name: value.locationName });
      if (revision > (positions.get(key) ?? upTo) && revision <= upTo)
        news
          .set(key, news.get(key) ?? [])
          .get(key)
          ?.push(value);
    }
    count += page.length;
    after = page.length < pageSize ? upTo : (page.at(-1)?.revision ?? upTo);
    // The rest follows at the next look: memory must not grow with what has happened meanwhile.
    if (count >= mostAtOnce) upTo = Math.min(upTo, after);
    // Reading blocks the thread: whoever waits for an answer comes first.
    await setImmediate();
  }
  return {
    of: (key) => news.get(key) ?? [],
    positionOf: (key, hasLearnt) => {
      const position = positions.get(key) ?? 0;
      return hasLearnt || upTo - position > mostBehind ? upTo : position;
    },
  };
}

/** Reading on costs little; writing every location's record at every look would cost more. */
const mostBehind = 500;
const pageSize = 100;
const mostAtOnce = 10_000;
