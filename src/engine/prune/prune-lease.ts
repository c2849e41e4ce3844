import { AppError, isAppError } from "../../base/errors.ts";
import { lockName } from "../format/object-names.ts";
import { acquireLease, type LeaseOwner, type WriterLease } from "../lease.ts";
import type { ObjectStore } from "../object-store.ts";
import type { EngineHost } from "../repository.ts";
import { requireSameClock } from "./clock-check.ts";

/**
 * The writer's lease for a prune. On a full store the locks of writers that have ended make room for it; and the
 * store's clock, seen in the lock just written, must be ours.
 */
export async function acquirePruneLease(
  store: ObjectStore,
  owner: LeaseOwner,
  host: EngineHost,
): Promise<WriterLease> {
  const lease = await acquireWithRoom(store, owner, host);
  try {
    const name = lockName(lease.fence);
    for await (const entry of store.list(name))
      if (entry.name === name) requireSameClock(host.clock.now(), entry.modifiedAt);
    return lease;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function acquireWithRoom(
  store: ObjectStore,
  owner: LeaseOwner,
  host: EngineHost,
): Promise<WriterLease> {
  try {
    return await acquireLease(store, owner, host);
  } catch (error) {
    if (!isAppError(error, "StoreFull")) throw error;
  }
  await removeEndedLocks(store);
  try {
    return await acquireLease(store, owner, host);
  } catch (cause) {
    if (!isAppError(cause, "StoreFull")) throw cause;
    throw new AppError(
      "StoreFull",
      "Cannot prune: the store is so full that not even a lock of 200 bytes fits: free a few KiB there by hand, then prune again",
      { cause },
    );
  }
}

/** The mark that the newest lease was released stays: it carries the number the next one counts from. */
async function removeEndedLocks(store: ObjectStore): Promise<void> {
  const names: string[] = [];
  for await (const { name } of store.list("locks/")) names.push(name);
  const fences = names.map((name) => /^locks\/\d{12}/.exec(name)?.[0] ?? "").sort();
  const newest = fences.at(-1) ?? "";
  const isReleased = names.includes(`${newest}-released`);
  for (const name of names) {
    const isNewest = name.startsWith(newest);
    if (isNewest && (!isReleased || name === `${newest}-released`)) continue;
    await store.remove(name);
  }
}
