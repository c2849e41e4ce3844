import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { RequestIds } from "./build-context.ts";
import type { ContractRoute } from "./contract.ts";
import { errorObject, type ArmError } from "./errors.ts";
import { writeJson, type JsonText } from "./json-text.ts";
import { quoteEtag } from "./preconditions.ts";
import type { ArmResult } from "./resource-type.ts";

/** What goes back to the caller, before the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined for no body; null is the JSON literal. */
  readonly body?: unknown;
  /** The body as it is sent, where it is at hand. */
  readonly json?: JsonText | undefined;
  /** Polls of results say no charset, as they always did. */
  readonly contentType?: string;
  /** Server-sent events in place of a body, until they end or the reader leaves. */
  readonly events?: AsyncIterable<string>;
  /** For the log. */
  readonly errorCode?: string;
  readonly operationId?: string;
}

/** The answer of a finished handler: the code is the one the contract declares for it. */
export function valueAnswer(
  route: ContractRoute,
  result: Exclude<ArmResult, { kind: "accepted" }>,
): Answer {
  if (result.kind === "empty") {
    const isBare = result.existed !== true && route.responses[204] !== undefined;
    return { status: isBare ? 204 : 200 };
  }
  const isCreated = result.created === true && route.responses[201] !== undefined;
  const { etag, body, json } = result;
  return { status: isCreated ? 201 : 200, headers: etagHeader(etag), body, json };
}

/** The ETag header of a resource, or nothing. */
export function etagHeader(etag: string | undefined): Readonly<Record<string, string>> {
  return etag === undefined ? {} : { ETag: quoteEtag(etag) };
}

/** The answer of a refusal. */
export function errorAnswer(error: ArmError): Answer {
  return {
    status: error.status,
    headers: error.headers,
    body: { error: errorObject(error) },
    errorCode: error.code,
  };
}

/** HEAD says no more than whether the thing is there. */
export function headAnswer({ status, headers, errorCode }: Answer): Answer {
  const isThere = status < 300;
  return {
    status: isThere ? 204 : status,
    ...(headers === undefined ? {} : { headers }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}

/** What an answer says besides of where it comes from. */
export interface AnswerSetting {
  /** In capitals. */
  readonly region: string;
  /** How much its caller may still ask. */
  readonly budget?: string | undefined;
}

/** Writes an answer with the headers every one of ours has. The only place that writes to a response. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  ids: RequestIds,
  { region, budget }: AnswerSetting,
): void {
  if (response.destroyed || response.headersSent) return;
  if (answer.events !== undefined) {
    const contentType = ["Content-Type", "text/event-stream; charset=utf-8"];
    response.writeHead(answer.status, [...commonHeaders(ids, region), ...contentType]);
    // Headers go out before the first event is there.
    response.flushHeaders();
    // A reader that leaves ends the stream; there is nobody to tell.
    pipeline(answer.events, response).catch(() => undefined);
    return;
  }
  // As a text: head and body then leave in one piece.
  const body = answer.body === undefined ? undefined : (answer.json ?? writeJson(answer.body));
  const headers = commonHeaders(ids, region);
  if (answer.errorCode !== undefined) headers.push("x-ms-error-code", answer.errorCode);
  const own = answer.headers;
  if (own !== undefined) for (const name of Object.keys(own)) headers.push(name, own[name] ?? "");
  if (budget !== undefined) headers.push("x-ms-ratelimit-remaining-resource", budget);
  if (body !== undefined) headers.push("Content-Type", answer.contentType ?? jsonWithCharset);
  sendBody(response, answer.status, headers, body);
}

function sendBody(
  response: ServerResponse,
  status: number,
  headers: string[],
  body: JsonText | undefined,
): void {
  const { text, bytes } = body ?? noBody;
  // RFC 9110 forbids a length on 204.
  if (status !== 204) headers.push("Content-Length", String(bytes));
  response.writeHead(status, headers);
  // Nearly all bodies are ASCII: these are the same bytes in Latin-1, which costs less to write.
  response.end(text, bytes === text?.length ? "latin1" : "utf8");
}

const noBody: { readonly text: undefined; readonly bytes: number } = { text: undefined, bytes: 0 };

const jsonWithCharset = "application/json; charset=utf-8";

let lastSecond = { second: 0, text: "" };

/** `20261128T115300Z`; made once a second. */
function secondOf(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond.second)
    lastSecond = {
      second,
      text: new Date(milliseconds).toISOString().replaceAll(/[-:]|\.\d+/g, ""),
    };
  return lastSecond.text;
}

/** Names and values in turn: the form that Node sends without looking each of them up. */
function commonHeaders(ids: RequestIds, region: string): string[] {
  const time = secondOf(ids.receivedAt);
  // prettier-ignore
  const headers = [
    "Cache-Control", "no-cache",
    "Pragma", "no-cache",
    "Expires", "-1",
    "Strict-Transport-Security", "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options", "nosniff",
    "x-ms-request-id", ids.requestId,
    "x-ms-correlation-request-id", ids.correlationId,
    "x-ms-routing-request-id", `${region}:${time}:${ids.requestId}`,
  ];
  if (ids.returnClientRequestId && ids.clientRequestId !== undefined)
    headers.push("x-ms-client-request-id", ids.clientRequestId);
  return headers;
}
