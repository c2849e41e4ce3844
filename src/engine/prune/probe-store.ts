import { isAppError } from "../../base/errors.ts";
import type { ObjectStore, StoreProbe } from "../object-store.ts";

/**
 * What the store can do; undefined when it is too full to be tried. A prune must go on then: it is what makes room,
 * and the lock it writes shows the store's clock as well.
 */
export async function probeUnlessFull(store: ObjectStore): Promise<StoreProbe | undefined> {
  try {
    return await store.probe();
  } catch (error) {
    if (!isAppError(error, "StoreFull")) throw error;
    return undefined;
  }
}
