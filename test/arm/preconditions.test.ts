import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ArmError } from "../../src/arm/errors.ts";
import { checkPreconditions, quoteEtag, type Preconditions } from "../../src/arm/preconditions.ts";

type Row = readonly [
  rule: number,
  method: Preconditions["method"],
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
  etag: string | undefined,
  outcome: "passes" | 412,
];

// The resource's etag is "v1" wherever it is present.
const rows: readonly Row[] = [
  [135, "PUT", undefined, undefined, undefined, "passes"],
  [135, "PUT", undefined, undefined, "v1", "passes"],
  [135, "PUT", "*", undefined, undefined, 412],
  [135, "PUT", "*", undefined, "v1", "passes"],
  [135, "PUT", '"v1"', undefined, undefined, 412],
  [135, "PUT", '"v1"', undefined, "v1", "passes"],
  [135, "PUT", '"v0"', undefined, "v1", 412],
  [136, "PUT", undefined, "*", undefined, "passes"],
  [136, "PUT", undefined, "*", "v1", 412],
  [136, "PUT", undefined, '"v1"', undefined, "passes"],
  [136, "PUT", undefined, '"v1"', "v1", 412],
  [136, "PUT", undefined, '"v0"', "v1", "passes"],
  [137, "PATCH", undefined, undefined, undefined, "passes"],
  [137, "PATCH", "*", undefined, undefined, "passes"],
  [137, "PATCH", '"v1"', undefined, undefined, "passes"],
  [137, "PATCH", "*", undefined, "v1", "passes"],
  [137, "PATCH", '"v1"', undefined, "v1", "passes"],
  [137, "PATCH", '"v0"', undefined, "v1", 412],
  [138, "DELETE", undefined, undefined, undefined, "passes"],
  [138, "DELETE", "*", undefined, undefined, "passes"],
  [138, "DELETE", '"v1"', undefined, undefined, "passes"],
  [138, "DELETE", "*", undefined, "v1", "passes"],
  [138, "DELETE", '"v1"', undefined, "v1", "passes"],
  [138, "DELETE", '"v0"', undefined, "v1", 412],
  // If-Match compares strongly: a weak tag never holds.
  [141, "PUT", 'W/"v1"', undefined, "v1", 412],
  [141, "PUT", "v1", undefined, "v1", "passes"],
  [141, "PUT", "v0", undefined, "v1", 412],
  [141, "PUT", '"v0","v1"', undefined, "v1", "passes"],
  [141, "PUT", '"v0" , W/"v1"', undefined, "v1", 412],
  [141, "PUT", '"v0,v1"', undefined, "v1", 412],
  [141, "PUT", '"', undefined, "v1", 412],
  [141, "PUT", ",,", undefined, "v1", 412],
  [141, "PUT", undefined, 'W/"v1"', "v1", 412],
  [141, "PUT", undefined, '"v0", "v1"', "v1", 412],
  [141, "PUT", '"v1"', '"v1"', "v1", 412],
];

describe("rules 135–138, 141: checkPreconditions", () => {
  for (const [rule, method, ifMatch, ifNoneMatch, etag, outcome] of rows) {
    const headers = `If-Match ${ifMatch ?? "absent"}, If-None-Match ${ifNoneMatch ?? "absent"}`;
    it(`rule ${rule}: ${method} of ${etag ?? "nothing"} with ${headers} gives ${outcome}`, () => {
      const check = () => checkPreconditions({ method, ifMatch, ifNoneMatch }, etag);
      if (outcome === "passes") return assert.doesNotThrow(check);
      assert.throws(check, (error) => {
        assert.ok(error instanceof ArmError);
        assert.equal(error.status, 412);
        assert.equal(error.code, "PreconditionFailed");
        return true;
      });
    });
  }

  it("rule 57: a failed precondition names no time", () => {
    assert.throws(
      () => checkPreconditions({ method: "PUT", ifMatch: "x", ifNoneMatch: undefined }, "v1"),
      (error) => error instanceof ArmError && Object.keys(error.headers).length === 0,
    );
  });

  it("takes the etag with or without quotes", () => {
    for (const etag of ["v1", '"v1"']) {
      checkPreconditions({ method: "PUT", ifMatch: '"v1"', ifNoneMatch: undefined }, etag);
    }
  });
});

describe("quoteEtag", () => {
  it("rule 134: shows a quoted text", () => {
    assert.equal(quoteEtag("v1"), '"v1"');
    assert.equal(quoteEtag('"v1"'), '"v1"');
    assert.equal(quoteEtag('W/"v1"'), 'W/"v1"');
  });
});
