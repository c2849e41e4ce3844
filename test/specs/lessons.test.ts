import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brokenRules } from "../support/broken-rules.ts";
import { readProjectFile } from "../support/project-files.ts";

describe("what others lost data by", () => {
  const rows = readProjectFile("specs/lessons.md")
    .split("\n")
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  it("is thirty cases, each with a rule and tests that are there", () => {
    assert.deepEqual(
      rows.map(([, number]) => Number(number)),
      Array.from({ length: 30 }, (_none, index) => index + 1),
    );
    for (const [, number, what = "", rule = "", tests = ""] of rows) {
      assert.ok(what !== "" && rule !== "", `${number}`);
      const named = [...tests.matchAll(/`([\w/-]+)` "([^"]+)"/g)];
      assert.equal(named.length, tests.split(";").length, `${number}: ${tests}`);
      for (const [, file, title = ""] of named)
        assert.ok(
          readProjectFile(`test/${file}.test.ts`).includes(title),
          `${number}: ${file} has no "${title}"`,
        );
    }
  });

  it("can each be tried on the product", () => {
    for (const [, number = "", , , tests = ""] of rows) {
      const broken = brokenRules.filter(({ lesson }) => lesson === Number(number));
      assert.ok(broken.length > 0, number);
      for (const { file, from, to, test, title } of broken) {
        assert.ok(tests.includes(`\`${test}\` "${title}`), `${number}: ${test} "${title}"`);
        assert.equal(readProjectFile(file).split(from).length, 2, `${number}: ${file}: ${from}`);
        assert.notEqual(to, from);
      }
    }
  });
});
