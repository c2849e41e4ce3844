import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  decodeTombstone,
  encodeTombstone,
  isRemovableName,
} from "../../src/engine/format/tombstone.ts";
import { backupIdOf } from "../support/a-repository.ts";

describe("a tombstone that only looks like one", () => {
  const body = {
    format: "holdfast-tombstone",
    version: 1,
    id: "0c".repeat(16),
    repositoryId: "a repository",
    createdAt: "2026-03-01T00:00:00.000Z",
    fence: 1,
    backups: [{ backupId: "b", manifestHash: null }],
    objects: [{ name: `keys/${"0d".repeat(16)}`, bytes: 10 }],
  };

  it("is read where all is well", () => {
    const { format: _format, version: _version, ...rest } = body;
    assert.deepEqual(decodeTombstone(body, "a tombstone"), rest);
    assert.deepEqual(encodeTombstone(decodeTombstone(body, "a tombstone")), body);
    const manifestHash = "0e".repeat(32);
    const backups = [{ backupId: "b", manifestHash }];
    assert.deepEqual(decodeTombstone({ ...body, backups }, "a tombstone").backups, backups);
    const [{ name } = { name: "" }] = body.objects;
    assert.deepEqual([name, "config"].map(isRemovableName), [true, false]);
  });

  for (const [what, changes] of [
    ["has no date", { createdAt: "yesterday" }],
    ["names a config", { objects: [{ name: "config", bytes: 1 }] }],
    ["names a manifest", { objects: [{ name: `backups/${backupIdOf(1)}`, bytes: 1 }] }],
    ["names a path", { objects: [{ name: `data/../${"0".repeat(64)}`, bytes: 1 }] }],
    ["has another kind of id", { id: "0C" }],
    ["is of a later version", { version: 2 }],
  ] as const)
    it(`is refused where it ${what}`, () => {
      assert.throws(() => decodeTombstone({ ...body, ...changes }, "a tombstone"), {
        code: what.includes("version") ? "UnsupportedFormat" : "CorruptObject",
      });
    });
});
