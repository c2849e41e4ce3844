import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkExchange, findExchangeFaults, type SeenExchange } from "../support/live-validator.ts";
import { locationPath } from "../support/provider-world.ts";

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
  });
});
