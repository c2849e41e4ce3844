import { toAppError } from "../../base/errors.ts";
import { runInScope, type WorkScope } from "../../base/work-scope.ts";
import type { JobHandler, JobOutcome } from "../../jobs/job-handler.ts";
import type { Job } from "../../state/state-store.ts";
import { getOperation } from "../documents.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import type { JobPayload } from "../records/operation-start.ts";

type Deps = Pick<ProviderDeps, "store" | "clock" | "tracer" | "onWorkEnded">;

/** The handler, whose every step belongs to the operation of its job: log lines and traces say so, and how it ended is counted. */
export function scopeHandler(deps: Deps, kind: string, handler: JobHandler): JobHandler {
  const begun = new Map<string, number>();
  return {
    run: (job, context) => {
      begun.set(job.id, deps.clock.now());
      return runInScope(scopeOf(job), () =>
        traceRun(deps, kind, job, () => handler.run(job, context)),
      );
    },
    onFailure: (job, error) => runInScope(scopeOf(job), () => handler.onFailure(job, error)),
    onCancel: (job) => runInScope(scopeOf(job), () => handler.onCancel(job)),
    logFields: (job) => ({ ...scopeOf(job) }),
    onEnded: (job, end) => {
      const milliseconds = deps.clock.now() - (begun.get(job.id) ?? deps.clock.now());
      begun.delete(job.id);
      deps.onWorkEnded?.({ kind, end, milliseconds });
      handler.onEnded?.(job, end);
    },
  };
}

/** Whoever looks for the request that asked for it finds every line of the work. */
function scopeOf(job: Job): WorkScope {
  const { correlationId } = job.payload as JobPayload;
  return { operationId: job.id, ...(correlationId === undefined ? {} : { correlationId }) };
}

/** Each attempt is a span below that of the request that asked for it. */
async function traceRun(
  { store, tracer }: Deps,
  kind: string,
  job: Job,
  run: () => Promise<JobOutcome>,
): Promise<JobOutcome> {
  if (tracer === undefined) return run();
  const operationId = job.id;
  const operation = (await getOperation(store, operationId))?.value;
  const span = tracer.start(kind, {
    kind: "work",
    parent: operation?.traceParent,
    attributes: {
      "holdfast.operation_id": operationId,
      "holdfast.correlation_id": operation?.correlationId,
      "holdfast.attempt": job.attempt,
    },
  });
  try {
    const { traceParent } = span;
    const outcome = await runInScope({ ...scopeOf(job), traceParent }, run);
    span.end();
    return outcome;
  } catch (error) {
    span.end({ errorCode: toAppError(error).code });
    throw error;
  }
}
