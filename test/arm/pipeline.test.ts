import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "../support/fake-clock.ts";
import { groupPath, makeOperation } from "../support/fake-provider.ts";
import { openSocket } from "../support/raw-http.ts";
import {
  frontDoor,
  modern,
  old,
  publicBaseUrl,
  thingServiceOfEachTest,
  type Reply,
} from "../support/thing-service.ts";

const boxPath = `${groupPath}/boxes/b1`;

const things = thingServiceOfEachTest();

async function assertError(answer: Promise<Reply>, status: number, code: string): Promise<Reply> {
  const reply = await answer;
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.error.code, code);
  assert.match(reply.headers["content-type"] ?? "", /^application\/json; charset=utf-8$/);
  return reply;
}

describe("answers", () => {
  it("rule 40: bodies are compact JSON of exact length", async () => {
    const body = { name: "é", list: [1, { a: null }], gone: undefined };
    things.service.on("GET box", () => Promise.resolve({ kind: "value", body, etag: "7" }));
    const reply = await things.service.send("GET", `${boxPath}?${modern}`);
    assert.equal(reply.text, '{"name":"é","list":[1,{"a":null}]}');
    assert.equal(reply.headers["content-length"], String(Buffer.byteLength(reply.text)));
    assert.equal(reply.headers.etag, '"7"');
  });

  it("rule 67: created is 201 only where declared", async () => {
    things.service.on("PUT box", () => Promise.resolve({ kind: "value", body: {}, created: true }));
    const options = { body: {} };
    assert.equal((await things.service.send("PUT", `${boxPath}?${modern}`, options)).status, 201);
    assert.equal((await things.service.send("PUT", `${boxPath}?${old}`, options)).status, 200);
  });

  it("rule 40: nothing to say is 204, or 200 where declared", async () => {
    things.service.on("DELETE box", () => Promise.resolve({ kind: "empty" }));
    things.service.on("POST peek", () => Promise.resolve({ kind: "empty" }));
    const deleted = await things.service.send("DELETE", `${boxPath}?${modern}`);
    assert.equal(deleted.status, 204);
    assert.equal(deleted.headers["content-type"], undefined);
    const peeked = await things.service.send("POST", `${boxPath}/peek?${modern}`);
    assert.equal(peeked.status, 200);
    assert.equal(peeked.headers["content-length"], "0");
    assert.equal(peeked.headers["content-type"], undefined);
  });

  it("rule 160: accepted names both poll addresses", async () => {
    things.service.on("POST shake", () =>
      Promise.resolve({ kind: "accepted", operation: makeOperation(), body: { a: 1 } }),
    );
    const late = await things.service.send("POST", `${boxPath}/shake?${modern}`);
    assert.equal(late.status, 202);
    assert.equal(late.text, "");
    assert.equal(late.headers["retry-after"], "10");
    for (const name of ["location", "azure-asyncoperation"] as const)
      assert.ok(String(late.headers[name]).startsWith(`${publicBaseUrl}/subscriptions/`), name);
    const early = await things.service.send("POST", `${boxPath}/shake?${old}`);
    assert.equal(early.text, '{"a":1}');
    assert.equal(early.headers["retry-after"], "60");
  });
});

