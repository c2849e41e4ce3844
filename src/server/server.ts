import express from "express";
import {
  createServer as createHttpServer,
  IncomingMessage,
  ServerResponse,
  type RequestListener,
  type ServerOptions as HttpServerOptions,
  type Server,
} from "node:http";
import { createServer as createHttpsServer, Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { trackConnections, type Connections } from "./connections.ts";
import { createHealthResponder, type HealthCheck } from "./health.ts";
import { createMetricsResponder } from "./metrics.ts";
import { sendPlainError } from "./plain-answer.ts";
import { answerProtocolFaults, findRequestFault } from "./protocol-faults.ts";

export interface ServerOptions extends AppOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Present: HTTPS only. */
  readonly tls?: TlsOptions | undefined;
  readonly clock: Clock;
  /** How long `/readyz` says no before the port closes, so that balancers notice; none by default. */
  readonly announceMilliseconds?: number | undefined;
  /** Lower ones for tests; what is not given is the usual. */
  readonly limits?: Partial<ConnectionLimits>;
  /** How long answers under way may take once the service closes. */
  readonly drainMilliseconds?: number | undefined;
}

export interface TlsPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface TlsOptions extends TlsPair {
  /** Asks callers for a certificate; whoever shows none, or any, gets as far as the ARM handler. */
  readonly asksForClientCertificate?: boolean;
}

export interface AppOptions {
  /** Answers everything but health; absent on a listener that is for health alone. */
  readonly armHandler?: AppHandler | undefined;
  /** Absent: health is asked for on another listener, and here is nothing at its addresses. */
  readonly healthChecks?: readonly HealthCheck[] | undefined;
  /** The text of `/metrics`; absent: there are none at this listener. */
  readonly renderMetrics?: (() => Promise<string>) | undefined;
  readonly logger: Logger;
}

interface AppHandler {
  (...exchange: Parameters<RequestListener>): void | Promise<void>;
  /** Whether an address is one of its own, whatever becomes of the request; absent: it cannot tell. */
  readonly remembers?: (url: string) => boolean;
}

export interface RunningServer {
  /** `http://host:port`, as bound. */
  readonly url: string;
  /**
   * For connections from now on. Throws `InvalidConfiguration`, and changes nothing, when the two do not
   * fit or the server speaks HTTP.
   */
  replaceCertificate(pair: TlsPair): void;
  /** Readiness turns false, no new connection is taken, answers under way are finished. Again is harmless. */
  close(): Promise<void>;
}

/** One caller must not take all there is: slow senders, idle connections, many connections. Milliseconds. */
interface ConnectionLimits {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly connectionsCheckingInterval: number;
  /** One more is closed at once. */
  readonly maximumConnections: number;
}

const usualLimits: ConnectionLimits = {
  headersTimeout: 10_000,
  // ARM itself gives up at 60 seconds.
  requestTimeout: 30_000,
  // Longer than load balancers keep an idle connection, so that they end it and not we.
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
  maximumConnections: 1_000,
};
const defaultDrainMilliseconds = 10_000;

/** Starts to listen; rejects with `InvalidConfiguration` when the address or the certificate cannot be used. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let isDraining = false;
  const app = createApp(options, () => isDraining);
  const server = createListener(options, app);
  const connections = trackConnections(server);
  answerProtocolFaults(server, connections, options.logger);
  const answerAgain = createShortWay(options);
  // One listener for all that each request is told to: the server hands a request to several at more than they cost.
  server.on("request", (request: express.Request, response: express.Response) => {
    connections.begin(request, response);
    if (answerAgain(request, response)) return;
    // Given an end, Express makes none of its own for each request. Nothing gets there: the app answers all.
    app(request, response, () => void response.destroy());
  });
  server.maxConnections = options.limits?.maximumConnections ?? usualLimits.maximumConnections;
  await listen(server, options);
  const url = urlOf(server, options);
  options.logger.info("Listening", { address: url });
  let closing: Promise<void> | undefined;
  return {
    url,
    replaceCertificate: (pair) => replaceCertificate(server, pair),
    close() {
      isDraining = true;
      closing ??= drain(server, connections, options);
      return closing;
    },
  };
}

/** The outermost handlers: faults of the request as a whole, health, the ARM API, and a net below it. */
export function createApp(options: AppOptions, isDraining: () => boolean): express.Express {
  const { logger, healthChecks: checks } = options;
  const app = express();
  // A 304 or a page of HTML would break every ARM client.
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("trust proxy", false);
  app.disable("x-powered-by");
  const answerHealth =
    checks === undefined ? () => false : createHealthResponder({ checks, logger, isDraining });
  const { renderMetrics: render } = options;
  const answerMetrics = render === undefined ? () => false : createMetricsResponder(render, logger);
  const armHandler: express.RequestHandler | undefined = options.armHandler;
  // One step for all that is ours: each costs a request as much as many of its checks.
  app.use((request, response, next) => {
    const fault = findRequestFault(request);
    if (fault !== undefined) return sendPlainError(response, fault);
    if (answerHealth(request, response) || answerMetrics(request, response)) return undefined;
    return armHandler === undefined ? next() : armHandler(request, response, next);
  });
  app.use((_request, response) => {
    sendPlainError(response, {
      status: 404,
      code: "ResourceNotFound",
      message: "Nothing is at this address: check its path",
    });
  });
  app.use(catchBugs(logger));
  return app;
}

