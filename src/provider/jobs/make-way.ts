import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { JobState } from "../../state/state-store.ts";
import type { BackupLocation, RunningWork } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import type { JobPayload } from "../records/operation-start.ts";
import { isCleanUp } from "../records/running-work.ts";

type Deps = Pick<ProviderDeps, "store" | "clock" | "onEnqueued">;

/**
 * Asks the clean-up that held a location to stop, once somebody else holds it. Never rejects: the work has been
 * accepted, and its job asks again.
 */
export async function askToMakeWay(deps: Deps, before: BackupLocation): Promise<void> {
  if (!isCleanUp(before) || before.running === undefined) return;
  await deps.store.requestCancel(before.running.operationId).catch(() => undefined);
}

/** The handler, which begins when the clean-up that makes way for it has stopped, also if its process died. */
export function afterCleanUp(deps: Deps, handler: JobHandler): JobHandler {
  return {
    ...handler,
    run: async (job, context) => {
      const { after } = job.payload as Partial<JobPayload>;
      if (after !== undefined) await waitForEnd(deps, after, context);
      return handler.run(job, context);
    },
  };
}

/** The clean-up that makes way for others and has not ended yet; undefined when there is none. */
export async function findStopping(
  { store }: Deps,
  { madeWay }: BackupLocation,
): Promise<RunningWork | undefined> {
  if (madeWay === undefined) return undefined;
  const job = await store.getJob(madeWay);
  const isAlive = job !== undefined && living.has(job.state);
  return isAlive ? { kind: "prune", operationId: madeWay } : undefined;
}

const pauseMilliseconds = 100;
const living: ReadonlySet<JobState> = new Set(["queued", "running"]);

async function waitForEnd(deps: Deps, id: string, { signal }: JobContext): Promise<void> {
  for (;;) {
    const job = await deps.store.getJob(id);
    if (job === undefined || !living.has(job.state)) return;
    await deps.store.requestCancel(id);
    deps.onEnqueued?.();
    await deps.clock.sleep(pauseMilliseconds, signal);
  }
}
