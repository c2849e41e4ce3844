import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  createDevelopmentAuthenticator,
  isLoopback,
  type Authorizer,
} from "../../src/arm/access.ts";
import { armError } from "../../src/arm/errors.ts";
import { AppError } from "../../src/base/errors.ts";
import { groupPath, makeOperation } from "../support/fake-provider.ts";
import { recordLog } from "../support/log-recorder.ts";
import {
  frontDoor,
  modern,
  old,
  publicBaseUrl,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";

const secret = "canary-7f3a";
const boxPath = `${groupPath}/boxes/b1`;
const nowhere = `${groupPath}/nope/x`;
let service: ThingService;
before(async () => {
  service = await startThingService({
    authenticator: frontDoor,
    refererHosts: ["portal.example", "mgmt.example"],
  });
  teach(service);
});
after(() => service.close());

type Headers = Readonly<Record<string, string>>;
const headerOf = (reply: Reply, name: string): string => String(reply.headers[name] ?? "");
const call = (method: string, path: string, headers: Headers = {}): Promise<Reply> =>
  service.send(method, `${path}${path.includes("?") ? "&" : "?"}${modern}`, { headers });
const put = (headers: Headers = {}): Promise<Reply> =>
  service.send("PUT", `${boxPath}?${modern}`, { headers, body: {} });

/** Boxes are there, changes take time, `shake` is broken, and the list fails as `$top` says. */
function teach(taught: ThingService): void {
  const operation = makeOperation({ state: "Accepted" });
  taught.on("GET box", () => Promise.resolve({ kind: "value", body: { name: "b1" }, etag: "one" }));
  taught.on("PUT box", ({ context }) =>
    Promise.resolve({
      kind: "accepted",
      operation: { ...operation, apiVersion: context.apiVersion },
      body: { name: "b1" },
      created: true,
    }),
  );
  taught.on("DELETE box", () => Promise.resolve({ kind: "accepted", operation }));
  taught.on("POST shake", () => Promise.reject(new Error(`connection string with ${secret}`)));
  taught.on("GET boxes", ({ query }) =>
    Promise.reject(
      query["$top"] === "1"
        ? new AppError("StateUnavailable", `Cannot open ${secret}`)
        : new AppError("BackupInProgress", "Wait for it", { retryable: query["$top"] === "2" }),
    ),
  );
}

describe("request headers", () => {
  it("rule 22: links start like the referer of a front door", async () => {
    const reply = await put({
      Referer: "https://portal.example/subscriptions/x?y",
      Host: "rp:8080",
    });
    assert.match(headerOf(reply, "location"), /^https:\/\/portal\.example\/subscriptions\//);
    assert.match(headerOf(reply, "azure-asyncoperation"), /^https:\/\/portal\.example\//);
  });

  it("rule 23: without a usable referer the configured address stands", async () => {
    for (const headers of [{}, { Referer: "::no url" }, { Referer: "ftp://portal.example/" }]) {
      const reply = await put(headers);
      assert.match(headerOf(reply, "location"), /^https:\/\/mgmt\.example\//);
    }
  });

  it("rule 24: a host that is not listed is not used", async () => {
    const reply = await put({ Referer: "https://evil.example/" });
    assert.match(headerOf(reply, "location"), /^https:\/\/mgmt\.example\//);
    assert.ok(
      service.lines.some(({ level, message }) => level === "warn" && /referer/.test(message)),
    );
  });

  it("A29: neither Host nor an absolute target reaches a link", async () => {
    const reply = await service.send("PUT", `http://evil.example${boxPath}?${old}`, {
      headers: { Host: "evil.example", "Content-Type": "application/json" },
      body: "{}",
    });
    assert.equal(reply.status, 202);
    assert.match(headerOf(reply, "location"), /^https:\/\/mgmt\.example\//);
  });

  it("rule 25: any client request id is logged and kept", async () => {
    for (const id of ["abc", "abc", "x".repeat(5000)]) {
      const reply = await put({ "x-ms-client-request-id": id });
      assert.equal(reply.status, 200 + Number(reply.status === 201));
      assert.equal(service.requests.at(-1)?.context.clientRequestId, id.slice(0, 512));
    }
    assert.equal(service.lines.at(-1)?.fields["clientRequestId"], "x".repeat(512));
  });

  it("rule 26: the client request id is echoed only on request", async () => {
    const id = "abc";
    const echo = async (path: string, flag?: string): Promise<unknown> => {
      const headers = {
        "x-ms-client-request-id": id,
        ...(flag === undefined ? {} : { "x-ms-return-client-request-id": flag }),
      };
      return (await call("GET", path, headers)).headers["x-ms-client-request-id"];
    };
    assert.equal(await echo(boxPath, "true"), id);
    assert.equal(await echo(nowhere, "True"), id);
    assert.equal(await echo(boxPath, "false"), undefined);
    assert.equal(await echo(boxPath), undefined);
  });

  it("rule 27: the correlation id is taken, or made", async () => {
    const known = await put({ "x-ms-correlation-request-id": "corr-1" });
    assert.equal(known.headers["x-ms-correlation-request-id"], "corr-1");
    assert.equal(service.requests.at(-1)?.context.correlationId, "corr-1");
    assert.equal(service.lines.at(-1)?.fields["correlationId"], "corr-1");
    const made = await put();
    assert.equal(made.headers["x-ms-correlation-request-id"], made.headers["x-ms-request-id"]);
  });

  it("rule 33: broken system data fails nothing", async () => {
    for (const text of ["{", "[]", "3", "null", "x".repeat(5000)]) {
      const earlier = service.lines.length;
      const reply = await put({ "x-ms-arm-resource-system-data": text });
      assert.equal(reply.status, 201, reply.text);
      assert.equal(service.requests.at(-1)?.context.systemData, undefined);
      const told = service.lines.slice(earlier).filter(({ level }) => level === "warn");
      assert.match(told[0]?.message ?? "", /system data/);
    }
    const reply = await put();
    assert.equal(reply.status, 201);
    assert.equal(service.requests.at(-1)?.context.systemData, undefined);
    await put({ "x-ms-arm-resource-system-data": '{"createdBy":"a","n":1}' });
    assert.deepEqual(service.requests.at(-1)?.context.systemData, { createdBy: "a" });
    assert.ok(!JSON.stringify(service.lines).includes("createdBy"));
  });
});

describe("answer headers", () => {
  it("rule 39: every answer has its own request id, and so has its log line", async () => {
    const ids = new Set<string>();
    for (const path of [boxPath, nowhere, "/", `${groupPath}/boxes/a%2f`]) {
      for (const method of ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"]) {
        const reply = await call(method, path);
        const id = headerOf(reply, "x-ms-request-id");
        assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.equal(service.lines.at(-1)?.fields["requestId"], id);
        ids.add(id);
      }
    }
    assert.equal(ids.size, 20);
  });

  it("rule 274: no log line holds the query, which may be signed, or who is asking with what", async () => {
    await call("GET", `${boxPath}?sig=canary-of-the-signature`, {
      authorization: "Bearer canary-of-the-token",
      "x-ms-arm-resource-system-data": '{"createdBy":"canary-of-the-author"}',
    });
    assert.ok(service.lines.length > 0);
    assert.ok(!JSON.stringify(service.lines).includes("canary"));
  });

  it("rules 40 and 41: bodies are JSON in UTF-8 of exact length", async () => {
    const reply = await put();
    assert.equal(reply.headers["content-type"], "application/json; charset=utf-8");
    assert.equal(Number(reply.headers["content-length"]), Buffer.byteLength(reply.text));
    assert.equal(reply.text, JSON.stringify(reply.json));
    const date = headerOf(reply, "date");
    assert.match(date, /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
    const empty = await call("DELETE", boxPath);
    assert.deepEqual([empty.status, empty.text], [202, ""]);
    assert.equal(empty.headers["content-type"], undefined);
    assert.equal(empty.headers["content-length"], "0");
  });

  it("rule 42: the error code stands in a header too", async () => {
    const reply = await call("GET", nowhere);
    assert.equal(reply.headers["x-ms-error-code"], "InvalidResourceType");
  });

  it("rule 43: poll addresses are in headers only", async () => {
    const reply = await put();
    const id = /operationStatuses\/([^?]+)/.exec(headerOf(reply, "azure-asyncoperation"))?.[1];
    assert.ok(id !== undefined);
    assert.ok(!reply.text.includes(id));
  });

  it("rule 44: nothing may be cached, and the recorded headers are there", async () => {
    const { headers } = await put();
    assert.equal(headers["cache-control"], "no-cache");
    assert.equal(headers["pragma"], "no-cache");
    assert.equal(headers["expires"], "-1");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    assert.match(
      String(headers["x-ms-routing-request-id"]),
      /^REDMOND:\d{8}T\d{6}Z:[0-9a-f-]{36}$/,
    );
  });

  it("rule 28: a routing id sent to us is not ours", async () => {
    const sent = "OTHER:20260101T000000Z:abc";
    const { headers } = await put({ "x-ms-routing-request-id": sent });
    assert.notEqual(headers["x-ms-routing-request-id"], sent);
    assert.notEqual(headers["x-ms-request-id"], sent);
  });

  it("rule 134: the etag is quoted", async () => {
    await put();
    assert.equal((await call("GET", boxPath)).headers["etag"], '"one"');
  });

  it("rule 142: a conditional GET is answered in full", async () => {
    await put();
    const reply = await call("GET", boxPath, { "If-None-Match": '"one"' });
    assert.equal(reply.status, 200);
  });
});

describe("failures", () => {
  it("rule 51: a bug tells nothing of itself, the log only where", async () => {
    const reply = await call("POST", `${boxPath}/shake`);
    assert.equal(reply.status, 500);
    assert.equal(reply.error.code, "InternalServerError");
    const log = JSON.stringify(service.lines);
    assert.ok(!reply.text.includes(secret) && !log.includes(secret));
    assert.ok(
      service.lines.some(({ fields }) => /wire-headers\.test/.test(String(fields["stack"]))),
    );
  });

  it("rule 57: only passing trouble names a time", async () => {
    const retryAfter = async (top: string): Promise<readonly [number, string | undefined]> => {
      const reply = await call("GET", `${groupPath}/boxes?$top=${top}`);
      assert.ok(!reply.text.includes(secret));
      return [reply.status, reply.headers["retry-after"]];
    };
    assert.deepEqual(await retryAfter("1"), [503, "10"]);
    assert.deepEqual(await retryAfter("2"), [409, "10"]);
    assert.deepEqual(await retryAfter("3"), [409, undefined]);
    assert.deepEqual(await retryAfter("x"), [400, undefined]);
  });

  it("rule 260: a handler that hangs is answered for", async () => {
    const slow = await startThingService({ deadlineSeconds: 0.05 });
    slow.on("GET box", () => new Promise(() => undefined));
    try {
      const reply = await slow.send("GET", `${boxPath}?${modern}`);
      assert.equal(reply.status, 503);
      assert.match(headerOf(reply, "retry-after"), /^\d+$/);
    } finally {
      await slow.close();
    }
  });

  it("rule 272: one line for each request", async () => {
    const before = service.lines.length;
    await call("GET", `${boxPath}?secret=${secret}`);
    const [line, ...more] = service.lines.slice(before);
    assert.deepEqual(more, []);
    const { requestId, correlationId, durationMs, ...rest } = line?.fields ?? {};
    assert.ok(requestId !== undefined && correlationId !== undefined);
    assert.ok(Number(durationMs) >= 0);
    assert.deepEqual(rest, {
      clientRequestId: undefined,
      route:
        "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Test.Things/boxes/{box}",
      apiVersion: "2030-01-01-preview",
      method: "GET",
      status: 200,
      errorCode: undefined,
      operationId: undefined,
    });
    const started = await put({ "x-ms-client-request-id": "abc" });
    const ofStart = service.lines.at(-1)?.fields;
    const id = /operationStatuses\/([^?]+)/.exec(headerOf(started, "azure-asyncoperation"))?.[1];
    assert.ok(id !== undefined);
    assert.deepEqual([ofStart?.["operationId"], ofStart?.["clientRequestId"]], [id, "abc"]);
    await call("GET", nowhere);
    const ofRefusal = service.lines.at(-1)?.fields;
    assert.deepEqual(
      [ofRefusal?.["errorCode"], ofRefusal?.["status"]],
      ["InvalidResourceType", 404],
    );
  });
});

describe("callers", () => {
  it("are all refused when nothing is configured", async () => {
    const closed = await startThingService({ authenticator: undefined });
    try {
      const reply = await closed.send("GET", `${boxPath}?${modern}`);
      assert.equal(reply.status, 401);
      assert.equal(reply.error.code, "AuthenticationFailed");
      assert.equal(headerOf(reply, "www-authenticate"), 'Bearer realm="holdfast"');
      assert.equal(closed.requests.length, 0);
    } finally {
      await closed.close();
    }
  });

  it("A2: headers about the user mean nothing in development mode", async () => {
    const local = await startThingService({ refererHosts: ["evil.example"] });
    teach(local);
    try {
      const headers = {
        Referer: "https://evil.example/",
        "x-ms-client-tenant-id": "t",
        "x-ms-client-principal-id": "root",
        "x-ms-arm-resource-system-data": '{"createdBy":"root"}',
      };
      const reply = await local.send("PUT", `${boxPath}?${modern}`, { body: {}, headers });
      assert.ok(headerOf(reply, "location").startsWith(`${publicBaseUrl}/`));
      const { tenantId, systemData, principal } = local.requests[0]?.context ?? {};
      assert.deepEqual([tenantId, systemData], [undefined, undefined]);
      assert.equal(principal?.kind, "development");
    } finally {
      await local.close();
    }
  });

  it("A28: pages of other sites get nothing in development mode", async () => {
    const local = await startThingService();
    try {
      const post = (headers: Headers): Promise<Reply> =>
        local.send("POST", `${boxPath}/peek?${modern}`, { headers });
      for (const origin of ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
        assert.equal((await post({ Origin: origin })).status, 403, origin);
      assert.equal((await post({ "Sec-Fetch-Site": "cross-site" })).status, 403);
      assert.equal((await post({ Origin: "http://localhost:3000" })).status, 200);
      assert.equal(local.requests.length, 1);
    } finally {
      await local.close();
    }
  });

  it("of development mode come from loopback", () => {
    for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
      assert.ok(isLoopback(address), address);
    const foreign = ["10.0.0.1", "::", "::ffff:10.0.0.1", "fe80::1", "1127.0.0.1", undefined];
    for (const address of foreign) assert.ok(!isLoopback(address), String(address));
  });

  it("A9: are authorized by what the path means", async () => {
    const asked: string[] = [];
    const authorizer: Authorizer = {
      authorize: (_caller, { method, path }) => {
        asked.push(`${method} ${path.split("/").slice(-2).join("/")}`);
        return Promise.reject(armError("Forbidden", "Ask the administrator"));
      },
    };
    const guarded = await startThingService({ authorizer });
    try {
      const reply = await guarded.send("PUT", `/${boxPath.toUpperCase()}/?${modern}`, { body: {} });
      assert.equal(reply.status, 403);
      assert.deepEqual(asked, ["PUT boxes/{box}"]);
      assert.equal(guarded.requests.length, 0);
    } finally {
      await guarded.close();
    }
  });

  it("of development mode are announced in the log", () => {
    const { logger, lines } = recordLog();
    createDevelopmentAuthenticator(logger);
    assert.match(lines[0]?.message ?? "", /DEVELOPMENT MODE/);
    assert.equal(lines[0]?.level, "warn");
  });
});
