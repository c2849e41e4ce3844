import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, it } from "node:test";

const root = resolve(import.meta.dirname, "../..");

/** Runs the check of layers on a source tree of its own; returns what it prints and whether it passed. */
function checkLayers(files: Record<string, string>): { passed: boolean; output: string } {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-layers-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const check = spawnSync(process.execPath, [join(root, ".config/layers.mjs")], {
      cwd: folder,
      encoding: "utf8",
    });
    return { passed: check.status === 0, output: check.stdout + check.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lawful = {
  "src/main.ts":
    'import "./arm/router.ts"; import "./engine/backup.ts"; import "./storage/local.ts";',
  "src/arm/router.ts": 'import "express"; import "../base/errors.ts";',
  "src/base/errors.ts": 'import "node:util"; export type Code = "A";',
  "src/engine/backup.ts": 'import type { Code } from "../base/errors.ts"; export type C = Code;',
  "src/engine/object-store.ts": "export interface ObjectStore {}",
  "src/engine/crypto/wrap.ts": 'import "pkijs";',
  "src/storage/local.ts": 'import type { ObjectStore } from "../engine/object-store.ts";',
};

describe("the law of imports", () => {
  it("accepts a lawful tree", () => {
    assert.deepEqual(checkLayers(lawful), { passed: true, output: "" });
  });

  // All in one tree, because a run takes most of a second; each complaint names its own file.
  const faults: readonly [title: string, file: string, text: string, complaint: RegExp][] = [
    [
      "refuses engine importing arm",
      "src/engine/a.ts",
      'import "../arm/router.ts";',
      /src\/engine\/a\.ts may not import src\/arm\/router\.ts/,
    ],
    [
      "refuses a forbidden import of types",
      "src/base/b.ts",
      'import type { C } from "../engine/backup.ts"; export type D = C;',
      /src\/base\/b\.ts may not import src\/engine\/backup\.ts/,
    ],
    [
      "refuses a forbidden dynamic import",
      "src/engine/c.ts",
      'export const load = () => import("../arm/router.ts");',
      /src\/engine\/c\.ts may not import src\/arm\/router\.ts/,
    ],
    [
      "refuses storage looking behind a port",
      "src/storage/d.ts",
      'import "../engine/backup.ts";',
      /src\/storage\/d\.ts may not import src\/engine\/backup\.ts/,
    ],
    [
      "refuses a package outside its layer",
      "src/jobs/e.ts",
      'import "express";',
      /src\/jobs\/e\.ts may not import .*node_modules\/express\//,
    ],
    [
      "refuses pkijs outside engine/crypto",
      "src/engine/f.ts",
      'import "pkijs";',
      /src\/engine\/f\.ts may not import .*node_modules\/pkijs\//,
    ],
    [
      "refuses everyone who imports main",
      "src/arm/g.ts",
      'import "../main.ts";',
      /src\/arm\/g\.ts may not import src\/main\.ts/,
    ],
    [
      "refuses sources that import tests",
      "src/arm/h.ts",
      'import "../../test/support.ts";',
      /src\/arm\/h\.ts may not import test\/support\.ts/,
    ],
    [
      "refuses a cycle within a layer",
      "src/base/i.ts",
      'import type { E } from "./i.ts"; export type F = E; export type E = 1;',
      /Cycle: src\/base\/i\.ts/,
    ],
    [
      "refuses a layer without a law",
      "src/extra/j.ts",
      "export const a = 1;",
      /extra is no known layer/,
    ],
    [
      "refuses a layer that nobody uses",
      "src/roles/k.ts",
      "export const a = 1;",
      /No layer imports roles/,
    ],
    [
      "refuses a picture that lies",
      "src/README.md",
      "<!-- layers: begin -->\n<!-- layers: end -->\n",
      /picture in src\/README\.md is stale/,
    ],
  ];
  const planted = Object.fromEntries(faults.map(([, file, text]) => [file, text]));
  const faulty = { ...lawful, "test/support.ts": "export {};", ...planted };
  const found = checkLayers(faulty);
  for (const [title, , , complaint] of faults) {
    it(title, () => {
      assert.match(found.output, complaint);
    });
  }

  it("fails when it complains", () => {
    assert.equal(found.passed, false);
  });

  it("complains about nothing else", () => {
    const complaints = found.output.trim().split("\n");
    const expected = faults.map(([, , , complaint]) => complaint);
    // A layer of its own that nobody uses is also an orphan.
    assert.deepEqual(
      complaints.filter((line) => !expected.some((complaint) => complaint.test(line))),
      ["No layer imports extra", "No layer imports jobs"],
    );
  });
});
