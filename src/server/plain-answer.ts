import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** An error found before or after the ARM layer: by the HTTP parser, the listener or Express itself. */
export interface PlainError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers in ARM's error shape and gives back the request id that stands in it. */
export function sendPlainError(response: ServerResponse, error: PlainError): string {
  const requestId = randomUUID();
  const body = renderBody(error);
  response.writeHead(error.status, { ...renderHeaders(error, body, requestId) });
  response.end(response.req.method === "HEAD" ? undefined : body);
  return requestId;
}

/** The same on a bare socket, which is closed afterwards: what follows on it cannot be trusted. */
export function writePlainError(socket: Duplex, error: PlainError): string {
  const requestId = randomUUID();
  const body = renderBody(error);
  const headers = { ...renderHeaders(error, body, requestId), Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${error.status} ${reasons[error.status] ?? "Error"}\r\n${lines.join("")}\r\n${body}`,
  );
  return requestId;
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

function renderBody({ code, message }: PlainError): string {
  return JSON.stringify({ error: { code, message } });
}

function renderHeaders(
  error: PlainError,
  body: string,
  requestId: string,
): Readonly<Record<string, string>> {
  return {
    ...error.headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(body)),
    "Cache-Control": "no-cache",
    Pragma: "no-cache",
    Expires: "-1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "x-ms-request-id": requestId,
    "x-ms-correlation-request-id": requestId,
    "x-ms-error-code": error.code,
  };
}
