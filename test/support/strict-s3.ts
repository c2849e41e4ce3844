import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";

/** How the next answers go wrong: returned for a request, it is done instead of the right thing. */
export type S3Fault =
  | { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }
  /** Half of the body comes, then the connection breaks. */
  | "cut"
  /** Stores or sends other bytes than it was given. */
  | "damage"
  /** Replaces what exists, whatever the condition. */
  | "replace";

export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly headers: IncomingMessage["headers"];
}

/** A small S3 server that checks every signature and digest, and misbehaves as told. */
export interface StrictS3 {
  readonly endpoint: string;
  readonly settings: {
    readonly kind: "s3";
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly usesPathStyle: boolean;
  };
  readonly requests: S3Request[];
  readonly objects: Map<string, Buffer>;
  fault: (request: S3Request) => S3Fault | undefined;
  /** Its clock minus ours. */
  skewMilliseconds: number;
  close(): Promise<void>;
}

const accessKeyId = "STRICT";
const secretAccessKey = "canary-strict-secret";
const bucket = "north";
const mostSkew = 15 * 60_000;

export async function startStrictS3(tls?: {
  readonly certPem: string;
  readonly keyPem: string;
}): Promise<StrictS3> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(server, request, response).catch(() => response.destroy());
  };
  const listener =
    tls === undefined
      ? createHttp(answer)
      : createHttps({ cert: tls.certPem, key: tls.keyPem }, answer);
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const endpoint = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  const place = { endpoint, region: "us-east-1", bucket, prefix: "a" };
  const server: StrictS3 = {
    endpoint,
    settings: { kind: "s3", ...place, accessKeyId, secretAccessKey, usesPathStyle: true },
    requests: [],
    objects: new Map(),
    fault: () => undefined,
    skewMilliseconds: 0,
    close: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, "close");
    },
  };
  return server;
}

async function serve(
  server: StrictS3,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "", server.endpoint);
  const key = decodeURIComponent(url.pathname.slice(`/${bucket}/`.length));
  const { method = "", headers } = request;
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const body = Buffer.concat(pieces);
  server.requests.push({ method, key, headers });
  response.setHeader("date", new Date(Date.now() + server.skewMilliseconds).toUTCString());
  const fault = server.fault({ method, key, headers });
  const wrong = typeof fault === "object" ? fault : refusalOf(server, request, url, body);
  if (wrong !== undefined) return sendError(response, wrong);
  if (key === "") return list(server, url, response);
  if (method === "PUT") return put(server, key, body, headers, fault, response);
  if (method === "DELETE") {
    server.objects.delete(key);
    response.writeHead(204).end();
    return;
  }
  return get(server, key, request, fault, response);
}

type Refusal = Exclude<S3Fault, string>;

/** What the real one would refuse: another key, another signature, another time, another digest. */
function refusalOf(
  server: StrictS3,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Refusal | undefined {
  const text = String(request.headers["x-amz-date"]);
  const sent = Date.parse(
    text.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!(Math.abs(sent - Date.now() - server.skewMilliseconds) < mostSkew))
    return { status: 403, code: "RequestTimeTooSkewed" };
  if (request.headers["x-amz-content-sha256"] !== hash("sha256", body, "hex"))
    return { status: 400, code: "XAmzContentSHA256Mismatch" };
  const md5 = request.headers["content-md5"];
  if (request.method === "PUT" && md5 !== hash("md5", body, "base64"))
    return { status: 400, code: "BadDigest" };
  if (request.headers.authorization !== authorizationOf(request, url, text))
    return { status: 403, code: "SignatureDoesNotMatch" };
  return undefined;
}

/** Signature version 4, from the headers that the caller says it signed. */
function authorizationOf(request: IncomingMessage, url: URL, time: string): string {
  const names = /SignedHeaders=([^,]+)/.exec(String(request.headers.authorization))?.[1] ?? "";
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join("&");
  const lines = names.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const payload = String(request.headers["x-amz-content-sha256"]);
  const canonical = [request.method, url.pathname, query, lines.join(""), names, payload];
  const digest = hash("sha256", Buffer.from(canonical.join("\n")), "hex");
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`;
  const start: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  const signing = scope.split("/").reduce((key, part) => mac(key, part), start);
  const signature = mac(signing, text).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

function put(
  server: StrictS3,
  key: string,
  body: Buffer,
  headers: IncomingMessage["headers"],
  fault: S3Fault | undefined,
  response: ServerResponse,
): void {
  const isConditional = headers["if-none-match"] === "*" && fault !== "replace";
  if (isConditional && server.objects.has(key))
    return sendError(response, { status: 412, code: "PreconditionFailed" });
  const stored = fault === "damage" ? damaged(body) : body;
  server.objects.set(key, stored);
  response.writeHead(200, { etag: `"${hash("md5", stored, "hex")}"` }).end();
}

function get(
  server: StrictS3,
  key: string,
  request: IncomingMessage,
  fault: S3Fault | undefined,
  response: ServerResponse,
): void {
  const whole = server.objects.get(key);
  if (whole === undefined) return sendError(response, { status: 404, code: "NoSuchKey" });
  const range = /^bytes=(\d+)-(\d+)$/.exec(String(request.headers.range));
  const [first, last] =
    range === null ? [0, whole.length - 1] : [Number(range[1]), Number(range[2])];
  const part = whole.subarray(first, last + 1);
  const total = `bytes ${first}-${first + part.length - 1}/${whole.length}`;
  response.writeHead(range === null ? 200 : 206, {
    "content-length": part.length,
    etag: `"${hash("md5", whole, "hex")}"`,
    ...(range === null ? {} : { "content-range": total }),
  });
  if (request.method === "HEAD") return void response.end();
  if (fault !== "cut") return void response.end(fault === "damage" ? damaged(part) : part);
  response.write(part.subarray(0, part.length / 2), () => response.destroy());
}

function list(server: StrictS3, url: URL, response: ServerResponse): void {
  const prefix = url.searchParams.get("prefix") ?? "";
  const found = [...server.objects].filter(([key]) => key.startsWith(prefix));
  const entries = found.map(
    ([key, { length }]) =>
      `<Contents><Key>${encode(key)}</Key><Size>${length}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`,
  );
  response.end(
    `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`,
  );
}

function sendError(response: ServerResponse, { status, code, headers = {} }: Refusal): void {
  response.writeHead(status, { "content-type": "application/xml", ...headers });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No</Message></Error>`);
}

function damaged(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));
}

function hash(name: string, bytes: Buffer, form: "hex" | "base64"): string {
  return createHash(name).update(bytes).digest(form);
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
