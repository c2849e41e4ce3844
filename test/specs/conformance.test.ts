import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { findNumbers, findProofs, readRules, writeConformance } from "../../specs/conformance.ts";
import { conformancePage } from "../../specs/generate.ts";

const specs = resolve(import.meta.dirname, "../../specs");

describe("conformance.md", () => {
  it("is up to date", () => {
    assert.equal(readFileSync(join(specs, "conformance.md"), "utf8"), conformancePage());
  });

  it("has every rule once, in order", () => {
    assert.deepEqual(
      readRules(specs).map(({ number }) => number),
      Array.from({ length: 289 }, (_none, index) => index + 1),
    );
  });

  it("knows every rule a test names", () => {
    const known = new Set(readRules(specs).map(({ number }) => number));
    const named = [...findProofs(resolve(import.meta.dirname, "..")).keys()];
    assert.deepEqual(
      named.filter((number) => !known.has(number)),
      [],
    );
  });
});

describe("the reader of test titles", () => {
  const say = (title: string): readonly number[] => findNumbers(`  it("${title}", () => {});`);

  it("finds single numbers, lists and ranges", () => {
    assert.deepEqual(say("rule 5: a"), [5]);
    assert.deepEqual(say("rules 5, 7 and 9: a"), [5, 7, 9]);
    assert.deepEqual(say("rules 5–7, 9, A12: a"), [5, 6, 7, 9]);
    assert.deepEqual(say("the ruler 5"), []);
  });

  it("reads only titles, and no sample of one", () => {
    assert.deepEqual(findNumbers('const a = "rule 5";'), []);
    assert.deepEqual(findNumbers(`  find('it("rule 5: a"');`), []);
  });

  it("says what is missing", () => {
    const rule = { number: 1, level: "M", section: "A", text: "Be" } as const;
    assert.match(
      writeConformance([rule], new Map()),
      /\| 1 \| M \| Be \| \*\*missing\*\* \| {2}\|/,
    );
    const proofs = new Map([[1, ["arm/a.test.ts"]]]);
    assert.match(
      writeConformance([rule], proofs),
      /\| proved \| \[a\]\(\.\.\/test\/arm\/a\.test\.ts\) \|/,
    );
    const reason = { ...rule, notApplicable: "Why" };
    assert.match(writeConformance([reason], new Map()), /\| not applicable \| Why \|/);
  });
});
