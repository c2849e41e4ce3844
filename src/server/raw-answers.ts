import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { armError, armErrorStatus, errorObject, type ArmErrorCode } from "../arm/errors.ts";
import type { Logger } from "../base/log.ts";

/** Watches connections, to answer what is not HTTP enough to become a request. */
export interface BrokenRequests {
  /** Notes the request a connection is at. */
  readonly note: (request: IncomingMessage, response: ServerResponse) => void;
  /** JSON as everywhere, then the connection ends. */
  readonly answer: (error: ParserError, socket: Duplex) => void;
}

export interface ParserError extends Error {
  readonly code?: string;
  /** What could not be read. */
  readonly rawPacket?: Buffer;
}

export function watchBrokenRequests(logger: Logger): BrokenRequests {
  const current = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  return {
    note: (request, response) => void current.set(request.socket, { request, response }),
    answer(error, socket) {
      const before = current.get(socket);
      const isOver = before === undefined || before.response.writableFinished;
      // The answer to an earlier, whole request is still to come, or this one's has begun: nothing may be
      // written in its place.
      const isAnswering = !isOver && (before.request.complete || before.response.headersSent);
      if (error.code === "ECONNRESET" || !socket.writable || isAnswering) {
        socket.destroy();
        return;
      }
      const code = codeOf(error);
      endWith(socket, code, code === "MethodNotAllowed" ? allowHeader : "", logger);
    },
  };
}

/** CONNECT asks for a tunnel; there is none. */
export function answerTunnel(socket: Duplex, logger: Logger): void {
  socket.on("error", () => socket.destroy());
  endWith(socket, "MethodNotAllowed", allowHeader, logger);
}

/** What is wrong with a request as a whole, by which Node itself would refuse it without a body or cut it. */
export function findRequestFault(
  request: IncomingMessage,
  maximumHeaders: number,
): ArmErrorCode | undefined {
  if (request.rawHeaders.length / 2 > maximumHeaders) return "RequestHeaderFieldsTooLarge";
  const needsHost = request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
  return needsHost && request.headers.host === undefined ? "InvalidRequest" : undefined;
}

/** An error outside the pipeline, on a response that is still whole. Gives back its request id, for the log. */
export function writeBareError(response: ServerResponse, code: ArmErrorCode): string {
  const body = Buffer.from(bodyOf(code));
  const requestId = randomUUID();
  response.writeHead(armErrorStatus[code], { ...headersOf(code, body.length, requestId) });
  response.end(body);
  return requestId;
}

const allowHeader = "Allow: GET, HEAD, PUT, PATCH, POST, DELETE\r\n";

const messages: Readonly<Partial<Record<ArmErrorCode, string>>> = {
  RequestTimeout: "The request did not arrive in time: send it again",
  RequestHeaderFieldsTooLarge: "The headers are too many or too large: send fewer or shorter ones",
  RequestEntityTooLarge: "The body is framed with too much overhead: send it plainly",
  MethodNotAllowed: "The method is not known here: use one of those in the Allow header",
  InternalServerError:
    "The service failed unexpectedly: give the x-ms-request-id of this answer to its operator",
};

function codeOf(error: ParserError): ArmErrorCode {
  switch (error.code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "RequestTimeout";
    case "HPE_HEADER_OVERFLOW":
      return "RequestHeaderFieldsTooLarge";
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return "RequestEntityTooLarge";
    case "HPE_INVALID_METHOD":
      return isRequestLine(error.rawPacket) ? "MethodNotAllowed" : "InvalidRequest";
    default:
      return "InvalidRequest";
  }
}

/** Only what else is HTTP has a method to speak of. */
function isRequestLine(packet: Buffer | undefined): boolean {
  const start = packet?.subarray(0, 4096).toString("latin1") ?? "";
  return /^[A-Z-]{1,32} [^\s]+ HTTP\/1\.[01]\r?\n/.test(start);
}

function bodyOf(code: ArmErrorCode): string {
  const message = messages[code] ?? "The request is not valid HTTP/1.1: correct the client";
  return JSON.stringify({ error: errorObject(armError(code, message)) });
}

function headersOf(
  code: ArmErrorCode,
  length: number,
  requestId: string,
): Readonly<Record<string, string>> {
  return {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(length),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "x-ms-error-code": code,
    "x-ms-request-id": requestId,
    Connection: "close",
  };
}

function endWith(socket: Duplex, code: ArmErrorCode, more: string, logger: Logger): void {
  const body = bodyOf(code);
  const status = armErrorStatus[code];
  const requestId = randomUUID();
  const headers = headersOf(code, Buffer.byteLength(body), requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${code}\r\n${lines.join("")}${more}\r\n${body}`, () =>
    socket.destroy(),
  );
  logger.info("Request refused", { requestId, status, errorCode: code });
}
