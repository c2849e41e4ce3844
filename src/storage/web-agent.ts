import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent, AgentOptions } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import type { Duplex } from "node:stream";

// Not imported: that would read every member of the module, and with them load a client of WebSocket.
const http = process.getBuiltinModule("node:http");
const https = process.getBuiltinModule("node:https");

const connectMilliseconds = 15_000;
const idleMilliseconds = 60_000; // some services take half a minute to commit a large object
const mostConnections = 16;

export interface WebConnectionOptions {
  /** PEM of authorities to trust instead of those of the system. */
  readonly caPem?: string | readonly string[];
  /** Looks a host's name up and judges the address, for each connection anew; throws to refuse it. */
  readonly resolve?: (host: string, port: number) => Promise<ResolvedAddress>;
  readonly connectMilliseconds?: number;
  /** How long a connection in use may carry no byte. */
  readonly idleMilliseconds?: number;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export type WebAgent = HttpAgent | HttpsAgent;

/** A store's own pool of connections; a silent peer is cut off with `ETIMEDOUT`. The caller destroys it. */
export function createWebAgent(url: URL, options: WebConnectionOptions): WebAgent {
  const limits = {
    connect: options.connectMilliseconds ?? connectMilliseconds,
    idle: options.idleMilliseconds ?? idleMilliseconds,
  };
  const agentOptions: AgentOptions = {
    keepAlive: true,
    maxSockets: mostConnections,
    timeout: limits.idle,
    ...(options.resolve === undefined ? {} : { lookup: lookUpBy(options.resolve, portOf(url)) }),
  };
  if (url.protocol === "http:") return new LimitedHttpAgent(agentOptions, limits);
  const { caPem } = options;
  const ca = caPem === undefined ? {} : { ca: typeof caPem === "string" ? caPem : [...caPem] };
  // Said aloud: else NODE_TLS_REJECT_UNAUTHORIZED=0, set for some other program, would switch the check off.
  const checks = { rejectUnauthorized: true, minVersion: "TLSv1.2" } as const;
  return new LimitedHttpsAgent({ ...agentOptions, ...ca, ...checks }, limits);
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "http:" ? 80 : 443;
}

interface SocketLimits {
  readonly connect: number;
  readonly idle: number;
}

class LimitedHttpAgent extends http.Agent {
  readonly #limits: SocketLimits;

  constructor(options: AgentOptions, limits: SocketLimits) {
    super(options);
    this.#limits = limits;
  }

  override createConnection(...args: Parameters<HttpAgent["createConnection"]>): Duplex {
    return limitSocket(super.createConnection(...args), "connect", this.#limits);
  }
}

class LimitedHttpsAgent extends https.Agent {
  readonly #limits: SocketLimits;

  constructor(options: AgentOptions, limits: SocketLimits) {
    super(options);
    this.#limits = limits;
  }

  override createConnection(...args: Parameters<HttpsAgent["createConnection"]>): Duplex {
    return limitSocket(super.createConnection(...args), "secureConnect", this.#limits);
  }
}

/** Cuts a socket off that does not get ready, or that falls silent while it is in use. */
function limitSocket(
  duplex: Duplex | null | undefined,
  readyEvent: "connect" | "secureConnect",
  limits: SocketLimits,
): Duplex {
  const socket = duplex as Socket;
  const cutOff = (): void => {
    const error = new Error("the connection was silent for too long");
    socket.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  };
  const timer = setTimeout(cutOff, limits.connect);
  socket.once(readyEvent, () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  // The agent arms this timer, and again for each reuse of the socket.
  socket.on("timeout", cutOff);
  return socket;
}

function lookUpBy(
  resolve: NonNullable<WebConnectionOptions["resolve"]>,
  port: number,
): LookupFunction {
  return (host, options, callback) => {
    void answerLookup(resolve(host, port), options.all === true, callback);
  };
}

async function answerLookup(
  found: Promise<ResolvedAddress>,
  wantsList: boolean,
  callback: Parameters<LookupFunction>[2],
): Promise<void> {
  const [result] = await Promise.allSettled([found]);
  if (result.status === "rejected") return callback(result.reason as Error, "", 4);
  const { address, family } = result.value;
  if (wantsList) callback(null, [{ address, family }]);
  else callback(null, address, family);
}
