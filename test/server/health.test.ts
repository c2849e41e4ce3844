import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createHealthResponder, type HealthCheck } from "../../src/server/health.ts";
import { recordLog } from "../support/log-recorder.ts";

const well: HealthCheck = { name: "state", check: () => Promise.resolve() };

async function serveHealth(
  checks: readonly HealthCheck[],
  act: (url: string, log: ReturnType<typeof recordLog>) => Promise<void>,
  isDraining: () => boolean = () => false,
): Promise<void> {
  const log = recordLog();
  const answer = createHealthResponder({
    checks,
    logger: log.logger,
    isDraining,
    timeLimitMilliseconds: 50,
  });
  const server = createServer((request, response) => {
    if (!answer(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, log);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("health", () => {
  it("is live whatever the checks say", () =>
    serveHealth(
      [{ name: "state", check: () => Promise.reject(new Error("down")) }],
      async (url) => {
        const response = await fetch(`${url}/livez`);
        assert.equal(response.status, 200);
        assert.deepEqual(await response.json(), { status: "ok" });
      },
    ));

  it("is ready when every check passes", () =>
    serveHealth([well], async (url) => {
      const response = await fetch(`${url}/readyz?verbose`);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      assert.deepEqual(await response.json(), {
        status: "ok",
        checks: [{ name: "state", status: "ok" }],
      });
    }));

  it("names failing checks and keeps causes in the log", () => {
    const check = (): Promise<void> => Promise.reject(new Error("disk canary"));
    return serveHealth([well, { name: "store", check }], async (url, log) => {
      const response = await fetch(`${url}/readyz`);
      assert.equal(response.status, 503);
      const text = await response.text();
      assert.ok(!text.includes("canary"));
      assert.deepEqual((JSON.parse(text) as { checks: unknown[] }).checks[1], {
        name: "store",
        status: "failing",
      });
      assert.equal(log.lines[0]?.fields["error"], "disk canary");
    });
  });

  it("answers in time when a check hangs", () => {
    let isAborted = false;
    const check = (signal: AbortSignal): Promise<void> =>
      new Promise(() => signal.addEventListener("abort", () => (isAborted = true)));
    return serveHealth([{ name: "store", check }], async (url) => {
      const response = await fetch(`${url}/readyz`);
      assert.equal(response.status, 503);
      assert.match(await response.text(), /"status":"late"/);
      assert.ok(isAborted);
    });
  });

  it("takes a check that throws at once as failing", () => {
    const check = (): Promise<void> => {
      throw new Error("broken");
    };
    return serveHealth([{ name: "store", check }], async (url) => {
      assert.equal((await fetch(`${url}/readyz`)).status, 503);
    });
  });

  it("shares one run of checks among callers", () => {
    let runs = 0;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const check = (): Promise<void> => {
      runs += 1;
      setTimeout(release, 10);
      return gate;
    };
    return serveHealth([{ name: "state", check }], async (url) => {
      const all = await Promise.all([1, 2, 3].map(() => fetch(`${url}/readyz`)));
      assert.deepEqual(
        all.map(({ status }) => status),
        [200, 200, 200],
      );
      assert.ok(runs < 3);
    });
  });

  it("is not ready while draining", () =>
    serveHealth(
      [well],
      async (url) => {
        const response = await fetch(`${url}/readyz`);
        assert.equal(response.status, 503);
        assert.match(await response.text(), /draining/);
        assert.equal((await fetch(`${url}/livez`)).status, 200);
      },
      () => true,
    ));

  it("answers HEAD without a body, others with 405", () =>
    serveHealth([well], async (url) => {
      const head = await fetch(`${url}/readyz`, { method: "HEAD" });
      assert.equal(head.status, 200);
      const posted = await fetch(`${url}/livez`, { method: "POST" });
      assert.equal(posted.status, 405);
      assert.equal(posted.headers.get("allow"), "GET, HEAD");
      assert.equal((await fetch(`${url}/livezz`)).status, 418);
    }));
});
