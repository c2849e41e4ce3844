import type { IncomingMessage, ServerResponse } from "node:http";

/** One thing readiness depends on: resolves when it is well, throws when not. Never a backup store. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** Answers `/livez` and `/readyz`; false for any other address. */
export type HealthHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/**
 * `/livez` says that the event loop turns. `/readyz` runs the checks; it says no while one fails or while the
 * service drains, and names each check. What a check throws stays inside.
 */
export function createHealthHandler(
  checks: readonly HealthCheck[],
  isDraining: () => boolean,
): HealthHandler {
  return async (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (path !== "/livez" && path !== "/readyz") return false;
    if (request.method !== "GET" && request.method !== "HEAD") {
      writeJson(response, 405, { status: "use GET" }, { Allow: "GET, HEAD" });
    } else if (path === "/livez") {
      writeJson(response, 200, { status: "ok" });
    } else {
      const results = await Promise.all(checks.map(runCheck));
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

async function runCheck(one: HealthCheck): Promise<CheckResult> {
  try {
    await one.check();
    return { name: one.name, ok: true };
  } catch {
    return { name: one.name, ok: false };
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
