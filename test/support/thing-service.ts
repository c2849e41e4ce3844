import { randomUUID } from "node:crypto";
import { request as sendHttp, type IncomingMessage } from "node:http";
import { afterEach, beforeEach } from "node:test";
import { createDevelopmentAuthenticator, type Authenticator } from "../../src/arm/access.ts";
import { createArmHandler, type PipelineOptions } from "../../src/arm/pipeline.ts";
import { systemClock } from "../../src/base/clock.ts";
import { startServer } from "../../src/server/server.ts";
import { createFakeProvider, thingContracts, type FakeProvider } from "./fake-provider.ts";
import { recordLog, type LogLine } from "./log-recorder.ts";

/** The fake provider behind the real ARM layer, listening on loopback. */
export interface ThingService extends FakeProvider {
  readonly url: string;
  readonly lines: readonly LogLine[];
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as it is; an object is sent as JSON. */
  readonly body?: unknown;
  /** Without Content-Length. */
  readonly isChunked?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly json: unknown;
  /** `error` of the body, or an empty one. */
  readonly error: {
    readonly code?: string;
    readonly message?: string;
    readonly target?: string;
    readonly details?: readonly { readonly code: string; readonly target?: string }[];
  };
}

/** The modern api-version of the fake contracts, as a query. */
export const modern = "api-version=2030-01-01-preview";
export const old = "api-version=2020-01-01";
export const publicBaseUrl = "https://mgmt.example";

export async function startThingService(
  options: Partial<PipelineOptions> = {},
): Promise<ThingService> {
  const fake = createFakeProvider();
  const { logger, lines } = recordLog();
  const armHandler = createArmHandler({
    services: [{ provider: fake.provider, contracts: thingContracts }],
    clock: systemClock,
    logger,
    region: "redmond",
    publicBaseUrl,
    authenticator: createDevelopmentAuthenticator(logger),
    newId: randomUUID,
    ...options,
  });
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    armHandler,
    healthChecks: [],
    clock: systemClock,
    logger,
  });
  return {
    ...fake,
    url: server.url,
    lines,
    send: (method, path, sent) => send(server.url, method, path, sent),
    close: () => server.close(),
  };
}

/** A service of its own for each test of a file: call it at the top of that. */
export function thingServiceOfEachTest(): {
  readonly service: ThingService;
  /** In its place another one, made as the options say. */
  restart(options: Partial<PipelineOptions>): Promise<void>;
} {
  let service: ThingService | undefined;
  beforeEach(async () => {
    service = await startThingService();
  });
  afterEach(() => service?.close());
  return {
    get service() {
      if (service === undefined) throw new Error("It runs within tests only");
      return service;
    },
    restart: async (options) => {
      await service?.close();
      service = await startThingService(options);
    },
  };
}

/** Takes every caller for an authenticated ARM front door. */
export const frontDoor: Authenticator = {
  authenticate: () =>
    Promise.resolve({
      principal: { id: "arm", name: "arm", kind: "arm" },
      tenantId: undefined,
      isFrontDoor: true,
    }),
};

function send(
  url: string,
  method: string,
  path: string,
  { headers = {}, body, isChunked = false }: SendOptions = {},
): Promise<Reply> {
  const isJson = typeof body === "object" && !Buffer.isBuffer(body);
  const bytes = isJson ? JSON.stringify(body) : (body as string | Buffer | undefined);
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = sendHttp({
      hostname,
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(isJson ? { "Content-Type": "application/json" } : {}),
        ...(bytes === undefined || isChunked
          ? {}
          : { "Content-Length": String(Buffer.byteLength(bytes)) }),
        ...headers,
      },
    });
    outgoing.setTimeout(5000, () => outgoing.destroy(new Error(`${method} ${path} hangs`)));
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      readReply(incoming).then(resolve, reject);
    });
    if (isChunked) outgoing.write(bytes);
    outgoing.end(isChunked ? undefined : bytes);
  });
}

async function readReply(incoming: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const json: unknown = text === "" ? undefined : JSON.parse(text);
  const error = (json as { error?: Reply["error"] } | undefined | null)?.error ?? {};
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json, error };
}
