import express from "express";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ArmHandler } from "../arm/pipeline.ts";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { createHealthHandler, type HealthCheck } from "./health.ts";
import { answerTunnel, watchBrokenRequests, writeBareError } from "./raw-answers.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Present: HTTPS only. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string } | undefined;
  readonly armHandler: ArmHandler;
  readonly healthChecks: readonly HealthCheck[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<ServerLimits> | undefined;
}

/** What one connection or caller may take from the service. */
export interface ServerLimits {
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly keepAliveMilliseconds: number;
  readonly headerCount: number;
  readonly connections: number;
  /** How long answers under way may take once the service closes. */
  readonly drainMilliseconds: number;
}

export interface RunningServer {
  /** `http://host:port`, as bound. */
  readonly url: string;
  /** Readiness turns false, no new connection is taken, answers under way are finished. Again is harmless. */
  close(): Promise<void>;
}

const defaultLimits: ServerLimits = {
  headersMilliseconds: 10_000,
  // ARM itself gives up at 60 seconds.
  requestMilliseconds: 30_000,
  // Longer than what load balancers keep idle connections for.
  keepAliveMilliseconds: 75_000,
  headerCount: 100,
  connections: 1_000,
  drainMilliseconds: 10_000,
};

/** Starts to listen; rejects with `InvalidConfiguration` when the address or the certificate cannot be used. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...defaultLimits, ...options.limits };
  let draining = false;
  const app = createApp(options, () => draining);
  const server = createListener(app, options, limits);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "http" : "https";
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const url = `${scheme}://${host}:${port}`;
  options.logger.info("Listening", { address: url });
  let closing: Promise<void> | undefined;
  return {
    url,
    close() {
      draining = true;
      closing ??= drain(server, options.clock, limits.drainMilliseconds);
      return closing;
    },
  };
}

function createApp(options: ServerOptions, isDraining: () => boolean): express.Express {
  const app = express();
  // A 304 or a page of HTML would break every ARM client.
  app.set("etag", false);
  app.set("query parser", "simple");
  app.disable("x-powered-by");
  app.set("trust proxy", false);
  const answerHealth = createHealthHandler(options.healthChecks, isDraining);
  app.use(async (request, response, next) => {
    if (isDraining()) response.setHeader("Connection", "close");
    if (!(await answerHealth(request, response))) next();
  });
  app.use((request, response) => options.armHandler(request, response));
  app.use(answerLastError(options.logger));
  return app;
}

/** The net below everything: the pipeline answers its own errors, so this line means a bug. */
function answerLastError(logger: Logger): express.ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (error: unknown, _request, response, _next) => {
    logger.error("Request failed outside the pipeline", {
      errorType: error instanceof Error ? error.name : typeof error,
    });
    if (response.headersSent) response.destroy();
    else writeBareError(response, "InternalServerError");
  };
}

function createListener(
  app: express.Express,
  options: ServerOptions,
  limits: ServerLimits,
): Server {
  const settings = {
    headersTimeout: limits.headersMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMilliseconds),
    insecureHTTPParser: false,
  };
  const server = createSecureOrPlain(app, options, settings);
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.connections;
  // Node would answer an unknown Expect itself, without a body.
  server.on("checkExpectation", app);
  const broken = watchBrokenRequests();
  server.on("request", broken.note);
  server.on("clientError", broken.answer);
  server.on("connect", answerTunnel);
  return server;
}

function createSecureOrPlain(
  app: express.Express,
  { tls }: ServerOptions,
  settings: Parameters<typeof createHttpServer>[0] & object,
): Server {
  if (tls === undefined) return createHttpServer(settings, app);
  try {
    const { certPem, keyPem } = tls;
    return createHttpsServer(
      { ...settings, cert: certPem, key: keyPem, minVersion: "TLSv1.2" },
      app,
    );
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
    server.once("error", (cause: NodeJS.ErrnoException) => {
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
    });
    server.listen({ host, port }, resolve);
  });
}

async function drain(server: Server, clock: Clock, milliseconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const waiting = new AbortController();
  const late = clock.sleep(milliseconds, waiting.signal).then(
    () => server.closeAllConnections(),
    () => undefined,
  );
  await Promise.race([closed, late]);
  waiting.abort();
  await closed;
}
