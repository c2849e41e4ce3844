import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findPrefixEnd } from "../../src/state/key-range.ts";

const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("findPrefixEnd", () => {
  it("holds exactly the texts with the prefix", () => {
    const text = fc.string({ unit: "binary", maxLength: 6 });
    fc.assert(
      fc.property(text, text, fc.boolean(), (prefix, other, isJoined) => {
        const key = isJoined ? prefix + other : other;
        const end = findPrefixEnd(prefix);
        const inRange = compare(key, prefix) >= 0 && (end === undefined || compare(key, end) < 0);
        assert.equal(inRange, key.startsWith(prefix));
      }),
      { numRuns: 2000 },
    );
  });

  it("steps over what has no successor", () => {
    assert.equal(findPrefixEnd(""), undefined);
    assert.equal(findPrefixEnd("\u{10ffff}"), undefined);
    assert.equal(findPrefixEnd("a\u{10ffff}"), "b");
    assert.equal(findPrefixEnd("\ud7ff"), "\ue000");
  });
});
