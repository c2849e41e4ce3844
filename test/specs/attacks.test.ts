import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findAttackIds, findAttackTests, readAttacks, writeAttacks } from "../../specs/attacks.ts";

const root = join(import.meta.dirname, "../..");

describe("the table of attacks", () => {
  const attacks = readAttacks(join(root, "specs"));
  const tests = findAttackTests(join(root, "test"));

  it("has all ninety-five, and every number of a title is one of them", () => {
    const ids = attacks.map(({ id }) => id);
    assert.deepEqual(
      ids,
      Array.from({ length: 95 }, (_none, index) => `A${index + 1}`),
    );
    assert.deepEqual(
      [...tests.keys()].filter((id) => !ids.includes(id)),
      [],
    );
  });

  it("has a test for each that comes over HTTP", () => {
    const missing = attacks.filter(({ section, id }) => section === "The API" && !tests.has(id));
    assert.deepEqual(missing, []);
  });

  it("gives no reason where there is a test", () => {
    const both = attacks.filter(({ id, notApplicable }) => notApplicable && tests.has(id));
    assert.deepEqual(both, []);
  });

  it("reads titles of every form, and nothing else", () => {
    assert.deepEqual(findAttackIds('it("A14: two", …'), ["A14"]);
    assert.deepEqual(findAttackIds("it(`rule 150, A26: x`"), ["A26"]);
    assert.deepEqual(findAttackIds('["rule 245, A1, A3: takes", …'), ["A1", "A3"]);
    assert.deepEqual(findAttackIds("`rules 46, 51, A15–A17, A26: x`"), [
      "A15",
      "A16",
      "A17",
      "A26",
    ]);
    assert.deepEqual(findAttackIds('it("rules 5–7, 9, A12: a"'), ["A12"]);
    assert.deepEqual(findAttackIds('it("no A14 here"); // A15: a comment'), []);
  });

  it("is written with its tests", () => {
    const page = writeAttacks(
      [
        { id: "A1", section: "One", text: "Bad" },
        { id: "A2", section: "One", text: "Worse", notApplicable: "Not here" },
      ],
      new Map([["A1", ["a/b.test.ts"]]]),
    );
    assert.match(page, /\| A1 \| Bad \| \[b\]\(\.\.\/test\/a\/b\.test\.ts\) \|/);
    assert.match(page, /\| A2 \| Worse \| not applicable: Not here \|/);
  });
});
