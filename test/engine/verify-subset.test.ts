import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packHeaderBytes } from "../../src/engine/format/pack-format.ts";
import { isInSubset } from "../../src/engine/verify/verify-subset.ts";
import { somePassword } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld } from "../support/prune-world.ts";

describe("verify in parts", { timeout: 60_000 }, () => {
  it("reads every pack exactly once", async () => {
    const world = await PruneWorld.create("subset");
    for (let number = 1; number <= 6; number += 1)
      await world.backup(number, { own: someContent(5000, `own ${number}`) });
    const packs = world.names("data/");
    for (const depth of ["ciphertext", "content"] as const) {
      for (const count of [1, 2, 5]) {
        const reads = new Map<string, number>();
        const watched = {
          ...world.store,
          get: (name: string, range?: { offset: number; length: number }) => {
            if (range?.offset === 0 && range.length > packHeaderBytes)
              reads.set(name, (reads.get(name) ?? 0) + 1);
            return world.store.get(name, range);
          },
        };
        for (let part = 1; part <= count; part += 1)
          await world.repository
            .on(watched)
            .verify({ depth, subset: { part, of: count }, opener: somePassword });
        for (const name of packs) assert.equal(reads.get(name), 1, `${name} of ${count}`);
      }
    }
  });

  it("finds damage in its own part only", async () => {
    const world = await PruneWorld.create("part");
    await world.backup(1, { own: someContent(5000, "own") });
    const [name = ""] = world.names("data/");
    const bytes = Uint8Array.from(world.objects.get(name)?.bytes ?? []);
    bytes[90] = (bytes[90] ?? 0) ^ 1;
    world.objects.set(name, { bytes, modifiedAt: world.clock.now() });
    for (const part of [1, 2]) {
      const subset = { part, of: 2 };
      const { findings } = await world.repository.verify({ subset });
      assert.equal(findings.length, isInSubset(name, subset) ? 1 : 0);
    }
  });

  it("refuses parts that are none", async () => {
    const world = await PruneWorld.create("none");
    for (const subset of [
      { part: 0, of: 2 },
      { part: 3, of: 2 },
      { part: 1.5, of: 2 },
    ])
      await assert.rejects(world.repository.verify({ subset }), { code: "InvalidArgument" });
  });
});
