import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maxRefsBytes } from "../../src/engine/format/limits.ts";
import { decodeRefs, encodeRefs } from "../../src/engine/format/refs.ts";

const object = `refs/${"0".repeat(64)}`;
const [pack, index] = [`data/ab/${"ab".repeat(32)}`, `index/${"c".repeat(64)}`];
const [key, epoch] = [`keys/${"d".repeat(32)}`, `epochs/${"e".repeat(32)}`];

describe("the list of what a backup relies on", () => {
  it("is sorted by name, one line each", () => {
    const objects = [key, pack, index, epoch].map((name, bytes) => ({ name, bytes }));
    const text = `${pack} 1\n${epoch} 3\n${index} 2\n${key} 0\n`;
    assert.equal(encodeRefs(objects).toString("latin1"), text);
    assert.deepEqual(
      decodeRefs(Buffer.from(text), object).map(({ name, bytes }) => [name, bytes]),
      [
        [pack, 1],
        [epoch, 3],
        [index, 2],
        [key, 0],
      ],
    );
    assert.deepEqual(decodeRefs(Buffer.alloc(0), object), []);
  });

  it("is read from the middle of other bytes", () => {
    const around = Buffer.from(`before${pack} 999999999999999\nafter`);
    const [found, ...more] = decodeRefs(around.subarray(6, -5), object);
    assert.deepEqual([found, more], [{ name: pack, bytes: 999_999_999_999_999 }, []]);
  });

  for (const [what, text, fault] of [
    ["ends within a line", `${pack} 1`, "does not end with a whole line"],
    ["has an empty line", `${pack} 1\n\n`, "has a malformed line"],
    [
      "names a manifest",
      "backups/00000000-0000-4000-8000-000000000001 1\n",
      "has a malformed line",
    ],
    ["names no object", "data/ab/../../config 1\n", "has a malformed line"],
    ["names a pack without its folder", `data/${"a".repeat(64)} 1\n`, "has a malformed line"],
    ["has a short name", `keys/${"d".repeat(31)} 1\n`, "has a malformed line"],
    ["has a long name", `index/${"c".repeat(65)} 1\n`, "has a malformed line"],
    ["has upper case", `${pack.toUpperCase()} 1\n`, "has a malformed line"],
    ["has no size", `${pack}\n`, "has a malformed line"],
    ["has a size below zero", `${pack} -1\n`, "has a malformed line"],
    ["has a size beyond all", `${pack} 1000000000000000\n`, "has a malformed line"],
    ["has more behind a size", `${pack} 1 \n`, "has a malformed line"],
    ["has more before a name", ` ${pack} 1\n`, "has a malformed line"],
  ] as const)
    it(`is refused where it ${what}`, () => {
      assert.throws(() => decodeRefs(Buffer.from(text), object), {
        code: "CorruptObject",
        message: `Object "${object}" ${fault}`,
        target: object,
      });
    });

  it("is refused where it is larger than any", () => {
    // Zeros that nobody writes to take no memory.
    assert.throws(() => decodeRefs(Buffer.alloc(maxRefsBytes + 1), object), {
      message: `Object "${object}" is larger than ${maxRefsBytes} bytes`,
    });
  });
});
