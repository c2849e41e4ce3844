import { drawBar, say } from "./console.ts";

/** A caller of the API that does what clients of ARM do, with nothing but what Node brings. */
export interface ArmClient {
  get(path: string): Promise<unknown>;
  /** Sends a change or an action and waits for its end; brings what it leads to. */
  run(method: "PUT" | "POST", path: string, body: unknown): Promise<unknown>;
}

interface OperationStatus {
  readonly status: string;
  readonly percentComplete?: number;
  readonly progress?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
}

const apiVersion = "2026-12-01";
const patienceMilliseconds = 300_000;

export function createArmClient(base: string, signal: AbortSignal): ArmClient {
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const url = new URL(path, base);
    if (!url.searchParams.has("api-version")) url.searchParams.set("api-version", apiVersion);
    const response = await fetch(url, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: body === undefined ? {} : { "content-type": "application/json" },
    });
    if (response.ok) return response;
    const answer = (await response.json().catch(() => ({}))) as {
      error?: OperationStatus["error"];
    };
    const { code = "", message = "no reason given" } = answer.error ?? {};
    throw new Error(`${method} ${url.pathname} answered ${response.status} ${code}: ${message}`);
  };
  return {
    get: async (path) => (await send("GET", path)).json(),
    run: async (method, path, body) => {
      const accepted = await send(method, path, body);
      const statusUrl = accepted.headers.get("azure-asyncoperation");
      if (statusUrl === null) return accepted.json();
      await accepted.arrayBuffer();
      await waitForEnd(send, statusUrl, accepted);
      const resultUrl = method === "PUT" ? path : (accepted.headers.get("location") ?? path);
      const result = await send("GET", resultUrl);
      return result.status === 204 ? undefined : result.json();
    },
  };
}

/** Asks for the state as often as the service says, until it is final. */
async function waitForEnd(
  send: (method: string, path: string) => Promise<Response>,
  statusUrl: string,
  accepted: Response,
): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  let answer = accepted;
  let shown = -10;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, retryAfter(answer)));
    answer = await send("GET", statusUrl);
    const {
      status,
      percentComplete = 0,
      progress = status,
      error,
    } = (await answer.json()) as OperationStatus;
    drawBar(percentComplete, progress);
    if (!process.stdout.isTTY && percentComplete >= shown + 10) {
      say(`  ${Math.floor(percentComplete)} %  ${progress}`);
      shown = percentComplete;
    }
    if (status === "Succeeded") return;
    if (status === "Failed" || status === "Canceled") {
      throw new Error(
        `The operation ended ${status}: ${error?.message ?? ""} (${error?.code ?? ""})`,
      );
    }
  }
  throw new Error("The operation does not end: see the log of the service");
}

function retryAfter(answer: Response): number {
  const seconds = Number(answer.headers.get("retry-after"));
  return (seconds > 0 ? seconds : 1) * 1000;
}
