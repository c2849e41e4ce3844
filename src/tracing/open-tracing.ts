import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Span, SpanAttributes, SpanStart, Tracer } from "../base/tracer.ts";
import { createHostPolicy } from "../storage/host-policy.ts";
import { createWebAgent, portOf } from "../storage/web-agent.ts";
import { trustAlso } from "../storage/web-trust.ts";

export interface TracingSettings {
  /** Where spans are sent by OTLP over HTTP. */
  readonly endpoint: string;
  /** Absent: every host but this machine's own and special addresses. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** PEM of authorities that the collector may be certified by, besides those of the system. */
  readonly authorities?: string;
  /** Of the program, for the collector. */
  readonly version: string;
  /** Names this process among others of the service. */
  readonly instance: string;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is still there, for some seconds at most. */
  readonly stop: () => Promise<void>;
}

const purpose = {
  setting: "tracing.allowedHosts",
  thing: "a collector of traces",
  code: "InvalidConfiguration",
} as const;

const sendMilliseconds = 5000;
const pauseMilliseconds = 2000;

/** Sends spans to a collector. Throws `InvalidConfiguration` for a host that is not allowed. A collector that is away holds up nothing. */
export function openTracing(settings: TracingSettings): Tracing {
  const { endpoint, allowedHosts, authorities, version, instance } = settings;
  const hosts = createHostPolicy(allowedHosts, undefined, purpose);
  const url = new URL(endpoint);
  hosts.check(url.hostname, portOf(url), url.protocol === "http:");
  const resolve: typeof hosts.resolve = (host, port) => hosts.resolve(host, port);
  const agent = createWebAgent(url, { resolve, ...trustAlso(authorities) });
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    timeoutMillis: sendMilliseconds,
    httpAgentOptions: () => agent,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "holdfast",
      "service.version": version,
      "service.instance.id": instance,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: pauseMilliseconds })],
  });
  const tracer = provider.getTracer("holdfast", version);
  return {
    tracer: { start: (name, span) => startSpan(tracer, name, span) },
    stop: async () => {
      await provider.shutdown().catch(() => undefined);
      agent.destroy();
    },
  };
}

function startSpan(tracer: OtelTracer, name: string, start: SpanStart): Span {
  const { kind, parent, startedAt, attributes } = start;
  const options = {
    kind: kind === "server" ? SpanKind.SERVER : SpanKind.INTERNAL,
    attributes: known(attributes),
    ...(startedAt === undefined ? {} : { startTime: startedAt }),
  };
  const span = tracer.startSpan(name, options, contextOf(parent));
  return {
    traceParent: formatParent(span),
    end: ({ errorCode, endedAt, attributes: more } = {}) => {
      span.setAttributes(known({ ...more, "error.type": errorCode }));
      if (errorCode !== undefined)
        span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode });
      span.end(endedAt);
    },
  };
}

function known(attributes: SpanAttributes = {}): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}

/** The context of a W3C `traceparent`; one that says nothing begins a trace. */
function contextOf(parent: string | undefined): Context {
  const [, traceId, spanId, flags] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(parent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}

function formatParent(span: OtelSpan): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
