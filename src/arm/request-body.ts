import type { IncomingMessage } from "node:http";
import { armError } from "./errors.ts";
import { JsonFault, parseStrictJson } from "./strict-json.ts";

/** Refuses by its headers a body that is compressed or says it is too long, before a byte is read. */
export function checkBodyHeaders(request: IncomingMessage, maximumBytes: number): void {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw armError(
      "UnsupportedMediaType",
      "The body is compressed: send it without Content-Encoding",
      { target: "Content-Encoding" },
    );
  }
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
}

/**
 * Reads a JSON body of at most `maximumBytes`; undefined when there is none. Throws 413, 415 or 400. What
 * is left unread is discarded as it comes, so memory stays flat.
 */
export async function readJsonBody(
  request: IncomingMessage,
  maximumBytes: number,
): Promise<unknown> {
  const bytes = await readBytes(request, maximumBytes);
  if (bytes.length === 0) return undefined;
  checkContentType(request);
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw invalidContent(`${error.message}: send one JSON object`, error.path);
  }
}

/** 400 `InvalidRequestContent`. */
export function invalidContent(message: string, target: string = ""): Error {
  return armError("InvalidRequestContent", message, target === "" ? {} : { target });
}

async function readBytes(request: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop early must not close the connection the answer still has to travel.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > maximumBytes) break;
    }
  } catch (cause) {
    throw armError("RequestTimeout", "The body did not arrive in time: send the request again", {
      cause,
    });
  }
  if (length > maximumBytes) {
    request.resume();
    throw tooLarge(maximumBytes);
  }
  return Buffer.concat(chunks, length);
}

function checkContentType(request: IncomingMessage): void {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "")
    .split(";")
    .map((part) => part.trim().toLowerCase());
  const isJson =
    type === "application/json" ||
    (type === "application/merge-patch+json" && request.method === "PATCH");
  const isUtf8 = parameters.every(
    (parameter) => !parameter.startsWith("charset=") || /^charset="?utf-?8"?$/.test(parameter),
  );
  if (isJson && isUtf8) return;
  throw armError(
    "UnsupportedMediaType",
    'The body must be JSON in UTF-8: set the header "Content-Type: application/json"',
    { target: "Content-Type" },
  );
}

function tooLarge(maximumBytes: number): Error {
  return armError(
    "RequestEntityTooLarge",
    `The body is larger than ${maximumBytes} bytes: send less`,
  );
}
