import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { counters, type Count, type CounterName, type CounterRow } from "./counters.ts";
import { gauges, type GaugeName, type GaugeRow, type Reading } from "./gauges.ts";

/** One answered request, without anything its caller could make up. */
export interface AnsweredRequest {
  readonly method: string | undefined;
  /** The template of the route; absent where the request met none. */
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
}

/** One job that has ended. */
export interface EndedWork {
  readonly kind: string;
  readonly end: string;
  readonly milliseconds: number;
}

/** One call to a store that has ended. */
export interface StoreCall {
  readonly store: string;
  readonly operation: string;
  readonly milliseconds: number;
  readonly errorCode?: string;
}

export interface Metrics {
  readonly count: Count;
  readonly countStoreCall: (call: StoreCall) => void;
  readonly countRequest: (request: AnsweredRequest) => void;
  readonly countWork: (work: EndedWork) => void;
  /** The text of one scrape; rejects when the state cannot be read. */
  readonly render: () => Promise<string>;
}

/** Metrics of this process; what `measure` tells is read anew for each scrape, so that no value outlives its cause. */
export function createMetrics(
  measure: () => Promise<readonly Reading[]>,
  version: string,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges that are named like counters: checkers of metrics object.
  for (const kind of ["handles", "requests", "resources"])
    registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  tellBuild(registry, version);
  const countRequest = createRequestMetrics(registry);
  return {
    count: createCounters(registry),
    countStoreCall: createStoreMetrics(registry),
    countRequest,
    countWork: createWorkMetrics(registry),
    render: async () => {
      const readings = await measure();
      return `${await registry.metrics()}\n${await renderReadings(readings)}`;
    },
  };
}

function tellBuild(registry: Registry, version: string): void {
  const build = new Gauge({
    name: "holdfast_build_info",
    help: "1, for the version of the program and of its Node",
    labelNames: ["version", "node"],
    registers: [registry],
  });
  build.set({ version, node: process.versions.node }, 1);
}

function createWorkMetrics(registry: Registry): Metrics["countWork"] {
  const registers = [registry];
  const counter = new Counter({
    name: "holdfast_work_ended_total",
    help: "Work that this process has ended, by kind and by how it ended",
    labelNames: ["kind", "result"],
    registers,
  });
  const duration = new Histogram({
    name: "holdfast_work_duration_seconds",
    help: "How long the last attempt at work took that ended",
    labelNames: ["kind"],
    buckets: [0.1, 1, 10, 60, 600, 3600, 14_400, 43_200],
    registers,
  });
  return ({ kind, end: result, milliseconds }) => {
    counter.inc({ kind, result });
    duration.observe({ kind }, Math.max(0, milliseconds) / 1000);
  };
}

function createCounters(registry: Registry): Count {
  const made = new Map<CounterName, Counter>();
  for (const [name, row] of Object.entries(counters) as [CounterName, CounterRow][]) {
    const { help, labels } = row;
    made.set(name, new Counter({ name, help, labelNames: [...labels], registers: [registry] }));
  }
  return (name, labels, by = 1) => made.get(name)?.inc({ ...labels }, by);
}

function createStoreMetrics(registry: Registry): Metrics["countStoreCall"] {
  const registers = [registry];
  const duration = new Histogram({
    name: "holdfast_store_operation_duration_seconds",
    help: "How long calls to stores took, by the kind of store; a call that was tried again is several",
    labelNames: ["store", "operation"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120],
    registers,
  });
  const errors = new Counter({
    name: "holdfast_store_operation_errors_total",
    help: "Calls to stores that failed, by the code of the error; ObjectNotFound and ObjectExists are answers like others",
    labelNames: ["store", "operation", "code"],
    registers,
  });
  return ({ store, operation, milliseconds, errorCode: code }) => {
    duration.observe({ store, operation }, Math.max(0, milliseconds) / 1000);
    if (code !== undefined) errors.inc({ store, operation, code });
  };
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]);

function createRequestMetrics(registry: Registry): Metrics["countRequest"] {
  const registers = [registry];
  const counter = new Counter({
    name: "holdfast_http_requests_total",
    help: "Requests of the API that were answered, by the template of their route",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "holdfast_http_request_duration_seconds",
    help: "How long answers took",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers,
  });
  const known = new Map<string, RequestSeries>();
  const seriesOf = (method: string, route: string, status: number): RequestSeries => {
    const name = `${method} ${status} ${route}`;
    const series = known.get(name) ?? {
      count: counter.labels({ method, route, status }),
      time: duration.labels({ method, route }),
    };
    known.set(name, series);
    return series;
  };
  return ({ method: given = "", route = "none", status, milliseconds }) => {
    const { count, time } = seriesOf(methods.has(given) ? given : "other", route, status);
    count.inc();
    // A clock that was set back must not end a scrape.
    time.observe(Math.max(0, milliseconds) / 1000);
  };
}

/** Looked up once: there are as many as routes and codes, and labels take longer to find than to count. */
interface RequestSeries {
  readonly count: Counter.Internal;
  readonly time: { observe(value: number): void };
}

async function renderReadings(readings: readonly Reading[]): Promise<string> {
  const registry = new Registry();
  const made = new Map<GaugeName, Gauge>();
  for (const [name, { help, labels }] of Object.entries(gauges) as [GaugeName, GaugeRow][])
    made.set(name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }));
  for (const { name, labels, value } of readings) made.get(name)?.set({ ...labels }, value);
  return registry.metrics();
}
