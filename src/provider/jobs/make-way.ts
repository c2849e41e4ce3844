import { isEnded } from "../../jobs/job.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { BackupLocation } from "../model.ts";
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

async function isAlive({ store }: Deps, id: string): Promise<boolean> {
  const job = await store.getJob(id);
  return job !== undefined && !isEnded(job.state);
}

const pauseMilliseconds = 100;

async function waitForEnd(deps: Deps, id: string, { signal }: JobContext): Promise<void> {
  while (await isAlive(deps, id)) {
    await deps.store.requestCancel(id);
    deps.onEnqueued?.();
    await deps.clock.sleep(pauseMilliseconds, signal);
  }
}
