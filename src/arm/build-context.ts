import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Caller } from "./access.ts";
import type { RequestContext } from "./request-context.ts";

/** The ids of one exchange; known before anything else can fail. */
export type RequestIds = Pick<
  RequestContext,
  "requestId" | "correlationId" | "clientRequestId" | "returnClientRequestId" | "receivedAt"
>;

/** Reads or makes the ids of a request. Every text is bounded; none needs to be a GUID. */
export function identifyRequest(
  request: IncomingMessage,
  newId: () => string,
  clock: Clock,
): RequestIds {
  const requestId = newId();
  const { headers } = request;
  const echo = textOf(headers["x-ms-return-client-request-id"]);
  return {
    requestId,
    correlationId: textOf(headers["x-ms-correlation-request-id"]) ?? requestId,
    clientRequestId: textOf(headers["x-ms-client-request-id"]),
    returnClientRequestId: echo?.toLowerCase() === "true",
    receivedAt: clock.now(),
  };
}

export interface ContextSettings {
  /** No slash at its end. */
  readonly publicBaseUrl?: string | undefined;
  /** Hosts a front door's `referer` may name; absent: none. */
  readonly refererHosts?: readonly string[] | undefined;
}

/** Puts together what handlers know of a request. Headers about the user count only from a trusted front door. */
export function buildContext(
  request: IncomingMessage,
  ids: RequestIds,
  apiVersion: string,
  caller: Caller,
  settings: ContextSettings,
  logger: Logger,
): RequestContext {
  return Object.freeze({
    requestId: ids.requestId,
    correlationId: ids.correlationId,
    clientRequestId: ids.clientRequestId,
    returnClientRequestId: ids.returnClientRequestId,
    receivedAt: ids.receivedAt,
    apiVersion,
    publicBaseUrl: choosePublicBaseUrl(request, caller, settings, logger),
    tenantId: caller.tenantId,
    homeTenantId: caller.isFrontDoor ? textOf(request.headers["x-ms-home-tenant-id"]) : undefined,
    traceParent: readTraceParent(request),
    principal: caller.principal,
    systemData: caller.isFrontDoor ? readSystemData(request, logger) : undefined,
  });
}

function choosePublicBaseUrl(
  request: IncomingMessage,
  caller: Caller,
  settings: ContextSettings,
  logger: Logger,
): string {
  const ours = settings.publicBaseUrl ?? localBaseUrl(request);
  const { referer } = request.headers;
  if (!caller.isFrontDoor || referer === undefined) return ours;
  const url = URL.parse(referer);
  const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
  if (url === null || !isHttp || !settings.refererHosts?.includes(url.host)) {
    logger.warn("The front door's referer cannot be used for links: the configured address is");
    return ours;
  }
  return url.origin;
}

/** Where the request arrived. The Host header is the caller's word and would put it into stored links. */
function localBaseUrl({ socket }: IncomingMessage): string {
  const known = baseUrls.get(socket);
  if (known !== undefined) return known;
  const made = makeBaseUrl(socket);
  baseUrls.set(socket, made);
  return made;
}

/** A connection keeps its ends. */
const baseUrls = new WeakMap<Socket, string>();

function makeBaseUrl(socket: Socket): string {
  const { localAddress = "localhost", localPort = 0, encrypted } = socket as Partial<TLSSocket>;
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  const host = address.includes(":") ? `[${address}]` : address;
  return `${encrypted === true ? "https" : "http"}://${host}:${localPort}`;
}

function readSystemData(
  request: IncomingMessage,
  logger: Logger,
): Readonly<Record<string, string>> | undefined {
  const text = request.headers["x-ms-arm-resource-system-data"];
  if (typeof text !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      const texts = Object.entries(parsed).filter(([, value]) => typeof value === "string");
      return Object.fromEntries(texts) as Record<string, string>;
    }
  } catch {
    // Told below, like any other form that is none.
  }
  logger.warn("The front door's system data is not a JSON object: left out");
  return undefined;
}

function readTraceParent({ headers }: IncomingMessage): string | undefined {
  const { traceparent } = headers;
  if (typeof traceparent !== "string") return undefined;
  const isGood = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent);
  return isGood ? traceparent : undefined;
}

const maximumHeaderLength = 512;

function textOf(value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = Array.isArray(value) ? value.join(", ") : value;
  return text === "" ? undefined : text.slice(0, maximumHeaderLength);
}
