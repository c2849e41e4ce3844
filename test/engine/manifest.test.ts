import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  decodeRoots,
  encodeRoots,
  isFolderName,
  type TreeRoot,
} from "../../src/engine/format/manifest.ts";

describe("a role's name", () => {
  it("is one that a folder can have, wherever the restore is", () => {
    for (const name of ["a", "…", "...", ".a", "a.", " ", "a\\b", "a".repeat(255), "ä".repeat(127)])
      assert.equal(isFolderName(name), true, name);
    for (const name of ["", ".", "..", "/", "a/b", "../a", "a/", "\0", "a\0b"])
      assert.equal(isFolderName(name), false, name);
  });

  it("has 255 bytes at most, however many characters", () => {
    for (const name of ["a".repeat(256), "ä".repeat(128), "😀".repeat(64)])
      assert.equal(isFolderName(name), false, name);
  });
});

describe("the roots of a manifest", () => {
  const rootsOf = (count: number): TreeRoot[] =>
    Array.from({ length: count }, (_none, index) => ({
      ...{ role: `role ${index}`, bytes: index },
      chunks: Buffer.alloc(20 * (index % 3), index),
    }));

  it("are as many as the bound, and no more", () => {
    const most = rootsOf(4096);
    assert.deepEqual(decodeRoots(encodeRoots(most), "a manifest"), most);
    assert.throws(() => decodeRoots(encodeRoots(rootsOf(4097)), "a manifest"), {
      code: "CorruptObject",
    });
  });

  it("end with the last of them", () => {
    const bytes = encodeRoots(rootsOf(3));
    for (const longer of [Buffer.of(0), Buffer.of(1), Buffer.alloc(20)])
      assert.throws(() => decodeRoots(Buffer.concat([bytes, longer]), "a manifest"), {
        code: "CorruptObject",
      });
  });
});
