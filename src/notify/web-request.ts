import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { createWebAgent, portOf } from "../storage/web-agent.ts";
import { invalidRoute, notDelivered, notReached } from "./faults.ts";
import type { SenderParts } from "./sender-parts.ts";

export interface WebMessage {
  /** Secret. */
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Reads an address; throws `InvalidNotificationRoute`. The message never repeats it. */
export function parseTargetUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["https:", "http:"].includes(url.protocol)) {
    throw invalidRoute("targetUrl", "The address of the receiver must be an https URL");
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    throw invalidRoute(
      "targetUrl",
      "The address of the receiver must have no user name and no fragment",
    );
  }
  return url;
}

/**
 * One request. Redirects are not followed: they could lead to a host that was not allowed. Only an answer of
 * 200 to 299 is a delivery; its body is not read.
 */
export async function sendRequest(
  { hosts, caPem }: SenderParts,
  message: WebMessage,
  signal: AbortSignal,
): Promise<void> {
  const url = parseTargetUrl(message.url);
  hosts.check(url.hostname, portOf(url), url.protocol === "http:");
  const resolve = (host: string, port: number) => hosts.resolve(host, port);
  const agent = createWebAgent(url, { resolve, ...(caPem === undefined ? {} : { caPem }) });
  try {
    const response = await exchange(url, message, agent, signal);
    response.resume();
    judge(url, response);
  } catch (error) {
    throw notReached(url.origin, error);
  } finally {
    agent.destroy();
  }
}

function exchange(
  url: URL,
  { method, headers, body }: WebMessage,
  agent: ReturnType<typeof createWebAgent>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === "http:" ? requestHttp : requestHttps;
  const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const request = send(url, { method, agent, signal, headers: { ...headers, ...length } });
  request.once("response", resolve);
  request.once("error", reject);
  request.end(body);
  return promise;
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);

function judge(url: URL, { statusCode = 0 }: IncomingMessage): void {
  if (statusCode >= 200 && statusCode < 300) return;
  const retryable = statusCode >= 500 || passing.has(statusCode);
  const nativeCode = String(statusCode);
  const hint =
    statusCode >= 300 && statusCode < 400
      ? "give the address it points to"
      : "look at the address and at what the receiver expects";
  throw notDelivered(url.origin, `answered with status ${statusCode}: ${hint}`, {
    retryable,
    nativeCode,
  });
}
