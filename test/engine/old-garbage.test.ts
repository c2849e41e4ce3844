import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getHeapStatistics } from "node:v8";
import { createOldCollector } from "../../src/engine/young-garbage.ts";

describe("what was kept for a while and let go of", () => {
  const used = (): number => getHeapStatistics().used_heap_size;
  const mebibyte = 1024 * 1024;

  it("is freed once enough of it has piled up, and not looked for before", () => {
    const collect = createOldCollector(16 * mebibyte);
    let kept: object[] | undefined = Array.from({ length: 400_000 }, (_none, number) => ({
      ...{ number, text: `text ${number}` },
    }));
    const full = used();
    assert.equal(kept.length, 400_000);
    kept = undefined;
    collect();
    const emptied = used();
    assert.ok(emptied < full - 16 * mebibyte, `${full} and then ${emptied} bytes`);
    // Nothing has piled up since.
    const few = Array.from({ length: 1000 }, (_none, number) => ({ number }));
    collect();
    assert.ok(used() >= emptied, `${few.length}`);
  });
});
