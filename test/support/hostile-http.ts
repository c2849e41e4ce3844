import assert from "node:assert/strict";
import { request as sendHttp, type Agent, type IncomingMessage } from "node:http";

/** A request no client would send. */
export interface Attack {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isJson: boolean;
}

export interface Outcome {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

const timeLimitMilliseconds = 10_000;

/** Sends it as it is; rejects when no answer comes in time. */
export function sendAttack(url: string, agent: Agent, one: Attack): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const hasBody = one.method !== "TRACE" && one.method !== "HEAD";
  const bytes = Buffer.from(hasBody ? one.body : "");
  return new Promise((resolve, reject) => {
    const outgoing = sendHttp({
      hostname,
      port,
      agent,
      method: one.method,
      path: `${one.path}?${one.query}`.replaceAll(/[^!-~]/g, "_"),
      headers: {
        ...(one.isJson ? { "content-type": "application/json" } : {}),
        ...one.headers,
        ...(hasBody ? { "content-length": String(bytes.length) } : {}),
      },
    });
    outgoing.setTimeout(timeLimitMilliseconds, () => outgoing.destroy(new Error("It hangs")));
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.end(bytes);
  });
}

/** No 5xx, no redirect, no HTML, and every failure an ARM error. */
export function assertArmAnswer(method: string, { status, headers: sent, text }: Outcome): void {
  assert.ok(status >= 200 && status < 500 && Math.floor(status / 100) !== 3, `${status} ${text}`);
  assert.match(String(sent["x-ms-request-id"]), /^[0-9a-f-]{36}$/);
  assert.doesNotMatch(text, /<html|<!doctype|    at /i);
  if (text !== "") {
    assert.match(sent["content-type"] ?? "", /^application\/json/);
    const json = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    if (status >= 400) {
      assert.match(String(json.error?.code), /^[A-Z][A-Za-z]+$/);
      assert.ok(String(json.error?.message).length > 10);
      assert.equal(sent["x-ms-error-code"], json.error?.code);
    }
  } else if (status >= 400) {
    assert.equal(method, "HEAD");
  }
}
