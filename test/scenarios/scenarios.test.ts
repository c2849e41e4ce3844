import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { matchValue, type Bindings } from "./match.ts";
import { listScenarios, playScenario } from "./scenario.ts";

describe("scenarios", () => {
  for (const folder of listScenarios(import.meta.dirname)) {
    it(relative(import.meta.dirname, folder), () => playScenario(folder));
  }

  it("are all in the list, and nothing else is", () => {
    const text = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
    const named = [...text.matchAll(/`([a-z-]+\/[\w-]+)`/g)].map(([, name]) => name ?? "");
    const folders = listScenarios(import.meta.dirname).map((folder) =>
      relative(import.meta.dirname, folder),
    );
    assert.deepEqual([...new Set(named)].toSorted(), folders.toSorted());
  });
});

describe("the matcher of scenarios", () => {
  const match = (actual: unknown, expected: unknown, how: "whole" | "part" = "whole"): Bindings => {
    const bindings: Bindings = new Map();
    matchValue(actual, expected, bindings, "body", how);
    return bindings;
  };

  it("binds what a placeholder stood for", () => {
    const id = "2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412";
    assert.equal(match({ a: `x/${id}` }, { a: "x/<guid:id>" }).get("id"), id);
  });

  it("refuses another order, another name, another value", () => {
    assert.throws(() => match({ a: 1, b: 2 }, { b: 2, a: 1 }));
    assert.throws(() => match({ a: 1, b: 2 }, { a: 1 }));
    assert.throws(() => match({ a: "1" }, { a: 1 }));
    assert.throws(() => match({ a: "x.y" }, { a: "xzy" }));
  });

  it("takes a part for a part", () => {
    match({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3 } }, "part");
    assert.throws(() => match({ a: 1 }, { b: 1 }, "part"));
  });
});
