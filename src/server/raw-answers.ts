import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { armError, armErrorStatus, errorObject, type ArmErrorCode } from "../arm/errors.ts";

/** Watches connections, to answer what is not HTTP enough to become a request. */
export interface BrokenRequests {
  /** Notes the request a connection is at. */
  readonly note: (request: IncomingMessage, response: ServerResponse) => void;
  /** JSON as everywhere, then the connection ends. */
  readonly answer: (error: NodeJS.ErrnoException, socket: Duplex) => void;
}

export function watchBrokenRequests(): BrokenRequests {
  const current = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  return {
    note: (request, response) => void current.set(request.socket, { request, response }),
    answer(error, socket) {
      const before = current.get(socket);
      // The answer to an earlier, whole request is still to come: nothing may be written in its place.
      const isAnswering = before?.request.complete === true && !before.response.writableFinished;
      if (error.code === "ECONNRESET" || !socket.writable || isAnswering) {
        socket.destroy();
        return;
      }
      endWith(socket, codeOf(error.code), "");
    },
  };
}

/** CONNECT asks for a tunnel; there is none. */
export function answerTunnel(_request: unknown, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  endWith(socket, "MethodNotAllowed", "Allow: GET, HEAD, PUT, PATCH, POST, DELETE\r\n");
}

/** An error outside the pipeline, on a response that is still whole. */
export function writeBareError(response: ServerResponse, code: ArmErrorCode): void {
  const body = Buffer.from(bodyOf(code));
  response.writeHead(armErrorStatus[code], {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(body.length),
    "x-ms-error-code": code,
  });
  response.end(body);
}

const messages: Readonly<Partial<Record<ArmErrorCode, string>>> = {
  RequestTimeout: "The request did not arrive in time: send it again",
  RequestHeaderFieldsTooLarge: "The headers are too large: send fewer or shorter ones",
  RequestEntityTooLarge: "The body is framed with too much overhead: send it plainly",
  MethodNotAllowed: "This server opens no tunnels: send the request itself",
  InternalServerError: "The service failed unexpectedly: try again, then ask its operator",
};

function codeOf(nativeCode: string | undefined): ArmErrorCode {
  switch (nativeCode) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "RequestTimeout";
    case "HPE_HEADER_OVERFLOW":
      return "RequestHeaderFieldsTooLarge";
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return "RequestEntityTooLarge";
    default:
      return "InvalidRequest";
  }
}

function bodyOf(code: ArmErrorCode): string {
  const message = messages[code] ?? "The request is not valid HTTP/1.1: correct the client";
  return JSON.stringify({ error: errorObject(armError(code, message)) });
}

function endWith(socket: Duplex, code: ArmErrorCode, headers: string): void {
  const body = bodyOf(code);
  const status = armErrorStatus[code];
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n` +
      `x-ms-error-code: ${code}\r\nx-ms-request-id: ${randomUUID()}\r\n${headers}\r\n${body}`,
    () => socket.destroy(),
  );
}
