import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A collector of OpenTelemetry traces (OTLP, JSON over HTTP) on loopback. */
export interface TraceReceiver {
  readonly endpoint: string;
  /** What the configuration lists for it. */
  readonly host: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything it was sent. */
  readonly text: () => string;
  close(): void;
}

interface WireSpan extends Omit<ReceivedSpan, "attributes"> {
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, string | number | boolean>>;
  }[];
}

interface WireBody {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      bodies.push(body);
      spans.push(...readSpans(JSON.parse(body) as WireBody));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: `${host}/v1/traces`,
    host,
    spans,
    text: () => bodies.join("\n"),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function readSpans({ resourceSpans }: WireBody): readonly ReceivedSpan[] {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    .map((span) => ({
      ...span,
      attributes: Object.fromEntries(
        span.attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? ""]),
      ),
    }));
}
