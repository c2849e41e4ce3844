import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createRouter } from "../../src/arm/router.ts";
import { contracts } from "../../src/generated/contracts.ts";
import {
  createFakeProvider,
  groupPath,
  subscriptionId,
  thingContracts,
} from "../support/fake-provider.ts";
import {
  modern,
  old,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";

let service: ThingService;
before(async () => {
  service = await startThingService();
});
after(() => service.close());

const boxPath = `${groupPath}/boxes/b1`;

async function assertError(
  answer: Promise<Reply>,
  status: number,
  code: string,
  target?: string,
): Promise<Reply> {
  const reply = await answer;
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.error.code, code);
  assert.equal(reply.headers["x-ms-error-code"], code);
  if (target !== undefined) assert.equal(reply.error.target, target);
  return reply;
}

async function refuses(...expected: Parameters<typeof assertError>): Promise<void> {
  await assertError(...expected);
}

describe("router, paths", () => {
  it("rule 1: fixed words match in any casing", async () => {
    for (const path of [boxPath, boxPath.toLowerCase(), boxPath.toUpperCase()])
      assert.equal((await service.send("GET", `${path}?${modern}`)).status, 200, path);
  });

  it("rule 3: parameters keep the caller's casing", async () => {
    await service.send("GET", `${groupPath.replace("/rg/", "/Rg-X/")}/BOXES/MiXed?${modern}`);
    assert.deepEqual(service.requests.at(-1)?.params, {
      subscriptionId,
      resourceGroupName: "Rg-X",
      box: "MiXed",
    });
  });

  it("A9: double slashes and a last slash do not count", async () => {
    const path = `/${boxPath.replaceAll("/", "//")}//`;
    assert.equal((await service.send("GET", `${path}?${modern}`)).status, 200);
    assert.equal(service.requests.at(-1)?.params["box"], "b1");
  });

  it("rule 13: segments are decoded exactly once", async () => {
    const cases: readonly (readonly [string, string])[] = [
      ["a%20b", "a b"],
      ["%28a%29", "(a)"],
      ["%C3%A9", "é"],
      ["a+b", "a+b"],
    ];
    for (const [sent, name] of cases) {
      await service.send("GET", `${groupPath}/boxes/${sent}?${modern}`);
      assert.equal(service.requests.at(-1)?.params["box"], name);
    }
  });

  const badNames = [
    "a%2Fb",
    "%2f",
    "%zz",
    "%",
    "%C3",
    "%252F",
    "a%00b",
    "a%0Ab",
    "a%7F",
    "..",
    ".",
    "a.",
  ]
    .concat(["a%20", "a%3Cb", "a%3Eb", "a%25b", "a%26b", "a:b", "a%5Cb", "a%3Fb", "%E2%80%AEx"])
    .concat(["n".repeat(261)]);
  for (const name of badNames) {
    it(`rule 11: name "${name.slice(0, 12)}" is refused`, async () => {
      const before = service.requests.length;
      await assertError(
        service.send("GET", `${groupPath}/boxes/${name}?${modern}`),
        400,
        "InvalidResourceName",
      );
      assert.equal(service.requests.length, before);
    });
  }

  it("rule 11: names of 260 characters are taken", async () => {
    const path = `${groupPath}/boxes/${"n".repeat(260)}?${modern}`;
    assert.equal((await service.send("GET", path)).status, 200);
  });

  for (const name of ["a%20b", "a.", "g".repeat(91), "a%23", "a~b"]) {
    it(`rule 12: group "${name.slice(0, 12)}" is refused`, () =>
      refuses(
        service.send("GET", `${boxPath.replace("/rg/", `/${name}/`)}?${modern}`),
        400,
        "InvalidResourceGroupName",
      ));
  }

  it("rule 12: groups of 90 characters are taken", async () => {
    const name = `${"g".repeat(84)}-_().1`;
    const reply = await service.send("GET", `${boxPath.replace("/rg/", `/${name}/`)}?${modern}`);
    assert.equal(reply.status, 200);
  });

  for (const id of [
    "1",
    "not-a-guid",
    `${subscriptionId}0`,
    "%7B11111111-2222-4333-8444-555555555555%7D",
  ]) {
    it(`rule 12: subscription "${id.slice(0, 12)}" is refused`, () =>
      refuses(
        service.send("GET", `${boxPath.replace(subscriptionId, id)}?${modern}`),
        400,
        "InvalidSubscriptionId",
        "subscriptionId",
      ));
  }

  it("rule 9: unknown types answer 404", () =>
    refuses(
      service.send("GET", `/providers/Test.Things/nope/x?${modern}`),
      404,
      "InvalidResourceType",
    ));

  it("rule 9: unknown namespaces answer 404", () =>
    refuses(
      service.send("GET", `${groupPath.replace("Test.Things", "No.Such")}/boxes?${modern}`),
      404,
      "InvalidResourceNamespace",
    ));

  it("rule 46: paths of no kind answer 404", async () => {
    for (const path of ["/", "/favicon.ico", "/subscriptions", "/providers"]) {
      const reply = await service.send("GET", `${path}?${modern}`);
      assert.equal(reply.status, 404, path);
      assert.notEqual(reply.error.message, undefined);
    }
  });

  it("rule 18: addresses of four kilobytes work", async () => {
    const path = `${boxPath}?${modern}&s=${"x".repeat(4000)}`;
    assert.equal((await service.send("GET", path)).status, 200);
  });

  it("A29: an absolute address means its path", async () => {
    const reply = await service.send("GET", `http://evil.example${boxPath}?${modern}`);
    assert.equal(reply.status, 200);
  });
});

