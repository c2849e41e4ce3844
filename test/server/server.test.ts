import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { get as getHttps } from "node:https";
import type { IncomingMessage } from "node:http";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import {
  createApp,
  startServer,
  type RunningServer,
  type ServerOptions,
} from "../../src/server/server.ts";
import { recordLog } from "../support/log-recorder.ts";
import { openSocket, readAnswer, sendRaw, type RawAnswer } from "../support/raw-http.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const echo: RequestListener = (request, response) => {
  request.resume();
  response.writeHead(200, { "Content-Type": "application/json" }).end('{"ok":true}');
};

const common = { host: "127.0.0.1", port: 0, healthChecks: [], clock: systemClock } as const;

async function serve(
  options: Partial<ServerOptions>,
  act: (url: string, server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({
    ...common,
    armHandler: echo,
    logger: silentLogger,
    drainMilliseconds: 2000,
    ...options,
  });
  try {
    await act(server.url, server);
  } finally {
    await server.close();
  }
}

function assertArmError(answer: RawAnswer | undefined, status: number, code: string): void {
  assert.equal(answer?.status, status);
  assert.match(answer.headers["content-type"] ?? "", /^application\/json/);
  const { error } = JSON.parse(answer.body) as { error: { code: string; message: string } };
  assert.equal(error.code, code);
  assert.notEqual(error.message, "");
  assert.equal(answer.headers["x-ms-error-code"], code);
  assert.match(answer.headers["x-ms-request-id"] ?? "", /^[0-9a-f-]{36}$/);
}

/** A handler whose requests wait until the test lets them go. */
function createGate(): {
  readonly handler: RequestListener;
  readonly entered: Promise<void>;
  open(): void;
} {
  let enter = (): void => undefined;
  let open = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  const handler: RequestListener = (request, response) => {
    enter();
    void opened.then(() => echo(request, response));
  };
  return { handler, entered, open: () => open() };
}

describe("server", () => {
  it("answers over HTTP on a free port", () =>
    serve({}, async (url) => {
      const response = await fetch(`${url}/anything`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("x-powered-by"), null);
      assert.equal(response.headers.get("etag"), null);
    }));

  it("rule 21: Express adds nothing of its own", () => {
    const app = createApp(
      { armHandler: echo, healthChecks: [], logger: silentLogger },
      () => false,
    );
    assert.equal(app.get("etag"), false);
    assert.equal(app.enabled("x-powered-by"), false);
    assert.equal(app.get("query parser"), "simple");
    assert.equal(app.enabled("trust proxy"), false);
    assert.equal(app.enabled("case sensitive routing"), false);
  });

  it("gives requests what Express gives them from the start, so that it changes none", async () => {
    const seen: unknown[] = [];
    const armHandler: RequestListener = (request, response) => {
      const names = [request, response].map((one) => one.constructor.name);
      seen.push([...names, "app" in request, "app" in response]);
      echo(request, response);
    };
    for (const tls of [undefined, makeTlsPair()])
      await serve({ armHandler, tls }, async (url) => {
        if (tls === undefined) await (await fetch(url)).text();
        else await once(getHttps(url, { ca: tls.certPem, agent: false }), "response");
      });
    const expected = ["AppRequest", "AppResponse", true, true];
    assert.deepEqual(seen, [expected, expected]);
  });

  it("answers over HTTPS with its certificate", async () => {
    const tls = makeTlsPair();
    await serve({ tls }, async (url) => {
      assert.match(url, /^https:/);
      const request = getHttps(`${url}/livez`, { ca: tls.certPem, agent: false });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      assert.equal(response.statusCode, 200);
    });
  });

  it("refuses a certificate that does not fit", async () => {
    const { certPem } = makeTlsPair();
    const { keyPem } = makeTlsPair();
    await assert.rejects(
      startServer({
        ...common,
        tls: { certPem, keyPem },
        armHandler: echo,
        logger: silentLogger,
      }),
      (error) => isAppError(error, "InvalidConfiguration"),
    );
  });

  it("names a port that is taken", () =>
    serve({}, async (url) => {
      const port = Number(new URL(url).port);
      await assert.rejects(
        startServer({
          ...common,
          port,
          armHandler: echo,
          logger: silentLogger,
        }),
        (error) =>
          isAppError(error, "InvalidConfiguration") &&
          error.message.includes(String(port)) &&
          error.nativeCode === "EADDRINUSE",
      );
    }));

  it("rule 46: what the handler passes on is 404", () => {
    const pass = ((_request: unknown, _response: unknown, next: () => void) =>
      next()) as unknown as RequestListener;
    return serve({ armHandler: pass }, async (url) => {
      const answer = await sendRaw(url, "GET /%zz/..//x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertArmError(answer, 404, "ResourceNotFound");
    });
  });

  it("rule 51: a bug answers 500 without its words", () => {
    const log = recordLog();
    const handler: RequestListener = () => {
      throw new TypeError("canary in a message");
    };
    return serve({ armHandler: handler, logger: log.logger }, async (url) => {
      const answer = await sendRaw(url, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertArmError(answer, 500, "InternalServerError");
      assert.ok(!answer?.body.includes("canary"));
      assert.ok(!JSON.stringify(log.lines).includes("canary"));
      const line = log.lines.find(({ level }) => level === "error");
      assert.equal(line?.fields["requestId"], answer?.headers["x-ms-request-id"]);
    });
  });

  it("answers at a remembered address as at any other, also what is wrong with a request or with itself", () => {
    const log = recordLog();
    const bugs: (() => Promise<void>)[] = [
      () => Promise.reject(new TypeError("canary")),
      () => {
        throw new TypeError("canary");
      },
    ];
    const throughApp: (string | undefined)[] = [];
    const handler = (...[request, response]: Parameters<RequestListener>): void | Promise<void> => {
      // Express has an address of its own for what comes its way.
      if ("originalUrl" in request) throughApp.push(request.url);
      if (request.url?.startsWith("/bug") === true) return bugs.shift()?.();
      echo(request, response);
    };
    const armHandler = Object.assign(handler, { remembers: (url: string) => url !== "/new" });
    return serve({ armHandler, logger: log.logger }, async (url) => {
      const send = (path: string, head = "Host: a\r\n"): Promise<RawAnswer | undefined> =>
        sendRaw(url, `GET ${path} HTTP/1.1\r\n${head}\r\n`);
      assert.equal((await send("/known"))?.status, 200);
      assert.equal((await send("/new"))?.status, 200);
      assert.deepEqual(throughApp, ["/new"]);
      assertArmError(await send("/known", ""), 400, "InvalidRequest");
      const many = `Host: a\r\n${"X: 1\r\n".repeat(100)}`;
      assertArmError(await send("/known", many), 431, "RequestHeaderFieldsTooLarge");
      for (const bug of ["rejects", "throws"]) {
        const answer = await send(`/bug-${bug}`);
        assertArmError(answer, 500, "InternalServerError");
        assert.ok(!answer?.body.includes("canary"));
        const line = log.lines.findLast(({ level }) => level === "error");
        assert.equal(line?.fields["requestId"], answer?.headers["x-ms-request-id"]);
      }
      assert.deepEqual(throughApp, ["/new"]);
    });
  });

  it("serves health beside the handler", () =>
    serve(
      { healthChecks: [{ name: "state", check: () => Promise.reject(new Error("no")) }] },
      async (url) => {
        assert.equal((await fetch(`${url}/livez`)).status, 200);
        assert.equal((await fetch(`${url}/readyz`)).status, 503);
      },
    ));
});

describe("server, broken HTTP", () => {
  const broken: readonly (readonly [string, string, number, string])[] = [
    ["garbage", "\u0016\u0003\u0001 nonsense\r\n\r\n", 400, "InvalidRequest"],
    [
      "A14: length and chunked together",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
      "InvalidRequest",
    ],
    [
      "A14: folded header",
      "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
      400,
      "InvalidRequest",
    ],
    [
      "A14: two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      400,
      "InvalidRequest",
    ],
    ["blank in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "InvalidRequest"],
    ["no Host header", "GET / HTTP/1.1\r\n\r\n", 400, "InvalidRequest"],
    ["A11: unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "MethodNotAllowed"],
    ["A11: CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405, "MethodNotAllowed"],
    ["odd expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: gold\r\n\r\n", 417, "InvalidRequest"],
    [
      "head of 20 KB",
      `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      431,
      "RequestHeaderFieldsTooLarge",
    ],
    [
      "101 headers",
      `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(100)}\r\n`,
      431,
      "RequestHeaderFieldsTooLarge",
    ],
  ];
  for (const [name, bytes, status, code] of broken) {
    it(`rule 59: ${name} answers ${status}`, () =>
      serve({}, async (url) => {
        const answer = await sendRaw(url, Buffer.from(bytes, "latin1"));
        assertArmError(answer, status, code);
        if (status === 405) assert.match(answer?.headers["allow"] ?? "", /GET/);
      }));
  }

  it("takes a hundred headers", () =>
    serve({}, async (url) => {
      const head = `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(99)}\r\n`;
      assert.equal((await sendRaw(url, head))?.status, 200);
    }));

  it("A14: a bad chunk size ends the connection", async () => {
    const handler: RequestListener = (request, response) => {
      request.on("error", () => undefined).on("end", () => response.end("{}"));
      request.resume();
    };
    await serve({ armHandler: handler }, async (url) => {
      const socket = openSocket(url);
      socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");
      assertArmError(await readAnswer(socket), 400, "InvalidRequest");
      if (!socket.closed) await once(socket, "close");
    });
  });

  it("A14: garbage behind a waiting request is no answer to it", async () => {
    const gate = createGate();
    await serve({ armHandler: gate.handler }, async (url) => {
      const socket = openSocket(url);
      socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await gate.entered;
      socket.write("!!!\r\n\r\n");
      assert.equal(await readAnswer(socket), undefined);
      gate.open();
    });
  });

  it("answers garbage that follows a good request", () =>
    serve({}, async (url) => {
      const socket = openSocket(url);
      socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assert.equal((await readAnswer(socket))?.status, 200);
      socket.write("!!!\r\n\r\n");
      assertArmError(await readAnswer(socket), 400, "InvalidRequest");
      if (!socket.closed) await once(socket, "close");
    }));
});

describe("server, closing", () => {
  it("rule 261: lets running requests end", async () => {
    const gate = createGate();
    const server = await startServer({
      ...common,
      armHandler: gate.handler,
      logger: silentLogger,
    });
    const answered = fetch(`${server.url}/slow`);
    await gate.entered;
    let isClosed = false;
    const closed = server.close().then(() => (isClosed = true));
    await assert.rejects(fetch(`${server.url}/new`));
    assert.equal(isClosed, false);
    gate.open();
    const response = await answered;
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("connection"), "close");
    await closed;
  });

  it("does not wait for idle connections", () =>
    serve({ drainMilliseconds: 60_000 }, async (url, server) => {
      const [fresh, used] = [openSocket(url), openSocket(url)];
      await once(fresh, "connect");
      used.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await readAnswer(used);
      await server.close();
      for (const socket of [fresh, used]) if (!socket.closed) await once(socket.resume(), "close");
    }));

  it("cuts requests that outlast the drain", async () => {
    const gate = createGate();
    const server = await startServer({
      ...common,
      armHandler: gate.handler,
      logger: silentLogger,
      drainMilliseconds: 50,
    });
    const answered = assert.rejects(fetch(`${server.url}/stuck`));
    await gate.entered;
    await server.close();
    await answered;
    gate.open();
  });

  it("announces the end before the port closes", async () => {
    const server = await startServer({
      ...common,
      armHandler: echo,
      logger: silentLogger,
      announceMilliseconds: 300,
    });
    const closed = server.close();
    const response = await fetch(`${server.url}/readyz`);
    assert.equal(response.status, 503);
    await response.text();
    await closed;
    await assert.rejects(fetch(`${server.url}/readyz`));
  });

  it("closes twice like once", () =>
    serve({}, async (_url, server) => {
      await Promise.all([server.close(), server.close()]);
    }));

  it("rule 261: lets running HTTPS requests end", async () => {
    const tls = makeTlsPair();
    const gate = createGate();
    const server = await startServer({
      ...common,
      tls,
      armHandler: gate.handler,
      logger: silentLogger,
    });
    const request = getHttps(`${server.url}/slow`, { ca: tls.certPem, agent: false });
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    await gate.entered;
    const closed = server.close();
    gate.open();
    const [response] = await answered;
    response.resume();
    assert.equal(response.statusCode, 200);
    await closed;
  });
});
