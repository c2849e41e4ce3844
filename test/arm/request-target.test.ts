import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { ArmError } from "../../src/arm/errors.ts";
import { parseRequestTarget, singleValue } from "../../src/arm/request-target.ts";

describe("parseRequestTarget", () => {
  const paths: readonly (readonly [path: string, segments: readonly string[]])[] = [
    ["/", []],
    ["/a/b", ["a", "b"]],
    ["//a///b/", ["a", "b"]],
    ["/A/b%20c/%28d%29", ["A", "b c", "(d)"]],
    ["https://else.example/a/b?x=1", ["a", "b"]],
    ["/a/%252e%252e", ["a", "%2e%2e"]],
    ["/a+b", ["a+b"]],
    ["/a#b", ["a"]],
  ];
  for (const [path, segments] of paths) {
    it(`rule 13: decodes ${path} exactly once`, () => {
      assert.deepEqual(parseRequestTarget(path).segments, segments);
    });
  }

  for (const path of ["/a/%zz", "/a/%", "/a/%ff", "/a%2fb", "/a/%2Fb"]) {
    it(`rule 13: refuses ${path}`, () => {
      assert.throws(
        () => parseRequestTarget(path),
        (error) => error instanceof ArmError && error.status === 400,
      );
    });
  }

  it("throws nothing but refusals", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        try {
          parseRequestTarget(text);
        } catch (error) {
          assert.ok(error instanceof ArmError && error.status === 400);
        }
      }),
    );
  });
});

describe("singleValue", () => {
  for (const spelling of ["$skipToken", "$skiptoken", "$SKIPTOKEN", "%24skipToken"]) {
    it(`rule 16: finds ${spelling}`, () => {
      const target = parseRequestTarget(`/a?${spelling}=t&other=1`);
      assert.equal(singleValue(target, "$skipToken"), "t");
    });
  }

  it("tells absent from empty", () => {
    const target = parseRequestTarget("/a?x=");
    assert.equal(singleValue(target, "x"), "");
    assert.equal(singleValue(target, "y"), undefined);
  });

  it("refuses a parameter given twice", () => {
    const target = parseRequestTarget("/a?api-version=1&API-version=2");
    assert.throws(
      () => singleValue(target, "api-version"),
      (error) => error instanceof ArmError && error.code === "InvalidQueryParameter",
    );
  });

  it("a bracket makes no object of a value", () => {
    const target = parseRequestTarget("/a?$filter[a]=b");
    assert.equal(singleValue(target, "$filter"), undefined);
    assert.equal(singleValue(target, "$filter[a]"), "b");
  });
});
