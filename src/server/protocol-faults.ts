import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../base/log.ts";
import type { Connections } from "./connections.ts";
import { sendPlainError, writePlainError, type PlainError } from "./plain-answer.ts";

/** Most header lines of a request; Node would drop the rest without a word. */
export const maximumHeaders = 100;

// ARM's own addresses end below two kilobytes, a page token may follow.
const maximumTarget = 8192;

/** Answers what never becomes a request: Node itself would send errors without a body, or nothing. */
export function answerProtocolFaults(
  server: Server,
  { latestAnswer }: Pick<Connections, "latestAnswer">,
  logger: Logger,
): void {
  // One more than allowed, so that too many can be told from exactly enough.
  server.maxHeadersCount = maximumHeaders + 1;
  server.on("clientError", (error: ParserError, socket: Socket) => {
    if (socket.writable && !isOwedAnotherAnswer(latestAnswer(socket)))
      answerSocket(socket, describeFault(error), logger);
    else socket.destroy();
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    socket.on("error", () => socket.destroy());
    answerSocket(socket, methodNotAllowed, logger);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    const fault: PlainError = {
      status: 417,
      code: "InvalidRequest",
      message: 'The Expect header asks for something else than "100-continue": leave it out',
    };
    request.resume();
    report(logger, fault, sendPlainError(response, fault));
  });
}

/** What is wrong with a request as a whole; undefined when nothing is. */
export function findRequestFault(request: IncomingMessage): PlainError | undefined {
  if ((request.url ?? "").length > maximumTarget) return targetTooLong;
  if (request.rawHeaders.length / 2 > maximumHeaders) return tooManyHeaders;
  if (request.httpVersion === "1.1" && request.headers.host === undefined) return noHost;
  return undefined;
}

interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const targetTooLong: PlainError = {
  status: 414,
  code: "UriTooLong",
  message: `The address has more than ${maximumTarget} characters: send what is long in the body`,
};

const noHost: PlainError = {
  status: 400,
  code: "InvalidRequest",
  message: "The request has no Host header: HTTP/1.1 requires one",
};

const tooManyHeaders: PlainError = {
  status: 431,
  code: "RequestHeaderFieldsTooLarge",
  message: `The request has more than ${maximumHeaders} headers or too large ones: send less`,
};

const methodNotAllowed: PlainError = {
  status: 405,
  code: "MethodNotAllowed",
  message: "The method is not known here: use one of those in the Allow header",
  headers: { Allow: "GET, HEAD, PUT, PATCH, POST, DELETE" },
};

function describeFault(error: ParserError): PlainError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return tooManyHeaders;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return {
        status: 408,
        code: "RequestTimeout",
        message: "The request did not arrive in time: send it again",
      };
    case "HPE_INVALID_METHOD":
      return isRequestLine(error.rawPacket) ? methodNotAllowed : malformed;
    default:
      return malformed;
  }
}

const malformed: PlainError = {
  status: 400,
  code: "InvalidRequest",
  message: "The request is not well-formed HTTP/1.1: the connection is closed",
};

function isRequestLine(packet: Buffer | undefined): boolean {
  return /^[A-Z-]{1,32} \S+ HTTP\/1\.[01]\r?\n/.test(packet?.toString("latin1") ?? "");
}

function answerSocket(socket: Socket, fault: PlainError, logger: Logger): void {
  report(logger, fault, writePlainError(socket, fault));
  // A caller that never stops sending must not hold the connection.
  setTimeout(() => socket.destroy(), 1000).unref();
}

function report(logger: Logger, fault: PlainError, requestId: string): void {
  logger.info("Request refused", { requestId, status: fault.status, errorCode: fault.code });
}

/** An earlier request waits for its answer, or gets it just now: ours would be read as that one. */
function isOwedAnotherAnswer(response: ServerResponse | undefined): boolean {
  if (response === undefined || response.writableFinished) return false;
  return response.headersSent || response.req.complete;
}
