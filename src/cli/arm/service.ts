import { randomUUID } from "node:crypto";
import {
  ServiceClient,
  WebResource,
  type AbortSignalLike,
  type HttpMethods,
} from "@azure/ms-rest-js";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "../command.ts";
import { exitCodeOfAnswer, exitCodes } from "../exit-code.ts";
import { ServiceError } from "../service-error.ts";
import { checkTokenTravel, readToken, tokenOptions } from "./read-token.ts";

/** Options of every command that talks to the service. */
export const serviceOptions: OptionSpecs = {
  url: { summary: "Address of the service; or HOLDFAST_URL", value: "URL" },
  subscription: { summary: "Subscription; or HOLDFAST_SUBSCRIPTION", value: "GUID" },
  "resource-group": { summary: "Resource group; or HOLDFAST_RESOURCE_GROUP", value: "NAME" },
  ...tokenOptions,
};

export const locationOption: OptionSpecs = {
  location: { summary: "Backup location; or HOLDFAST_LOCATION", value: "NAME" },
};

/** What the service answered. */
export interface Answer {
  readonly status: number;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
  header(name: string): string | undefined;
}

export interface CallOptions {
  /** Asks the service to answer only when there is an end to tell, or so many seconds are over. */
  readonly waitSeconds?: number;
}

/** The service as commands see it. Failures it answers with are thrown as {@link ServiceError}. */
export interface Service {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** A path below the service, or a whole address that the service gave. */
  call(
    method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE",
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<Answer>;
}

export const apiVersion = "2026-12-01";

// What the examples use: enough for a service in development mode on the same machine.
const defaultUrl = "http://127.0.0.1:8443";
const defaultSubscription = "5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21";
const defaultResourceGroup = "system.local";
const requestMilliseconds = 100_000;

/** The service that options and environment name. */
export function openService(args: Arguments, cli: Cli): Service {
  const { environment } = cli;
  const base = parseUrl(args.text("url") ?? environment["HOLDFAST_URL"] ?? defaultUrl);
  const token = readToken(args, cli);
  if (token !== undefined) checkTokenTravel(base, isLoopback(base));
  const client = new ServiceClient(undefined, {
    baseUri: base.origin,
    // No retries behind our back: a command says at once what is wrong.
    noRetryPolicy: true,
    // A proxy of the machine is none of loopback's business.
    ...(isLoopback(base) ? { requestPolicyFactories: [] } : {}),
  });
  return {
    subscription:
      args.text("subscription") ?? environment["HOLDFAST_SUBSCRIPTION"] ?? defaultSubscription,
    resourceGroup:
      args.text("resource-group") ?? environment["HOLDFAST_RESOURCE_GROUP"] ?? defaultResourceGroup,
    call: (method, path, body, { waitSeconds } = {}) => {
      const url = resolveUrl(base, path);
      if (token !== undefined) checkLink(base, url);
      return send(client, url, { method, body, token, waitSeconds }, cli.signal);
    },
  };
}

/** Path of what the provider has for the whole subscription. */
export function subscriptionPath(
  { subscription }: Service,
  ...segments: readonly string[]
): string {
  const root = `/subscriptions/${encode(subscription)}/providers/Microsoft.Backup.Admin`;
  return [root, ...segments.map(encode)].join("/");
}

/** Path of the provider's collection of locations, of one of them, or of what is below it. */
export function locationPath(service: Service, ...segments: readonly string[]): string {
  const { subscription, resourceGroup } = service;
  const group = `/subscriptions/${encode(subscription)}/resourceGroups/${encode(resourceGroup)}`;
  return [
    `${group}/providers/Microsoft.Backup.Admin/backupLocations`,
    ...segments.map(encode),
  ].join("/");
}

/** Path of the state (or result) of an operation of a location. */
export function operationPath(
  service: Service,
  location: string,
  operation: string,
  kind: "operationStatuses" | "operationResults",
): string {
  return subscriptionPath(service, "locations", location, kind, operation);
}

export function locationName(args: Arguments, cli: Cli): string {
  const name = args.text("location") ?? cli.environment["HOLDFAST_LOCATION"];
  if (name !== undefined && name !== "") return name;
  throw usageError('Option "--location" is missing: name the backup location');
}

function encode(segment: string): string {
  return encodeURIComponent(segment);
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw usageError(`The address "${text}" is not an http or https URL`);
  }
  return url;
}

function resolveUrl(base: URL, path: string): URL {
  const url = new URL(path, base);
  if (!url.searchParams.has("api-version")) url.searchParams.set("api-version", apiVersion);
  return url;
}

/** The token goes to the service that was named, wherever its links lead. */
function checkLink(base: URL, { origin }: URL): void {
  if (origin === base.origin) return;
  throw new ServiceError(
    "LinkElsewhere",
    `The service's links lead to "${origin}": give that address by --url if it is the service's`,
    exitCodes.failed,
  );
}

interface Sent {
  readonly method: HttpMethods;
  readonly body: unknown;
  readonly token: string | undefined;
  readonly waitSeconds: number | undefined;
}

async function send(
  client: ServiceClient,
  url: URL,
  { method, body, token, waitSeconds }: Sent,
  signal: AbortSignal,
): Promise<Answer> {
  const requestId = randomUUID();
  const request = new WebResource(
    url.href,
    method,
    body === undefined ? undefined : JSON.stringify(body),
  );
  request.headers.set("accept", "application/json");
  request.headers.set("x-ms-client-request-id", requestId);
  if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
  if (waitSeconds !== undefined) request.headers.set("prefer", `wait=${waitSeconds}`);
  if (body !== undefined) request.headers.set("content-type", "application/json");
  // The library's type of a signal is older than the platform's, which does all of it.
  request.abortSignal = signal as unknown as AbortSignalLike;
  request.timeout = requestMilliseconds;
  const response = await client.sendRequest(request).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw unreachable(url, cause);
  });
  const parsed = parseBody(response.bodyAsText);
  if (response.status >= 400) throw toServiceError(response.status, parsed, requestId);
  return {
    status: response.status,
    body: parsed,
    header: (name) => response.headers.get(name),
  };
}

function unreachable(url: URL, cause: unknown): ServiceError {
  const { code = "failed" } = (cause ?? {}) as { readonly code?: string };
  return new ServiceError(
    "ServiceUnreachable",
    `Cannot reach the service at "${url.origin}" (${code}): start it with "holdfast serve", or give its address by --url`,
    exitCodes.destination,
    cause,
  );
}

function parseBody(text: string | null | undefined): unknown {
  if (text === undefined || text === null || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface WireError {
  readonly error?: { readonly code?: string; readonly message?: string };
}

function toServiceError(status: number, body: unknown, requestId: string): ServiceError {
  const { code = `Http${status}`, message } = (body as WireError | undefined)?.error ?? {};
  const said = message ?? `The service answered with status ${status} and no reason`;
  return new ServiceError(code, `${said} [request ${requestId}]`, exitCodeOfAnswer(status, code));
}
