import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPolicy } from "../../src/engine/retention-policy.ts";

const nothing = {
  ...{ keepWithinDays: 0, keepLast: 0, keepHourly: 0, keepDaily: 0 },
  ...{ keepWeekly: 0, keepMonthly: 0, keepYearly: 0 },
};

describe("a retention policy", () => {
  for (const [name, value] of Object.entries({ ...nothing }).map(([name], at) => [name, at + 1]))
    it(`with ${String(name)} alone is a policy`, () => {
      assert.deepEqual(readPolicy({ [String(name)]: value }), {
        kind: "rules",
        rules: { ...nothing, [String(name)]: value, floor: 1, pinned: new Set() },
      });
    });

  it("takes a floor, pins and what is left undefined", () => {
    const given = { keepLast: 2, keepDaily: undefined, floor: 3, pinned: ["a", "b", "a"] };
    const rules = { ...nothing, keepLast: 2, floor: 3, pinned: new Set(["a", "b"]) };
    assert.deepEqual(readPolicy(given), { kind: "rules", rules });
    assert.equal(readPolicy({ keepLast: 1, floor: 1 }).kind, "rules");
    const bare = { keepLast: 1, floor: undefined, pinned: undefined };
    assert.deepEqual(readPolicy(bare), {
      kind: "rules",
      rules: { ...nothing, keepLast: 1, floor: 1, pinned: new Set() },
    });
  });

  for (const [policy, reason] of [
    [undefined, "no retention policy is set"],
    [null, "no retention policy is set"],
    ["keepLast", "the retention policy cannot be read"],
    [7, "the retention policy cannot be read"],
    [[], "the retention policy cannot be read"],
    [[{ keepLast: 1 }], "the retention policy cannot be read"],
    [{}, "the retention policy has no rule"],
    [nothing, "the retention policy has no rule"],
    [{ floor: 5 }, "the retention policy has no rule"],
    [{ pinned: ["a"] }, "the retention policy has no rule"],
    [{ keepLast: 1, keepEver: 2 }, 'the retention policy cannot be read: "keepEver"'],
    [{ keepLast: 1, keepDaily: -1 }, 'the retention policy cannot be read: "keepDaily"'],
    [{ keepLast: 1.5 }, 'the retention policy cannot be read: "keepLast"'],
    [{ keepLast: "1" }, 'the retention policy cannot be read: "keepLast"'],
    [{ keepLast: null }, 'the retention policy cannot be read: "keepLast"'],
    [{ keepLast: 2 ** 53 }, 'the retention policy cannot be read: "keepLast"'],
    [{ keepLast: 1, floor: 0 }, 'the retention policy cannot be read: "floor"'],
    [{ keepLast: 1, pinned: "a" }, 'the retention policy cannot be read: "pinned"'],
    [{ keepLast: 1, pinned: ["a", 1] }, 'the retention policy cannot be read: "pinned"'],
    [{ ["x".repeat(41)]: 1 }, `the retention policy cannot be read: "${"x".repeat(40)}"`],
  ] as const)
    it(`of ${JSON.stringify(policy)?.slice(0, 60) ?? "nothing"} keeps everything, and says why`, () => {
      assert.deepEqual(readPolicy(policy), { kind: "keep-all", reason });
    });
});
