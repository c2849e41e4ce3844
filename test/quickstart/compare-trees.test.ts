import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { compareTrees } from "../../.config/quickstart/compare-trees.ts";

describe("the comparison of the quickstart", () => {
  let home: string;
  let [one, other] = ["", ""];
  beforeEach(() => {
    home = fs.mkdtempSync(join(tmpdir(), "holdfast-compare-"));
    [one, other] = [join(home, "one"), join(home, "other")];
    fs.mkdirSync(join(one, "folder"), { recursive: true });
    fs.writeFileSync(join(one, "folder/file"), "content");
    fs.symlinkSync("folder/file", join(one, "link"));
    fs.cpSync(one, other, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const { atime, mtime } = fs.lstatSync(join(one, "link"));
    for (const root of [one, other]) fs.lutimesSync(join(root, "link"), atime, mtime);
    setTimes();
  });
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  const setTimes = (): void => {
    for (const root of [one, other]) {
      for (const name of ["folder/file", "folder", "."]) {
        const path = join(root, name);
        if (fs.existsSync(path)) fs.utimesSync(path, 1_700_000_000, 1_700_000_000);
      }
    }
  };
  const compare = (exclude: readonly string[] = []): readonly string[] =>
    compareTrees(one, other, { exclude, comparesOwner: true }).differences;

  it("finds none between equal trees", () => {
    assert.deepEqual(compare(), []);
    const { files, links, directories } = compareTrees(one, other, {
      exclude: [],
      comparesOwner: true,
    });
    assert.deepEqual({ files, links, directories }, { files: 1, links: 1, directories: 2 });
  });

  const changes: readonly (readonly [string, RegExp, () => void])[] = [
    ["a byte", /other bytes/, () => fs.writeFileSync(join(other, "folder/file"), "cOntent")],
    ["a byte more", /other bytes/, () => fs.appendFileSync(join(other, "folder/file"), "!")],
    ["a mode", /another mode/, () => fs.chmodSync(join(other, "folder/file"), 0o600)],
    ["a missing file", /was not restored/, () => fs.rmSync(join(other, "folder/file"))],
    ["a file too many", /is not there/, () => fs.writeFileSync(join(other, "folder/more"), "")],
    [
      "another kind",
      /another kind/,
      () => {
        fs.rmSync(join(other, "folder/file"));
        fs.mkdirSync(join(other, "folder/file"));
      },
    ],
  ];
  for (const [name, expected, change] of changes) {
    it(`finds ${name}`, () => {
      change();
      setTimes();
      const found = compare();
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", expected);
    });
  }

  it("finds two microseconds", () => {
    fs.utimesSync(join(other, "folder/file"), 1_700_000_000, 1_700_000_000.000_002);
    assert.match(compare().join(), /another time/);
  });

  it("finds another link target", () => {
    const { atime, mtime } = fs.lstatSync(join(one, "link"));
    fs.rmSync(join(other, "link"));
    fs.symlinkSync("folder", join(other, "link"));
    fs.lutimesSync(join(other, "link"), atime, mtime);
    setTimes();
    assert.match(compare().join(), /links to something else/);
  });

  it("leaves out what was left out", () => {
    fs.rmSync(join(other, "folder/file"));
    setTimes();
    assert.deepEqual(compare(["folder/file"]), []);
  });
});
