import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { ArmError } from "../../src/arm/errors.ts";
import { buildNextLink, readSkipToken, writeSkipToken } from "../../src/arm/paging.ts";
import type { ArmRequest } from "../../src/arm/resource-type.ts";

const key = Buffer.alloc(32, 7);

describe("skip tokens", () => {
  it("give back the position they were made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (position, scope) => {
        const token = writeSkipToken(position, scope, key);
        assert.match(token, /^[\w-]+$/);
        assert.equal(readSkipToken(token, scope, key), position);
      }),
    );
  });

  it("rule 145: belong to one collection", () => {
    const token = writeSkipToken("p", "/subscriptions/a/things", key);
    assert.equal(readSkipToken(token, "/Subscriptions/A/Things", key), "p");
    assertRefused(() => readSkipToken(token, "/subscriptions/b/things", key));
    assertRefused(() => readSkipToken(token, "/subscriptions/a/things", Buffer.alloc(32, 8)));
  });

  it("rule 145, A25: no other text is one", () => {
    const token = writeSkipToken("position", "s", key);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(..."Ab0_-%"), (at, sign) => {
        const forged = `${token.slice(0, at)}${sign}${token.slice(at + 1)}`;
        if (forged !== token) assertRefused(() => readSkipToken(forged, "s", key));
      }),
    );
    for (const text of ["", "x", "AAAA", token.slice(0, 20), `${token}=`, ` ${token}`]) {
      assertRefused(() => readSkipToken(text, "s", key));
    }
  });
});

describe("buildNextLink", () => {
  it("rule 143: is absolute and keeps version, filters and page size", () => {
    const link = new URL(buildNextLink(aRequest({ $top: "10", $filter: "a eq 'b&c'" }), "t-1_"));
    assert.equal(link.origin, "https://mgmt.example");
    assert.equal(link.pathname, "/subscriptions/s/providers/Example.Admin/things/a%20b/parts");
    assert.deepEqual(Object.fromEntries(link.searchParams), {
      "api-version": "2026-12-01",
      $top: "10",
      $filter: "a eq 'b&c'",
      $skipToken: "t-1_",
    });
  });

  it("rule 148: leaves out what the token already stands behind", () => {
    const link = new URL(buildNextLink(aRequest({ $skip: "5", $skipToken: "old" }), "new"));
    assert.equal(link.searchParams.has("$skip"), false);
    assert.deepEqual(link.searchParams.getAll("$skipToken"), ["new"]);
  });
});

function aRequest(query: Readonly<Record<string, string>>): ArmRequest {
  return {
    context: {
      requestId: "r",
      correlationId: "r",
      clientRequestId: undefined,
      returnClientRequestId: false,
      apiVersion: "2026-12-01",
      publicBaseUrl: "https://mgmt.example",
      tenantId: undefined,
      principal: { id: "p", name: "p", kind: "development" },
      systemData: undefined,
      receivedAt: 0,
    },
    route: {
      operationId: "Parts_List",
      method: "GET",
      path: "/subscriptions/{subscriptionId}/providers/Example.Admin/things/{thing}/parts",
      query: [],
      responses: { 200: "PartList" },
    },
    params: { subscriptionId: "s", thing: "a b" },
    query,
    body: undefined,
    ifMatch: undefined,
    ifNoneMatch: undefined,
    abandonment: new AbortController(),
  };
}

function assertRefused(run: () => unknown): void {
  assert.throws(
    run,
    (error) =>
      error instanceof ArmError && error.status === 400 && error.code === "InvalidSkipToken",
  );
}
