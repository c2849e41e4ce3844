import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listProjectFiles, readProjectFile } from "../support/project-files.ts";

const maximumLines = 300;

describe("source files", () => {
  it("hold 300 lines or a waiver", () => {
    const long = listProjectFiles("src/**/*.ts")
      .filter((file) => !file.startsWith("src/generated/"))
      .filter((file) => isTooLong(readProjectFile(file)));
    assert.deepEqual(long, []);
  });

  it("give a reason with every waiver", () => {
    const bare = listProjectFiles("**/*.{ts,mjs}").flatMap((file) =>
      findBareWaivers(readProjectFile(file)).map((waiver) => `${file}: ${waiver}`),
    );
    assert.deepEqual(bare, []);
  });
});

describe("test files", () => {
  it("use every title once", () => {
    const repeated = listProjectFiles("test/**/*.test.ts").flatMap((file) =>
      findRepeatedTitles(readProjectFile(file)).map((title) => `${file}: ${title}`),
    );
    assert.deepEqual(repeated, []);
  });

  it("leave no test alone or out", () => {
    const marked = /\b(?:it|test|describe|suite)\.(?:only|skip|todo)\b/;
    const found = listProjectFiles("test/**/*.test.ts").filter((file) =>
      marked.test(stripComments(readProjectFile(file))),
    );
    assert.deepEqual(found, []);
  });
});

describe("the checks of sources", () => {
  it("count code lines only", () => {
    const line = "const a = 1;\n";
    assert.equal(isTooLong(line.repeat(maximumLines) + "\n// why\n/* why\n why */\n"), false);
    assert.equal(isTooLong(line.repeat(maximumLines + 1)), true);
    const waiver = `/* ${"oxlint"}-disable max-lines -- a table */\n`;
    assert.equal(isTooLong(waiver + line.repeat(maximumLines + 1)), false);
  });

  it("find a waiver without reason", () => {
    const waiver = `// ${"oxlint"}-disable-next-line no-console`;
    assert.deepEqual(findBareWaivers(`${waiver}\n${waiver} -- the command's output\n`), [waiver]);
  });

  it("find a title used twice", () => {
    const call = (title: string): string => `${"it"}("${title}", () => {});\n`;
    assert.deepEqual(findRepeatedTitles(call("a") + call("b") + call("a")), ["a"]);
  });
});

function isTooLong(source: string): boolean {
  if (/oxlint-disable max-lines -- \S/.test(source)) return false;
  const lines = stripComments(source).split("\n");
  return lines.filter((line) => line.trim() !== "").length > maximumLines;
}

function stripComments(source: string): string {
  return source.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
}

function findBareWaivers(source: string): string[] {
  const waivers = source.matchAll(/\/[/*]\s*(?:oxlint|eslint)-disable.*$|\/\/\s*@ts-.*$/gm);
  return [...waivers].map(([waiver]) => waiver).filter((waiver) => !/ -- \S/.test(waiver));
}

function findRepeatedTitles(source: string): string[] {
  const titles = [...source.matchAll(/\b(?:it|test)\(\s*(["'`])((?:\\.|(?!\1).)*)\1/g)].map(
    (match) => match[2] ?? "",
  );
  return [...new Set(titles.filter((title, index) => titles.indexOf(title) !== index))];
}
