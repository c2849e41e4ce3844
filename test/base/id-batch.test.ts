import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createIdMaker } from "../../src/base/id-batch.ts";

describe("id batch", () => {
  it("makes random UUIDs, each another", () => {
    const newId = createIdMaker();
    const ids = Array.from({ length: 1000 }, newId);
    for (const id of ids)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(new Set([...ids, ...Array.from({ length: 1000 }, createIdMaker())]).size, 2000);
  });

  it("leaves no other bit the same", () => {
    const newId = createIdMaker();
    const places = Array.from({ length: 36 }, () => new Set<string>());
    for (let count = 0; count < 1000; count += 1)
      for (const [place, digit] of [...newId()].entries()) places[place]?.add(digit);
    const sizes = places.map((digits) => digits.size);
    const part = (size: number): number[] => Array<number>(size).fill(16);
    const expected = [...part(8), 1, ...part(4), 1, 1, ...part(3), 1, 4, ...part(3), 1];
    assert.deepEqual(sizes, [...expected, ...part(12)]);
  });
});