describe("router, methods", () => {
  it("rule 10: a wrong verb answers 405 with Allow", async () => {
    const reply = await assertError(
      service.send("POST", `${boxPath}?${modern}`),
      405,
      "MethodNotAllowed",
    );
    const allowed = (reply.headers.allow ?? "").split(", ").sort();
    assert.deepEqual(allowed, ["DELETE", "GET", "HEAD", "PATCH", "PUT"]);
  });

  it("A11: TRACE and OPTIONS answer 405", async () => {
    for (const method of ["TRACE", "OPTIONS", "PROPFIND"]) {
      const answer = service.send(method, `${boxPath}?${modern}`);
      const { headers } = await assertError(answer, 405, "MethodNotAllowed");
      assert.match(headers.allow ?? "", /\bGET\b/);
    }
  });

  it("A11: method overrides are not heard", async () => {
    await service.send("GET", `${boxPath}?${modern}&_method=DELETE`, {
      headers: { "X-HTTP-Method-Override": "DELETE" },
    });
    assert.equal(service.requests.at(-1)?.route.method, "GET");
  });

  it("rule 10: a verb of another version names that version", async () => {
    const reply = await assertError(
      service.send("PATCH", `${boxPath}?${old}`, { body: {} }),
      405,
      "MethodNotAllowed",
    );
    assert.match(reply.error.message ?? "", /2030-01-01-preview/);
    assert.ok(!(reply.headers.allow ?? "").includes("PATCH"));
  });

  it("rule 20: HEAD answers 204 or 404 without body", async () => {
    const there = await service.send("HEAD", `${boxPath}?${modern}`);
    assert.equal(there.status, 204);
    assert.equal(there.text, "");
    const missing = await service.send("HEAD", `${groupPath}/nope/x?${modern}`);
    assert.equal(missing.status, 404);
    assert.equal(missing.text, "");
  });
});

