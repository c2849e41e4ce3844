import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import type { SeenExchange } from "./live-validator.ts";

/** A request with this header is not watched: what it finds was made by no document's rules. */
export const unwatchedHeader = "x-unwatched";

/** Bodies beyond this are some test's hostility. */
const mostBytes = 1024 * 1024;

/**
 * Hears of every exchange of this process's HTTP servers, or of one, whoever calls: told before the caller can see the
 * end of the answer. Returns what ends it.
 */
export function watchExchanges(
  onExchange: (exchange: SeenExchange) => void,
  isOurs: (server: Server) => boolean = () => true,
): () => void {
  const listen = (message: unknown): void => {
    const { request, response, server } = message as Begun;
    if (isOurs(server) && request.headers[unwatchedHeader] === undefined)
      watch(request, response, onExchange);
  };
  subscribe(channel, listen);
  return () => void unsubscribe(channel, listen);
}

const channel = "http.server.request.start";

interface Begun {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

function watch(
  request: IncomingMessage,
  response: ServerResponse,
  onExchange: (exchange: SeenExchange) => void,
): void {
  const asked = collect();
  const answered = collect();
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    asked.add(chunk, encoding);
    return push(chunk, encoding);
  };
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    answered.add(chunk, rest[0]);
    return write(chunk, ...rest);
  }) as typeof response.write;
  const head = watchHead(response);
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((chunk?: unknown, ...rest: unknown[]) => {
    answered.add(chunk, rest[0]);
    const exchange = describe(request, response, { asked, answered, headers: head() });
    if (exchange !== undefined) onExchange(exchange);
    return end(chunk, ...rest);
  }) as typeof response.end;
}

/** Headers given with the status line are not among those that can be asked for later. */
function watchHead(response: ServerResponse): () => Readonly<Record<string, string>> {
  let given: unknown;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    given = rest.at(-1);
    return writeHead(status, ...rest);
  }) as typeof response.writeHead;
  return () => textsOf({ ...response.getHeaders(), ...headersOf(given) });
}

/** As an object, or as names and values by turns. */
function headersOf(given: unknown): object {
  if (!Array.isArray(given)) return typeof given === "object" ? (given ?? {}) : {};
  const turns = given as readonly unknown[];
  return Object.fromEntries(
    turns.flatMap((name, at) => (at % 2 === 0 ? [[String(name), turns[at + 1]]] : [])),
  );
}

interface Collected {
  readonly add: (chunk: unknown, encoding: unknown) => void;
  /** Undefined when it was too much. */
  readonly read: () => Buffer | undefined;
}

function collect(): Collected {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return {
    add: (chunk, encoding) => {
      if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) return;
      bytes += chunk.length;
      if (bytes > mostBytes) return;
      pieces.push(
        typeof chunk === "string"
          ? Buffer.from(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8")
          : Buffer.from(chunk),
      );
    },
    read: () => (bytes > mostBytes ? undefined : Buffer.concat(pieces)),
  };
}

/** Undefined for what no document is about: events, texts, addresses that are none. */
function describe(
  request: IncomingMessage,
  response: ServerResponse,
  seen: {
    readonly asked: Collected;
    readonly answered: Collected;
    readonly headers: Readonly<Record<string, string>>;
  },
): SeenExchange | undefined {
  const url = URL.parse(request.url ?? "", "https://service.example")?.href;
  const answered = seen.answered.read();
  if (url === undefined || answered === undefined) return undefined;
  const isZipped = seen.headers["content-encoding"] === "gzip";
  const responseBody = parse(isZipped ? gunzipSync(answered) : answered);
  if (responseBody === broken) return undefined;
  const requestBody = parse(seen.asked.read() ?? Buffer.alloc(0));
  return {
    method: request.method ?? "",
    url,
    requestHeaders: textsOf(request.headers),
    requestBody: requestBody === broken ? undefined : requestBody,
    status: response.statusCode,
    responseHeaders: seen.headers,
    responseBody,
  };
}

const broken = Symbol("not JSON");

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return broken;
  }
}

function textsOf(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
