import type { Span, Tracer } from "../../base/tracer.ts";
import { currentScope } from "../../base/work-scope.ts";
import { toAppError } from "../../base/errors.ts";
import type { Progress } from "../../engine/model.ts";

type Report = (progress: Progress) => void;

/** More changes of phase than any run has; what comes after them belongs to the last. */
const mostSpans = 50;

/** A long run whose phases are spans, one after the other, below the span of its job; none where that is part of no trace. */
export async function tracePhases<T>(
  tracer: Tracer | undefined,
  report: Report,
  run: (report: Report) => Promise<T>,
): Promise<T> {
  const parent = currentScope()?.traceParent;
  if (tracer === undefined || parent === undefined) return run(report);
  let span: Span | undefined;
  let current: string | undefined;
  let begun = 0;
  const enter = ({ phase }: Progress): void => {
    if (phase === current || begun >= mostSpans) return;
    span?.end();
    begun += 1;
    current = phase;
    span = tracer.start(`phase:${phase}`, { kind: "work", parent });
  };
  try {
    const result = await run((progress) => {
      enter(progress);
      report(progress);
    });
    span?.end();
    return result;
  } catch (error) {
    span?.end({ errorCode: toAppError(error).code });
    throw error;
  }
}