describe("router, api-version", () => {
  const allVersions = /2020-01-01.*2030-01-01-preview/;

  it("rule 5: every route needs an api-version", async () => {
    const id = "aaaaaaaa-0000-4000-8000-000000000009";
    const polls = ["operationStatuses", "operationResults"].map(
      (type) => `/subscriptions/${subscriptionId}/providers/Test.Things/locations/l/${type}/${id}`,
    );
    for (const path of [boxPath, "/providers/Test.Things/operations", ...polls]) {
      const code = "MissingApiVersionParameter";
      const reply = await assertError(service.send("GET", path), 400, code, "api-version");
      assert.match(reply.error.message ?? "", allVersions);
    }
  });

  const wrong = [
    "api-version=2021-13-45",
    "api-version=latest",
    "api-version=2020-01-01&api-version=2020-01-01",
    "api-version=2020-01-01&API-Version=2030-01-01-preview",
    "api-version=2020-01-01,2030-01-01-preview",
    "api-version=%002020-01-01",
    "api-version=2020-01-01%20",
    "api-version=constructor",
  ];
  for (const query of wrong) {
    it(`rule 6, A10: ${query} is refused`, async () => {
      const code = "InvalidApiVersionParameter";
      const reply = await assertError(service.send("GET", `${boxPath}?${query}`), 400, code);
      assert.match(reply.error.message ?? "", allVersions);
    });
  }

  it("rule 6, A10: an array or empty one is missing", async () => {
    for (const query of ["api-version=", "api-version", "api-version[]=2020-01-01"]) {
      const reply = await service.send("GET", `${boxPath}?${query}`);
      assert.equal(reply.status, 400, query);
      assert.match(reply.error.code ?? "", /ApiVersionParameter$/);
    }
  });

  it("rule 16: api-version and parameters in any casing", async () => {
    const path = `${groupPath}/boxes?API-VERSION=2030-01-01-PREVIEW&$SKIPTOKEN=t&%24Top=3`;
    assert.equal((await service.send("GET", path)).status, 200);
    assert.deepEqual(service.requests.at(-1)?.query, { $skipToken: "t", $top: "3" });
    assert.equal(service.requests.at(-1)?.context.apiVersion, "2030-01-01-preview");
  });

  it("rule 15: unknown query parameters are ignored", async () => {
    const path = `${groupPath}/boxes?${modern}&foo=bar&t=1&c=2&s=3&h=4&$filter[a]=b&__proto__=x`;
    assert.equal((await service.send("GET", path)).status, 200);
    assert.deepEqual(service.requests.at(-1)?.query, {});
  });

  it("rule 147: a parameter of another type is refused", () =>
    refuses(
      service.send("GET", `${groupPath}/boxes?${modern}&$top=abc`),
      400,
      "InvalidQueryParameter",
      "$top",
    ));
});

describe("router, at start", () => {
  const withoutPolls = createFakeProvider(contracts);

  it("rule 224: every route of the real contracts loads", () => {
    assert.ok(withoutPolls.provider.handlers.size > 10);
    createRouter([{ provider: withoutPolls.provider, contracts }]);
  });

  it("matches every route of the real contracts", () => {
    const router = createRouter([{ provider: withoutPolls.provider, contracts }]);
    const fill = (path: string): string[] =>
      path
        .replace("{subscriptionId}", subscriptionId)
        .replaceAll(/\{[^}]+\}/g, "x1")
        .split("/")
        .filter((segment) => segment !== "");
    for (const { apiVersion, routes } of contracts) {
      for (const { path } of routes) {
        const { endpoints } = router.match(fill(path));
        const fits = endpoints.some((one) => one.kind === "poll" || one.apiVersion === apiVersion);
        assert.ok(fits, `${apiVersion} ${path}`);
      }
    }
  });

  it("a route without handler stops the start", () => {
    const { provider } = createFakeProvider();
    const handlers = new Map([...provider.handlers].filter(([key]) => !key.startsWith("PUT")));
    assert.throws(
      () => createRouter([{ provider: { ...provider, handlers }, contracts: thingContracts }]),
      /PUT .*boxes/,
    );
  });

  it("a handler without route stops the start", () => {
    const { provider } = createFakeProvider();
    const handlers = new Map(provider.handlers).set("GET /nowhere", () =>
      Promise.resolve({ kind: "empty" }),
    );
    assert.throws(
      () => createRouter([{ provider: { ...provider, handlers }, contracts: thingContracts }]),
      /nowhere/,
    );
  });
});