describe("failures", () => {
  it("rule 46: odd things thrown answer 500", async () => {
    for (const thrown of [undefined, null, "text", { code: 1 }, 0n]) {
      things.service.on("GET box", () => Promise.reject(thrown as unknown as Error));
      await assertError(
        things.service.send("GET", `${boxPath}?${modern}`),
        500,
        "InternalServerError",
      );
    }
  });

  it("rule 46: a body that is no JSON answers 500", async () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    for (const body of [loop, { n: 1n }]) {
      things.service.on("GET box", () => Promise.resolve({ kind: "value", body }));
      await assertError(
        things.service.send("GET", `${boxPath}?${modern}`),
        500,
        "InternalServerError",
      );
    }
  });

  it("rule 260: a late handler is told to stop", async () => {
    const clock = createFakeClock();
    await things.restart({ clock });
    const { started, aborted } = holdHandler();
    const answer = things.service.send("GET", `${boxPath}?${modern}`);
    await started;
    await clock.advance(17_999);
    await clock.advance(1);
    const reply = await assertError(answer, 503, "ServiceUnavailable");
    assert.match(String(reply.headers["retry-after"]), /^\d+$/);
    await aborted;
    assert.equal(clock.wakeTimes.length, 0);
  });

  it("rule 260: a write is answered although the state hangs that would keep its record", async () => {
    const clock = createFakeClock();
    const started = Promise.withResolvers<void>();
    const hang = (): Promise<never> => {
      started.resolve();
      return new Promise(() => undefined);
    };
    const log = { append: hang, appendDenial: hang };
    await things.restart({
      clock,
      audit: { log, secretProperties: [], isDeclared: () => true, hashText: (text) => text },
    });
    const answer = things.service.send("PUT", `${boxPath}?${modern}`, { body: {} });
    await started.promise;
    await clock.advance(18_000);
    await clock.advance(2000);
    await assertError(answer, 503, "ServiceUnavailable");
    assert.equal(clock.wakeTimes.length, 0);
  });

  it("a caller that leaves stops its handler", async () => {
    const { started, aborted } = holdHandler();
    const socket = openSocket(things.service.url);
    socket.write(`GET ${boxPath}?${modern} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await started;
    socket.destroy();
    await aborted;
  });

  it("requests of one moment share the timer of their deadline, and when it rings only late ones are told", async () => {
    const clock = createFakeClock();
    await things.restart({ clock });
    for (let count = 0; count < 3; count += 1)
      await things.service.send("GET", `${boxPath}?${modern}`);
    assert.equal(clock.wakeTimes.length, 1);
    const { started, aborted } = holdHandler();
    const held = things.service.send("GET", `${boxPath}?${modern}`);
    await started;
    assert.equal(clock.wakeTimes.length, 1);
    await clock.advance(18_000);
    await aborted;
    assert.equal((await held).status, 503);
    assert.equal(clock.wakeTimes.length, 0);
  });
});

/** A handler that ends only when its signal aborts. */
function holdHandler(): { readonly started: Promise<void>; readonly aborted: Promise<void> } {
  const started = Promise.withResolvers<undefined>();
  const aborted = Promise.withResolvers<undefined>();
  things.service.on("GET box", ({ abandonment }) => {
    started.resolve(undefined);
    return new Promise((_resolve, reject) =>
      abandonment.signal.addEventListener("abort", () => {
        aborted.resolve(undefined);
        reject(new Error("given up"));
      }),
    );
  });
  return { started: started.promise, aborted: aborted.promise };
}

describe("links", () => {
  it("A29: without configuration the listener's address counts", async () => {
    await things.restart({ publicBaseUrl: undefined });
    await things.service.send("GET", `${boxPath}?${modern}`, { headers: { Host: "evil.example" } });
    assert.equal(things.service.requests.at(-1)?.context.publicBaseUrl, things.service.url);
  });

  it("rule 24: no list of hosts believes no referer", async () => {
    await things.restart({ authenticator: frontDoor });
    const headers = { Referer: "https://evil.example/x" };
    await things.service.send("GET", `${boxPath}?${modern}`, { headers });
    assert.equal(things.service.requests.at(-1)?.context.publicBaseUrl, publicBaseUrl);
  });
});

describe("callers", () => {
  it("A28: pages of other sites are refused", async () => {
    for (const headers of [
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { "Sec-Fetch-Site": "cross-site" },
    ] as const) {
      const reply = await things.service.send("POST", `${boxPath}/shake?${modern}`, { headers });
      assert.equal(reply.status, 403);
      assert.equal(reply.headers["access-control-allow-origin"], undefined);
    }
    assert.equal(things.service.requests.length, 0);
  });

  it("hands preconditions and repeatability to the handler", async () => {
    await things.service.send("PUT", `${boxPath}?${modern}`, {
      body: {},
      headers: { "If-Match": '"1"', "If-None-Match": "*", "Repeatability-Request-ID": "r" },
    });
    const request = things.service.requests.at(-1);
    assert.equal(request?.ifMatch, '"1"');
    assert.equal(request.ifNoneMatch, "*");
    assert.equal(request.repeatabilityRequestId, "r");
  });
});
