import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { createShapeFilter } from "../support/exchange-shape.ts";
import { checkExchange, findExchangeFaults, type SeenExchange } from "../support/live-validator.ts";
import { locationPath } from "../support/provider-world.ts";
import { startService } from "../support/service.ts";
import { unwatchedHeader, watchExchanges } from "../support/watch-exchanges.ts";

const exchange: SeenExchange = {
  method: "GET",
  url: `https://backup.example${locationPath}?api-version=2026-12-01`,
  requestHeaders: {},
  requestBody: undefined,
  status: 200,
  responseHeaders: { "content-type": "application/json" },
  responseBody: { name: "redmond", location: "redmond", properties: {} },
};

/** What oav finds around the HTTP tests and scenarios is only worth something when it can find anything. */
describe("oav's live validator around the HTTP tests", () => {
  const find = async (changes: Partial<SeenExchange>): Promise<string> =>
    (await findExchangeFaults({ ...exchange, ...changes })).join("\n");

  it("takes what our documents declare", () => checkExchange(exchange));

  it("finds an answer of another type, a property nobody declared, and an undeclared code", async () => {
    assert.match(await find({ responseBody: { location: 1 } }), /response INVALID_TYPE \/location/);
    const store = { kind: "Local", path: "/a", pathh: "/b" };
    assert.match(
      await find({ responseBody: { location: "redmond", properties: { store } } }),
      /response OBJECT_ADDITIONAL_PROPERTIES \/properties\/store\/pathh/,
    );
    assert.match(await find({ status: 202 }), /INVALID_RESPONSE_CODE/);
  });

  it("finds a request that was taken and should not have been", async () => {
    const put = {
      method: "PUT",
      requestBody: { location: "redmond", tags: { a: 1 } },
      status: 200,
    };
    assert.match(await find(put), /request INVALID_TYPE \/tags/);
    // Refusing is our own business.
    assert.doesNotMatch(await find({ ...put, status: 400 }), /request/);
    // Nothing is no body, where one may be missing and where it may not.
    const prune = exchange.url
      .replace("?", "/pruneExternalStore?")
      .replace("2026-12-01", "2021-09-01");
    const accepted = { method: "POST", requestBody: null, status: 202, responseBody: undefined };
    assert.doesNotMatch(await find({ ...accepted, url: prune }), /request/);
    assert.match(await find({ ...put, requestBody: null }), /request/);
    // A name oav cannot read as a path: it throws instead of saying what is wrong.
    const odd = { ...put, method: "PATCH", requestBody: { "#0": 1 } };
    assert.match(await find(odd), /REQUEST_VALIDATION_ERROR/);
    assert.doesNotMatch(await find({ ...odd, status: 400 }), /REQUEST/);
  });
});

describe("what is seen of the exchanges of a server", () => {
  const seen: SeenExchange[] = [];
  let server: Server;
  let address = "";
  let endWatch: () => void;
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/unread") return void response.writeHead(204).end();
      request.resume().on("end", () => {
        const body = JSON.stringify({ answer: "é" });
        if (request.url === "/zipped") {
          response.setHeader("Content-Encoding", "gzip");
          response.writeHead(200, { "Content-Type": "application/json" });
          return void response.end(gzipSync(body));
        }
        response.writeHead(201, ["Content-Type", "application/json", "X-One", "1"]);
        response.write(body.slice(0, 4));
        response.end(body.slice(4));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    endWatch = watchExchanges(
      (exchange) => seen.push(exchange),
      (one) => one === server,
    );
  });
  after(() => {
    endWatch();
    server.close();
  });

  it("is all of them, whoever calls and however they are written", async () => {
    const body = JSON.stringify({ asked: ["ü"] });
    await (await fetch(`${address}/plain?a=1`, { method: "POST", body })).text();
    await (await fetch(`${address}/zipped`)).text();
    await (await fetch(`${address}/unread`, { method: "PUT", body })).text();
    await (await fetch(`${address}/plain`, { headers: { [unwatchedHeader]: "yes" } })).text();
    const shown = seen.map(({ method, url, status, requestBody, responseBody }) => {
      return [
        method,
        url.slice("https://service.example".length),
        status,
        requestBody,
        responseBody,
      ];
    });
    assert.deepEqual(shown.slice(0, 2), [
      ["POST", "/plain?a=1", 201, { asked: ["ü"] }, { answer: "é" }],
      ["GET", "/zipped", 200, undefined, { answer: "é" }],
    ]);
    assert.equal(seen.length, 3);
    assert.equal(seen[2]?.status, 204);
    const { responseHeaders } = seen[0] ?? assert.fail();
    assert.equal(responseHeaders["content-type"], "application/json");
    assert.equal(responseHeaders["x-one"], "1");
    assert.equal(seen[1]?.responseHeaders["content-type"], "application/json");
  });

  it("is told apart by all that a document may say of it", () => {
    const isNew = createShapeFilter();
    const differ: readonly Partial<SeenExchange>[] = [
      {},
      { method: "PUT" },
      { status: 202 },
      { url: exchange.url.replace("2026-12-01", "2021-09-01") },
      { requestBody: { a: 1 } },
      { requestBody: { a: "1" } },
      { responseBody: { location: 1 } },
      { responseBody: { state: "Failed" } },
      { responseBody: { state: "Gone" } },
      { responseBody: { list: [{ a: 1 }] } },
      { responseBody: { list: [{ a: 1 }, { b: 1 }] } },
      { responseHeaders: {} },
    ];
    for (const changes of differ) assert.ok(isNew({ ...exchange, ...changes }));
    for (const changes of differ) assert.ok(!isNew({ ...exchange, ...changes }));
    const elsewhere = exchange.url.replace("redmond?", "another-1?");
    assert.ok(isNew({ ...exchange, url: elsewhere }));
    assert.ok(!isNew({ ...exchange, url: elsewhere.replace("another-1", "another-2") }));
  });

  it("ends the test of a service that answered what no document says", async () => {
    const service = await startService();
    await (await fetch(`${service.url}${locationPath}?api-version=2026-12-01`)).text();
    const file = join(service.folder, "exchanges");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const last = JSON.parse(lines.at(-1) ?? "") as SeenExchange;
    assert.equal(last.status, 404);
    const wrong = { ...last, status: 200, responseBody: { location: 1 } };
    appendFileSync(file, `${JSON.stringify(wrong)}\n`);
    await assert.rejects(service.close(), /INVALID_TYPE \/location/);
  });
});
