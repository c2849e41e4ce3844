import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { createNoticeSender } from "../../src/notify/send-notice.ts";
import type { NoticeSender, RouteTarget } from "../../src/notify/route-target.ts";
import { aNotice } from "../support/a-notice.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const secret = "a secret of the two";
const never = new AbortController().signal;
const seconds = 1_772_452_800;

describe("webhook and heartbeat", () => {
  let server: Server;
  let secure: Server;
  let sender: NoticeSender;
  let status = 204;
  let received: Received[] = [];
  const portOf = (one: Server): number => (one.address() as AddressInfo).port;
  const { certPem, keyPem } = makeTlsPair();

  before(async () => {
    const answer: Parameters<typeof createServer>[1] = (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        const { method, url: path, headers } = request;
        received.push({ method, path, headers, body });
        response.writeHead(status, { Location: "http://127.0.0.1:1/" }).end();
      });
    };
    server = createServer(answer).listen(0, "127.0.0.1");
    secure = createSecureServer({ cert: certPem, key: keyPem }, answer).listen(0, "127.0.0.1");
    await Promise.all([once(server, "listening"), once(secure, "listening")]);
    sender = createNoticeSender({
      allowedHosts: [`http://127.0.0.1:${portOf(server)}`, `127.0.0.1:${portOf(secure)}`],
      authorities: certPem,
      now: () => seconds * 1000,
      hostName: "site",
    });
  });
  after(() => {
    for (const one of [server, secure]) {
      one.closeAllConnections();
      one.close();
    }
  });
  beforeEach(() => {
    status = 204;
    received = [];
  });
  const hook = (url: string): RouteTarget => ({ kind: "webhook", url, signingSecret: secret });
  const plain = (path = "/hook"): string => `http://127.0.0.1:${portOf(server)}${path}`;

  it("A81: sends the message with a signature that its receiver can check", async () => {
    await sender.send(hook(`https://127.0.0.1:${portOf(secure)}/hook?key=1`), aNotice(), never);
    const [one] = received;
    assert.equal(one?.method, "POST");
    assert.equal(one.path, "/hook?key=1");
    assert.deepEqual(JSON.parse(one.body), aNotice());
    const expected = createHmac("sha256", secret).update(`${seconds}.${one.body}`).digest("hex");
    assert.equal(one.headers["holdfast-signature"], `t=${seconds},v1=${expected}`);
    assert.equal(one.headers["holdfast-delivery"], aNotice().id);
    assert.equal(one.headers["holdfast-event"], "AlertOpened");
  });

  it("sends a heartbeat by GET or POST", async () => {
    for (const method of ["GET", "POST"] as const)
      await sender.send({ kind: "heartbeat", url: plain("/ping/abc"), method }, aNotice(), never);
    assert.deepEqual(
      received.map(({ method, path, body }) => [method, path, body]),
      [
        ["GET", "/ping/abc", ""],
        ["POST", "/ping/abc", aNotice().title],
      ],
    );
  });

  for (const [code, retryable] of [
    [500, true],
    [503, true],
    [429, true],
    [400, false],
    [404, false],
    [302, false],
  ] as const) {
    it(`takes ${code} for a failure ${retryable ? "that may pass" : "for good"}, and follows no redirect`, async () => {
      status = code;
      await assert.rejects(
        sender.send(hook(plain("/secret-path")), aNotice(), never),
        (error: Error) => {
          const expected = { code: "NotificationFailed", retryable, nativeCode: String(code) };
          assert.deepEqual({ ...error }, { ...error, ...expected });
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
      assert.equal(received.length, 1);
    });
  }

  it("tries again where nobody listens, and stops when told", async () => {
    const dead = createNoticeSender({
      allowedHosts: ["http://127.0.0.1:1"],
      now: () => 0,
      hostName: "s",
    });
    await assert.rejects(dead.send(hook("http://127.0.0.1:1/"), aNotice(), never), {
      code: "NotificationFailed",
      retryable: true,
      nativeCode: "ECONNREFUSED",
    });
    await assert.rejects(sender.send(hook(plain()), aNotice(), AbortSignal.abort()), {
      code: "NotificationFailed",
    });
  });

  it("says of a host that nobody knows that the message was not delivered", async () => {
    const lost = createNoticeSender({
      ...{ allowedHosts: undefined, now: () => 0, hostName: "s" },
      lookUp: () => Promise.resolve([]),
    });
    await assert.rejects(lost.send(hook("https://hooks.example/"), aNotice(), never), {
      code: "NotificationFailed",
      message: /^Cannot find the host "hooks.example": check its spelling/,
      retryable: false,
    });
  });

  it("does not trust whoever answers", async () => {
    const strict = createNoticeSender({
      allowedHosts: [`127.0.0.1:${portOf(secure)}`],
      now: () => 0,
      hostName: "s",
    });
    const url = `https://127.0.0.1:${portOf(secure)}/hook`;
    await assert.rejects(strict.send(hook(url), aNotice(), never), { retryable: false });
    assert.equal(received.length, 0);
  });

  it("A46, A81: sends nothing to a host that is not allowed, whatever its name leads to", async () => {
    const open = createNoticeSender({
      allowedHosts: undefined,
      now: () => 0,
      hostName: "s",
      lookUp: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
    });
    const refused = { code: "NotificationHostNotAllowed" };
    for (const url of [
      plain(),
      `https://127.0.0.1:${portOf(secure)}/`,
      "https://169.254.169.254/latest",
      "https://[::1]/",
      "https://localhost/",
    ]) {
      assert.throws(() => open.check(hook(url)), refused, url);
      await assert.rejects(open.send(hook(url), aNotice(), never), refused, url);
    }
    // The name passes; its address does not.
    const url = `https://hooks.example:${portOf(secure)}/`;
    open.check(hook(url));
    await assert.rejects(open.send(hook(url), aNotice(), never), refused);
    assert.equal(received.length, 0);
  });

  it("refuses addresses and secrets that are none", () => {
    for (const url of [
      "",
      "ftp://a.example/",
      "not a url",
      "https://user:pw@a.example/",
      "https://a.example/#x",
    ])
      assert.throws(
        () => sender.check(hook(url)),
        { code: "InvalidNotificationRoute", target: "targetUrl" },
        url,
      );
    assert.throws(() => sender.check({ kind: "webhook", url: plain(), signingSecret: "short" }), {
      code: "InvalidNotificationRoute",
      target: "signingSecret",
    });
  });
});
