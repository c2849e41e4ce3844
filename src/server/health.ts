import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";

/** One thing readiness depends on: resolves when it is well, throws when not. Never a backup store. */
export interface HealthCheck {
  readonly name: string;
  check(signal: AbortSignal): Promise<void>;
}

export interface HealthOptions {
  readonly checks: readonly HealthCheck[];
  readonly isDraining: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A check that takes longer has failed; default 2 s. */
  readonly limitMilliseconds?: number | undefined;
}

/** Answers `/livez` and `/readyz`; false for any other address. */
export type HealthHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/**
 * `/livez` says that the event loop turns. `/readyz` runs the checks; it says no while one fails or while the
 * service drains, and names each check. What a check throws stands in the log only.
 */
export function createHealthHandler(options: HealthOptions): HealthHandler {
  const { isDraining } = options;
  const runChecks = shareRuns(options);
  return async (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/livez" && path !== "/readyz") return false;
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") {
      writeJson(response, 405, { status: "use GET" }, { Allow: "GET, HEAD" });
    } else if (path === "/livez") {
      writeJson(response, 200, { status: "ok" });
    } else {
      const results = await runChecks();
      const isReady = !isDraining() && results.every(({ ok }) => ok);
      const status = isDraining() ? "draining" : isReady ? "ok" : "not ready";
      writeJson(response, isReady ? 200 : 503, { status, checks: results });
    }
    return true;
  };
}

interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
}

/** Callers that come while checks run share their outcome: asking often must not become work. */
function shareRuns(options: HealthOptions): () => Promise<readonly CheckResult[]> {
  let running: Promise<readonly CheckResult[]> | undefined;
  return () => {
    running ??= Promise.all(options.checks.map((one) => runCheck(one, options))).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function runCheck(one: HealthCheck, options: HealthOptions): Promise<CheckResult> {
  const done = new AbortController();
  const limit = options.clock.sleep(options.limitMilliseconds ?? 2000, done.signal).then(
    () => Promise.reject(new Error("It takes too long")),
    () => undefined,
  );
  const stop = new AbortController();
  try {
    await Promise.race([one.check(stop.signal), limit]);
    return { name: one.name, ok: true };
  } catch (error) {
    options.logger.warn("A readiness check fails", {
      step: one.name,
      error: error instanceof Error ? error.message : typeof error,
    });
    return { name: one.name, ok: false };
  } finally {
    stop.abort();
    done.abort();
  }
}

function writeJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(bytes.length),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(bytes);
}
