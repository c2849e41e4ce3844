import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../base/log.ts";

/** One thing readiness depends on: resolves when it is well, rejects when not. Never a backup store. */
export interface HealthCheck {
  readonly name: string;
  check(signal: AbortSignal): Promise<void>;
}

export interface HealthOptions {
  readonly checks: readonly HealthCheck[];
  readonly logger: Logger;
  /** True while the server drains: it is alive but takes no new work. */
  readonly isDraining: () => boolean;
  /** Longest any check may take; default 2 s. */
  readonly timeLimitMilliseconds?: number;
}

/**
 * Answers `/livez` and `/readyz`; false for any other path. An answer names checks and says no more:
 * whoever reaches the port may read it. Why a check fails stands in the log.
 */
export type HealthResponder = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createHealthResponder(options: HealthOptions): HealthResponder {
  const runChecks = shareRuns(options);
  return (request, response) => {
    const url = request.url ?? "";
    // Nearly all that comes is something else.
    if (!url.startsWith("/livez") && !url.startsWith("/readyz")) return false;
    const path = url.split("?", 1)[0];
    if (path !== "/livez" && path !== "/readyz") return false;
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      send(request, response, 405, {
        error: { code: "MethodNotAllowed", message: "Health is read with GET" },
      });
    } else if (path === "/livez") {
      send(request, response, 200, { status: "ok" });
    } else if (options.isDraining()) {
      send(request, response, 503, { status: "draining", checks: [] });
    } else {
      void runChecks().then((checks) => {
        const isReady = checks.every(({ status }) => status === "ok");
        const status = isReady ? "ok" : "failing";
        send(request, response, isReady ? 200 : 503, { status, checks });
      });
    }
    return true;
  };
}

interface CheckResult {
  readonly name: string;
  readonly status: "ok" | "failing" | "late";
}

/** Callers that come while checks run share their outcome: asking often must not become work. */
function shareRuns(options: HealthOptions): () => Promise<readonly CheckResult[]> {
  let running: Promise<readonly CheckResult[]> | undefined;
  return () => {
    running ??= Promise.all(options.checks.map((check) => runCheck(check, options))).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function runCheck(check: HealthCheck, options: HealthOptions): Promise<CheckResult> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), options.timeLimitMilliseconds ?? 2000);
  const late = new Promise<"late">((resolve) =>
    limit.signal.addEventListener("abort", () => resolve("late"), { once: true }),
  );
  try {
    if ((await Promise.race([check.check(limit.signal), late])) !== "late")
      return { name: check.name, status: "ok" };
    options.logger.warn("A readiness check takes too long", { step: check.name });
    return { name: check.name, status: "late" };
  } catch (error) {
    options.logger.warn("A readiness check fails", {
      step: check.name,
      error: error instanceof Error ? error.message : "unknown",
    });
    return { name: check.name, status: "failing" };
  } finally {
    clearTimeout(timer);
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text)),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : text);
}
