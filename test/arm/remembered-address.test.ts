import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Authenticator } from "../../src/arm/access.ts";
import { writeJson } from "../../src/arm/json-text.ts";
import { createArmHandler } from "../../src/arm/pipeline.ts";
import type { ArmResult } from "../../src/arm/resource-type.ts";
import { createThrottle } from "../../src/arm/throttle.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startServer } from "../../src/server/server.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { createFakeProvider, groupPath, thingContracts } from "../support/fake-provider.ts";
import { modern, old, thingServiceOfEachTest } from "../support/thing-service.ts";

// What is asked again is answered from what was found out before: each answer must be that of a first request.

const box = `${groupPath}/boxes/b1`;

const things = thingServiceOfEachTest();

function accessLines(): readonly Readonly<Record<string, unknown>>[] {
  return things.service.lines.flatMap(({ message, fields }) =>
    message === "Request answered" && fields !== undefined ? [fields] : [],
  );
}

describe("an address that is asked again", () => {
  it("has a line of its own for each answer, with the status and ids of that", async () => {
    const results: (ArmResult | Error)[] = [
      { kind: "value", body: {} },
      new Error("A bug"),
      { kind: "value", body: {} },
    ];
    things.service.on("GET box", () => {
      const result = results.shift();
      if (result === undefined || result instanceof Error) throw result ?? new Error("None left");
      return result;
    });
    const ids: unknown[] = [];
    for (const method of ["GET", "GET", "HEAD"]) {
      const headers = { "x-ms-correlation-request-id": `c${ids.length}` };
      const reply = await things.service.send(method, `${box}?${modern}`, { headers });
      ids.push(reply.headers["x-ms-request-id"]);
    }
    const lines = accessLines();
    assert.deepEqual(
      lines.map(({ requestId }) => requestId),
      ids,
    );
    assert.equal(new Set(ids).size, 3);
    const told = lines.map(({ correlationId, method, status, errorCode }) =>
      [correlationId, method, status, errorCode].join(" "),
    );
    assert.deepEqual(told, ["c0 GET 200 ", "c1 GET 500 InternalServerError", "c2 HEAD 204 "]);
    const meant = lines.map(({ apiVersion, route }) => `${String(apiVersion)} ${String(route)}`);
    assert.equal(new Set(meant).size, 1);
    assert.match(meant[0] ?? "", /^2030-01-01-preview \/subscriptions\/.*\/boxes\/\{box\}$/);
  });

  it("is another one in another api-version, casing or query", async () => {
    things.service.on("GET box", ({ context, params, query }) => ({
      kind: "value",
      body: { version: context.apiVersion, box: params["box"], query },
    }));
    const addresses = [`${box}?${modern}`, `${box}?${old}`, `${box.replace("b1", "B1")}?${modern}`];
    const found = new Map<string, Set<string>>();
    for (let round = 0; round < 3; round += 1)
      for (const address of addresses) {
        const { status, text } = await things.service.send("GET", address);
        assert.equal(status, 200, text);
        found.set(address, (found.get(address) ?? new Set()).add(text));
      }
    const texts = [...found.values()].flatMap((those) => [...those]);
    assert.equal(texts.length, 3, "the same each time");
    assert.equal(new Set(texts).size, 3, "three addresses, three answers");
    assert.deepEqual(
      accessLines().map(({ apiVersion }) => apiVersion),
      Array.from({ length: 3 }, () =>
        [modern, old, modern].map((text) => text.split("=")[1]),
      ).flat(),
    );
  });

  it("lets nobody in because somebody else was, and counts each caller's own budget", async () => {
    const byName: Authenticator = {
      authenticate: ({ headers }) => ({
        principal: { id: String(headers["x-who"]), name: "", kind: "bearer" },
        tenantId: undefined,
        isFrontDoor: false,
      }),
    };
    const limits = { readsPerSecond: 10, writesPerSecond: 10, deletesPerSecond: 10 };
    await things.restart({
      authenticator: byName,
      authorizer: {
        authorize: ({ principal }) =>
          principal.id.startsWith("good") ? undefined : Promise.reject(new Error("No")),
      },
      throttle: createThrottle(limits, createFakeClock()),
    });
    things.service.on("GET box", () => ({ kind: "value", body: {} }));
    const ask = async (who: string): Promise<string> => {
      const reply = await things.service.send("GET", `${box}?${modern}`, {
        headers: { "x-who": who },
      });
      const left = /\d+$/.exec(String(reply.headers["x-ms-ratelimit-remaining-resource"]))?.[0];
      return `${reply.status} ${left ?? "-"}`;
    };
    const seen: string[] = [];
    for (const who of ["good1", "bad", "good2", "good1", "bad", "good1"]) seen.push(await ask(who));
    assert.deepEqual(seen, ["200 99", "500 -", "200 99", "200 98", "500 -", "200 97"]);
  });

  it("sends a kept body with its length in bytes, and none of it for HEAD", async () => {
    const body = { name: "é€" };
    const kept: ArmResult = { kind: "value", body, json: writeJson(body), etag: "7" };
    things.service.on("GET box", () => kept);
    for (let round = 0; round < 2; round += 1) {
      const reply = await things.service.send("GET", `${box}?${modern}`);
      assert.deepEqual(reply.json, body);
      assert.equal(reply.headers["content-length"], String(Buffer.byteLength(reply.text)));
      assert.equal(reply.headers.etag, '"7"');
      const head = await things.service.send("HEAD", `${box}?${modern}`);
      assert.equal(head.status, 204);
      assert.equal(head.text, "");
      assert.equal(head.headers["content-length"], undefined);
    }
  });

  it("is remembered for what it means, not for what was answered there", async () => {
    const address = `${box}?${modern}`;
    const armHandler = createArmHandler({
      services: [{ provider: createFakeProvider().provider, contracts: thingContracts }],
      clock: systemClock,
      logger: silentLogger,
      region: "redmond",
    });
    const server = await startServer({
      ...{ host: "127.0.0.1", port: 0, clock: systemClock, logger: silentLogger, armHandler },
    });
    try {
      for (const path of [address, "/nothing/here", `${groupPath}/boxes/%2F?${modern}`]) {
        assert.equal(armHandler.remembers(path), false);
        // Nobody is let in, and the address is known all the same.
        const { status } = await fetch(server.url + path);
        assert.equal(status, path === address ? 401 : status);
        assert.equal(armHandler.remembers(path), path === address, `${status}`);
      }
      assert.equal((await fetch(server.url + address)).status, 401);
    } finally {
      await server.close();
    }
  });

  it("is still right after more addresses than are remembered", async () => {
    things.service.on("GET box", ({ params }) => ({ kind: "value", body: params["box"] }));
    for (let round = 0; round < 2; round += 1)
      for (let count = 0; count <= 1000; count += 1) {
        const { text } = await things.service.send("GET", `${groupPath}/boxes/b${count}?${modern}`);
        assert.equal(text, `"b${count}"`);
      }
  });
});
