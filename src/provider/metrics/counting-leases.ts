import { isAppError } from "../../base/errors.ts";
import type { Job, Lease, StateStore } from "../../state/state-store.ts";
import type { Count } from "../../metrics/counters.ts";

/** The state as workers see it, counting the attempts they begin and the leases they lose, both by kind of work. */
export function countLeases(store: StateStore, count: Count): StateStore {
  /** What was claimed here and not settled yet, by the id of the job. */
  const held = new Map<string, Pick<Job, "kind" | "fence">>();
  const lose = (jobId: string): void => {
    const kind = held.get(jobId)?.kind;
    if (kind === undefined) return;
    held.delete(jobId);
    count("holdfast_work_leases_lost_total", { kind });
  };
  const watch = async <T>(lease: Lease | undefined, call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      const isOurs = lease !== undefined && held.get(lease.jobId)?.fence === lease.fence;
      if (isOurs && isAppError(error, "LeaseLost")) lose(lease.jobId);
      throw error;
    }
  };
  return {
    ...store,
    claimJob: async (claim) => {
      const job = await store.claimJob(claim);
      if (job === undefined) return undefined;
      // Nobody could be told while the state was out of reach: the lease ran out.
      lose(job.id);
      held.set(job.id, job);
      count("holdfast_work_attempts_total", { kind: job.kind });
      return job;
    },
    heartbeat: (lease, seconds) => watch(lease, store.heartbeat(lease, seconds)),
    commit: async (writes, guard, durability) => {
      await watch(guard, store.commit(writes, guard, durability));
      for (const write of writes)
        if (write.op === "finishJob" || write.op === "releaseJob") held.delete(write.lease.jobId);
    },
  };
}
