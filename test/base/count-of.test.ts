import assert from "node:assert/strict";
import { it } from "node:test";
import { countOf } from "../../src/base/count-of.ts";

it("counts are told as people say them", () => {
  const told = [0, 1, 2, 999, 1000, 1_234_567].map((count) => countOf(count, "backup"));
  assert.deepEqual(told, [
    ...["0 backups", "1 backup", "2 backups", "999 backups", "1,000 backups"],
    "1,234,567 backups",
  ]);
  assert.equal(countOf(2, "copy", "copies"), "2 copies");
});
