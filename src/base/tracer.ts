/** Tells a collector what was done for whom, and how long it took. Nothing in a span is a secret or a name of a tenant. */
export interface Tracer {
  start(name: string, span: SpanStart): Span;
}

export interface SpanStart {
  readonly kind: "server" | "work";
  /** W3C `traceparent` of what it is done for; absent: it begins a trace. */
  readonly parent?: string | undefined;
  /** Milliseconds since 1970; absent: now. */
  readonly startedAt?: number;
  readonly attributes?: SpanAttributes;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Span {
  /** For what is done within it. */
  readonly traceParent: string;
  /** An error code marks it as failed. */
  end(result?: SpanEnd): void;
}

export interface SpanEnd {
  readonly errorCode?: string | undefined;
  /** Milliseconds since 1970; absent: now. */
  readonly endedAt?: number;
  readonly attributes?: SpanAttributes;
}
