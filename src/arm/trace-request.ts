import type { Span, Tracer } from "../base/tracer.ts";
import type { ArmAction } from "./access.ts";
import type { Answer } from "./answer.ts";
import type { RequestContext } from "./request-context.ts";

/** The span of an exchange; there is none without a tracer, and none for polls. */
export interface RequestSpans {
  server?: Span;
}

/** What is done for the request belongs to a span of its own, below that of the caller. */
export function traceRequest(
  tracer: Tracer | undefined,
  { method, path }: ArmAction,
  context: RequestContext,
  spans: RequestSpans,
): RequestContext {
  if (tracer === undefined) return context;
  const { traceParent: parent, receivedAt: startedAt } = context;
  const attributes = {
    "http.request.method": method,
    "http.route": path,
    "holdfast.api_version": context.apiVersion,
    "holdfast.correlation_id": context.correlationId,
    "holdfast.client_request_id": context.clientRequestId,
  };
  spans.server = tracer.start(`${method} ${path}`, {
    kind: "server",
    parent,
    startedAt,
    attributes,
  });
  return { ...context, traceParent: spans.server.traceParent };
}

/** What a caller got wrong is no failure of ours. */
export function endSpan(span: Span | undefined, { status, errorCode, operationId }: Answer): void {
  span?.end({
    errorCode: status >= 500 ? errorCode : undefined,
    attributes: { "http.response.status_code": status, "holdfast.operation_id": operationId },
  });
}
