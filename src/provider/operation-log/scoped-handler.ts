import { runInScope } from "../../base/work-scope.ts";
import type { JobHandler } from "../../jobs/job-handler.ts";

/** The handler, whose every step belongs to the operation of its job: log lines say so, wherever they are written. */
export function scopeHandler(handler: JobHandler): JobHandler {
  return {
    run: (job, context) => runInScope({ operationId: job.id }, () => handler.run(job, context)),
    onFailure: (job, error) =>
      runInScope({ operationId: job.id }, () => handler.onFailure(job, error)),
    onCancel: (job) => runInScope({ operationId: job.id }, () => handler.onCancel(job)),
    onEnded: (job) => handler.onEnded?.(job),
  };
}
