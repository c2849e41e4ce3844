import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDevelopmentAuthenticator } from "../../src/arm/access.ts";
import { createArmHandler, type PipelineOptions } from "../../src/arm/pipeline.ts";
import { silentLogger } from "../../src/base/log.ts";
import { contracts, insightsContracts, lifeCycleContracts } from "../../src/generated/contracts.ts";
import { aCertificate } from "./fake-identity.ts";
import { createShapeFilter } from "./exchange-shape.ts";
import { checkExchanges, type SeenExchange } from "./live-validator.ts";
import { createProviderWorld, type Json, type ProviderWorld } from "./provider-world.ts";
import { unwatchedHeader, watchExchanges } from "./watch-exchanges.ts";

/** The provider's world behind the real ARM layer on a loopback port. */
export interface ProviderServer {
  readonly world: ProviderWorld;
  /** Where requests go. */
  readonly address: string;
  /** One exchange in 2026-12-01, or in the api-version the options name; an absolute link keeps its own. */
  send(method: string, path: string, options?: SendOptions): Promise<Exchange>;
  /** Polls the status address of an accepted request to its end; the last answer. */
  finish(accepted: Exchange): Promise<Exchange>;
  /** Also has oav hold an exchange of each shape, whoever called, against our documents. */
  close(): Promise<void>;
}

export interface SendOptions {
  /** The state holds what no document knows: the answer is not held against one. */
  readonly isFromElsewhere?: boolean;
  readonly version?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed; `undefined` for no body. */
  readonly body: Json;
}

/** Every absolute link starts with this. */
export const publicBaseUrl: string = "https://adminmanagement.redmond.example";

export async function startProviderServer(
  options: Partial<PipelineOptions> = {},
): Promise<ProviderServer> {
  const world = await createProviderWorld();
  const handler = createArmHandler({
    services: [
      { provider: world.provider.provider, contracts },
      { provider: world.provider.lifeCycle, contracts: lifeCycleContracts },
      { provider: world.provider.insights, contracts: insightsContracts },
    ],
    clock: world.clock,
    logger: silentLogger,
    region: "redmond",
    publicBaseUrl,
    authenticator: createDevelopmentAuthenticator(silentLogger),
    ...options,
  });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const seen: SeenExchange[] = [];
  const isNew = createShapeFilter();
  const endWatch = watchExchanges(
    (exchange) => void (isNew(exchange) && seen.push(exchange)),
    (one) => one === server,
  );
  const address = `http://127.0.0.1:${port}`;
  const send: ProviderServer["send"] = (method, path, sent) =>
    exchange(address, method, path, sent);
  return {
    world,
    address,
    send,
    finish: async (accepted) => {
      const url = accepted.headers.get("azure-asyncoperation") ?? "";
      assert.match(url, /^https:/, `No operation: ${accepted.status} ${accepted.text}`);
      await world.finish(/[0-9a-f-]{36}(?=\?)/.exec(url)?.[0] ?? "");
      return send("GET", url);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      endWatch();
      await world.close();
      await checkExchanges(seen);
    },
  };
}

async function exchange(
  address: string,
  method: string,
  path: string,
  { version = "2026-12-01", body, headers = {}, isFromElsewhere = false }: SendOptions = {},
): Promise<Exchange> {
  const asked = new URL(path, address);
  if (!asked.searchParams.has("api-version")) asked.searchParams.set("api-version", version);
  const url = `${address}${asked.pathname}${asked.search}`;
  const requestHeaders = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(isFromElsewhere ? { [unwatchedHeader]: "yes" } : {}),
    ...headers,
  };
  const response = await fetch(url, {
    method,
    headers: requestHeaders,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: Json = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** A location of 2026-12-01 in the region `redmond`. */
export function aModernLocation(properties: object = {}, envelope: object = {}): Json {
  return {
    location: "redmond",
    properties: {
      store: { kind: "Local", path: "/backup" },
      encryption: { recipients: [{ certificateBase64: aCertificate("north") }] },
      ...properties,
    },
    ...envelope,
  };
}
