import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startServer, type ServerOptions } from "../../src/server/server.ts";
import { openSocket, readAnswer, sendRaw } from "../support/raw-http.ts";

/** Answers when the whole body is there. */
const echo: RequestListener = (request, response) => {
  buffer(request).then(
    () => response.end("{}"),
    () => undefined,
  );
};

async function serve(
  limits: ServerOptions["limits"],
  act: (url: string) => Promise<void>,
): Promise<void> {
  const server = await startServer({
    ...{ host: "127.0.0.1", port: 0, clock: systemClock, logger: silentLogger },
    ...(limits === undefined ? {} : { limits }),
    armHandler: echo,
    drainMilliseconds: 100,
  });
  try {
    await act(server.url);
  } finally {
    await server.close();
  }
}

const patience = 20_000;
const hasty = { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 };
const request = "GET / HTTP/1.1\r\nHost: a\r\n";

/** Sends a byte now and then, as long as the connection lives. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write("X"), 20);
  socket.once("close", () => clearInterval(timer));
}

describe("a listener's limits", () => {
  it("A13: headers that come byte by byte end in 408", () =>
    serve(hasty, async (url) => {
      const socket = openSocket(url);
      socket.write(`${request}X-Slow: `);
      drip(socket);
      assert.equal((await readAnswer(socket, patience))?.status, 408);
      socket.destroy();
    }));

  it("A13: a body that comes byte by byte ends in 408", () =>
    serve(hasty, async (url) => {
      const socket = openSocket(url);
      socket.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
      drip(socket);
      assert.equal((await readAnswer(socket, patience))?.status, 408);
      socket.destroy();
    }));

  it("A13: a connection that says nothing is closed", () =>
    serve(hasty, async (url) => {
      const socket = openSocket(url);
      socket.resume();
      await once(socket, "close", { signal: AbortSignal.timeout(patience) });
    }));

  it("A30: one connection too many is closed, and the next one works when another has ended", () =>
    serve({ maximumConnections: 2 }, async (url) => {
      const held = [openSocket(url), openSocket(url)];
      for (const socket of held) {
        socket.write(`${request}\r\n`);
        assert.equal((await readAnswer(socket, patience))?.status, 200);
      }
      assert.equal(await sendRaw(url, `${request}\r\n`, patience), undefined);
      held[0]?.destroy();
      // The listener notices the end a moment later.
      let status: number | undefined;
      while (status === undefined)
        status = (await sendRaw(url, `${request}\r\n`, patience))?.status;
      assert.equal(status, 200);
      held[1]?.destroy();
    }));

  it("rule 262: connections stay open longer than balancers keep them", () =>
    serve(undefined, async (url) => {
      const answer = await sendRaw(url, `${request}\r\n`);
      const seconds = Number(/timeout=(\d+)/.exec(answer?.headers["keep-alive"] ?? "")?.[1]);
      assert.ok(seconds > 60, answer?.headers["keep-alive"]);
    }));

  it("rule 18: an address of eight kilobytes works, a longer one is 414", () =>
    serve(undefined, async (url) => {
      const get = (length: number): string =>
        `GET /${"x".repeat(length - 1)} HTTP/1.1\r\nHost: a\r\n\r\n`;
      assert.equal((await sendRaw(url, get(8192)))?.status, 200);
      const answer = await sendRaw(url, get(8193));
      assert.equal(answer?.status, 414);
      const { error } = JSON.parse(answer.body) as { readonly error: { readonly code: string } };
      assert.equal(error.code, "UriTooLong");
    }));
});
