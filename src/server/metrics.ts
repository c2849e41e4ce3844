import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../base/log.ts";
import { toAppError } from "../base/errors.ts";
import { sendPlainError } from "./plain-answer.ts";

/** Answers `/metrics`; false for any other path. */
export type MetricsResponder = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Scrapes that come while one is made get the same text: asking often must not become work. */
export function createMetricsResponder(
  render: () => Promise<string>,
  logger: Logger,
): MetricsResponder {
  let running: Promise<string> | undefined;
  const renderOnce = (): Promise<string> => {
    running ??= render().finally(() => (running = undefined));
    return running;
  };
  return (request, response) => {
    if ((request.url ?? "").split("?", 1)[0] !== "/metrics") return false;
    request.resume();
    if (request.method === "GET" || request.method === "HEAD") {
      renderOnce().then(
        (text) => sendText(request, response, text),
        (error: unknown) => {
          logger.warn("Metrics cannot be read", { errorCode: toAppError(error).code });
          sendPlainError(response, {
            status: 503,
            code: "ServiceUnavailable",
            message: "The metrics cannot be read now: see the log, and ask again",
          });
        },
      );
    } else {
      sendPlainError(response, {
        status: 405,
        code: "MethodNotAllowed",
        message: "Metrics are read with GET",
        headers: { Allow: "GET, HEAD" },
      });
    }
    return true;
  };
}

function sendText(request: IncomingMessage, response: ServerResponse, text: string): void {
  response.writeHead(200, {
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text)),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : text);
}