/**
 * Answers at addresses that the API remembers, as the app would; false for any other. The way through the app's layers
 * takes as long as many checks, and whoever polls an address comes to the same step each time.
 */
function createShortWay({
  armHandler,
  logger,
}: AppOptions): (...exchange: Parameters<RequestListener>) => boolean {
  const remembers = armHandler?.remembers;
  if (armHandler === undefined || remembers === undefined) return () => false;
  return (request, response) => {
    if (!remembers(request.url ?? "") || findRequestFault(request) !== undefined) return false;
    const onBug = (error: unknown): void => answerBug(error, response, logger);
    try {
      const answered = armHandler(request, response);
      if (answered instanceof Promise) answered.catch(onBug);
    } catch (error) {
      onBug(error);
    }
    return true;
  };
}

function catchBugs(logger: Logger): express.ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (error: unknown, _request, response, _next) => answerBug(error, response, logger);
}

/** The pipeline answers its own errors, so this means a bug. */
function answerBug(error: unknown, response: ServerResponse, logger: Logger): void {
  const errorType = error instanceof Error ? error.name : typeof error;
  if (response.headersSent) {
    response.destroy();
    logger.error("Request failed outside the pipeline", { errorType });
    return;
  }
  const requestId = sendPlainError(response, {
    status: 500,
    code: "InternalServerError",
    message: "The service failed unexpectedly: give the x-ms-request-id to its operator",
  });
  logger.error("Request failed outside the pipeline", { errorType, requestId });
}

function createListener({ tls, limits }: ServerOptions, app: express.Express): Server {
  // The check for a Host header is ours, so that its answer has a body.
  const settings = {
    ...usualLimits,
    ...limits,
    requireHostHeader: false,
    insecureHTTPParser: false,
    // What has no body is not read to its end: nobody waits for that, and it takes several steps after each answer.
    optimizeEmptyRequests: true,
    ...bornForExpress(app),
  };
  if (tls === undefined) return createHttpServer(settings);
  const { asksForClientCertificate: requestCert = false } = tls;
  return withCertificate(tls, (pair) =>
    // Whom a certificate belongs to is for the ARM handler to judge, which can say what is wrong.
    createHttpsServer({
      ...settings,
      ...pair,
      minVersion: "TLSv1.2",
      requestCert,
      rejectUnauthorized: false,
    }),
  );
}

/**
 * Express gives every request and response the prototype of its app. For objects that have it from the start that is no
 * change; any other costs a request more than its way through the app, and slows all that reads of it.
 */
function bornForExpress(
  app: express.Express,
): Pick<HttpServerOptions, "IncomingMessage" | "ServerResponse"> {
  class AppRequest extends IncomingMessage {}
  class AppResponse<R extends IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request as object);
  Object.setPrototypeOf(AppResponse.prototype, app.response as object);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

function replaceCertificate(server: Server, pair: TlsPair): void {
  withCertificate(pair, (context) => {
    if (!(server instanceof HttpsServer)) throw new Error("The server speaks HTTP");
    server.setSecureContext({ ...context, minVersion: "TLSv1.2" });
  });
}

function withCertificate<T>(
  { certPem: cert, keyPem: key }: TlsPair,
  use: (pair: { readonly cert: string; readonly key: string }) => T,
): T {
  try {
    return use({ cert, key });
  } catch (cause) {
    throw new AppError(
      "InvalidConfiguration",
      "Cannot use the TLS certificate and key: give PEM files that belong together",
      { cause, target: "tls" },
    );
  }
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void =>
      reject(
        new AppError(
          "InvalidConfiguration",
          `Cannot listen on "${host}" port ${port}: choose another address or stop what uses it`,
          {
            cause,
            target: "listen",
            ...(cause.code === undefined ? {} : { nativeCode: cause.code }),
          },
        ),
      );
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

function urlOf(server: Server, { host, tls }: ServerOptions): string {
  const { port } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return `${tls === undefined ? "http" : "https"}://${name}:${port}`;
}

async function drain(
  server: Server,
  connections: Connections,
  { clock, announceMilliseconds = 0, drainMilliseconds = defaultDrainMilliseconds }: ServerOptions,
): Promise<void> {
  if (announceMilliseconds > 0) await clock.sleep(announceMilliseconds);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.closeWhenIdle();
  const done = new AbortController();
  const late = clock.sleep(drainMilliseconds, done.signal).then(
    () => connections.destroyAll(),
    () => undefined,
  );
  await closed;
  done.abort();
  await late;
}
