import { randomUUID } from "node:crypto";
import type { Authenticator } from "../../src/arm/access.ts";
import type { Contract } from "../../src/arm/contract.ts";
import { routeKey } from "../../src/arm/contract.ts";
import { armError } from "../../src/arm/errors.ts";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { createArmHandler, type PipelineOptions } from "../../src/arm/pipeline.ts";
import type { ArmRequest, ArmResult, Handler, Provider } from "../../src/arm/resource-type.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger, type LogFields, type Logger } from "../../src/base/log.ts";
import { startServer, type ServerOptions } from "../../src/server/server.ts";
import { sendRequest, type Reply, type SendOptions } from "./http-client.ts";
import { widgetContracts } from "./widget-contracts.ts";

export const subscriptionId = "11111111-2222-3333-4444-555555555555";
export const groupPath = `/subscriptions/${subscriptionId}/resourceGroups/RG-One/providers/Contoso.Widgets`;
export const widgetPath = `${groupPath}/widgets/Wheel`;

/** A whole service over a listening socket, with a provider of widgets kept in memory. */
export interface ArmWorld {
  readonly url: string;
  readonly operations: Map<string, OperationRecord>;
  readonly widgets: Map<string, unknown>;
  /** What handlers were given, last one last. */
  readonly seen: ArmRequest[];
  readonly lines: LogLine[];
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  /** The same with `api-version` added and a body as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** Changes a stored operation. */
  update(id: string, change: Partial<OperationRecord>): void;
  close(): Promise<void>;
}

export interface CallOptions extends SendOptions {
  readonly apiVersion?: string;
  readonly json?: unknown;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface WorldOptions {
  readonly pipeline?: Partial<PipelineOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly contracts?: readonly Contract[];
  /** Stands in for single handlers, by the last word of their route and method. */
  readonly handlers?: Readonly<Record<string, Handler>>;
}

/** Takes everybody for ARM itself. */
export const trustAsFrontDoor: Authenticator = {
  authenticate: (request) =>
    Promise.resolve({
      principal: { id: "arm", name: "arm", kind: "arm" },
      tenantId: request.headers["x-ms-client-tenant-id"] as string | undefined,
      isFrontDoor: true,
    }),
};

export async function startArmWorld(options: WorldOptions = {}): Promise<ArmWorld> {
  const operations = new Map<string, OperationRecord>();
  const widgets = new Map<string, unknown>();
  const seen: ArmRequest[] = [];
  const lines: LogLine[] = [];
  const logger = recordLines(lines);
  const contracts = options.contracts ?? widgetContracts;
  const provider = createWidgetProvider(contracts, { operations, widgets, seen }, options.handlers);
  const armHandler = createArmHandler({
    services: [{ provider, contracts }],
    clock: systemClock,
    logger,
    region: "north",
    authenticator: trustAsFrontDoor,
    ...options.pipeline,
  });
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    armHandler,
    healthChecks: [],
    clock: systemClock,
    logger: silentLogger,
    ...options.server,
  });
  const send: ArmWorld["send"] = (method, path, sendOptions) =>
    sendRequest(server.url, method, path, sendOptions);
  return {
    url: server.url,
    operations,
    widgets,
    seen,
    lines,
    send,
    call(method, path, { apiVersion = "2022-01-01-preview", json, ...rest } = {}) {
      const mark = path.includes("?") ? "&" : "?";
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const type = json === undefined ? {} : { "Content-Type": "application/json" };
      return send(method, `${path}${mark}api-version=${apiVersion}`, {
        ...body,
        ...rest,
        headers: { ...type, ...rest.headers },
      });
    },
    update(id, change) {
      const operation = operations.get(id);
      if (operation === undefined) throw new Error(`No operation ${id}`);
      operations.set(id, { ...operation, ...change });
    },
    close: () => server.close(),
  };
}

/** The error of a reply's body. */
export function errorOf(reply: Reply): WireError {
  return (reply.json as { readonly error: WireError }).error;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly WireError[];
}

/** The path and query of an absolute address. */
export function pathOf(url: string | undefined): string {
  const { pathname, search } = new URL(url ?? "");
  return pathname + search;
}

interface WidgetStore {
  readonly operations: Map<string, OperationRecord>;
  readonly widgets: Map<string, unknown>;
  readonly seen: ArmRequest[];
}

/** A provider with a handler for every route of the contracts. */
export function createWidgetProvider(
  contracts: readonly Contract[],
  store: WidgetStore,
  replaced: Readonly<Record<string, Handler>> = {},
): Provider {
  const handlers = new Map<string, Handler>();
  for (const route of contracts.flatMap(({ routes }) => routes)) {
    if (/operation(?:Results|Statuses)\/|\/operations$/.test(route.path)) continue;
    const word = `${route.method} ${route.path.split("/").at(-1)}`;
    handlers.set(routeKey(route), (request) => {
      store.seen.push(request);
      return (replaced[word] ?? handleWidget(store))(request);
    });
  }
  return {
    namespace: "Contoso.Widgets",
    handlers,
    findOperation: (id) => Promise.resolve(store.operations.get(id)),
    renderResult: (operation) => Promise.resolve(operation.result),
    renderTarget: (operation) => ({ id: operation.resourceId, name: operation.locationName }),
    operations: [],
  };
}

function handleWidget(store: WidgetStore): Handler {
  return (request) => Promise.resolve(answerWidget(store, request));
}

function answerWidget({ operations, widgets }: WidgetStore, request: ArmRequest): ArmResult {
  const { route, params } = request;
  const key = (params["widget"] ?? "").toLowerCase();
  if (route.method === "GET" && params["widget"] === undefined)
    return { kind: "value", body: { value: [...widgets.values()] } };
  if (route.method === "GET") {
    const found = widgets.get(key);
    if (found === undefined) throw armError("ResourceNotFound", "There is no such widget");
    return { kind: "value", body: found, etag: "one" };
  }
  if (route.longRunning === undefined) return { kind: "empty" };
  const body = { name: params["widget"], properties: { provisioningState: "Accepted" } };
  const created = !widgets.has(key);
  if (route.method === "PUT") widgets.set(key, body);
  const operation: OperationRecord = {
    id: randomUUID(),
    subscriptionId: params["subscriptionId"] ?? "",
    resourceGroupName: params["resourceGroupName"] ?? "",
    locationName: params["widget"] ?? "",
    route: routeKey(route),
    apiVersion: request.context.apiVersion,
    state: "Accepted",
    startTime: "2026-01-01T00:00:00.000Z",
    resourceId: `${groupPath}/widgets/Wheel`,
    correlationId: request.context.correlationId,
    ...(request.context.tenantId === undefined ? {} : { tenantId: request.context.tenantId }),
  };
  operations.set(operation.id, operation);
  return { kind: "accepted", operation, body, created };
}

function recordLines(lines: LogLine[]): Logger {
  const log =
    (level: string, fixed: LogFields) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields: { ...fixed, ...fields } });
  const make = (fixed: LogFields): Logger => ({
    error: log("error", fixed),
    warn: log("warn", fixed),
    info: log("info", fixed),
    debug: log("debug", fixed),
    child: (fields) => make({ ...fixed, ...fields }),
  });
  return make({});
}
