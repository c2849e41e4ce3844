import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { JsonFault, maximumJsonDepth, parseStrictJson } from "../../src/arm/strict-json.ts";

describe("parseStrictJson", () => {
  it("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes("__proto__") || text.includes(String.raw`\u0000`)) return;
        assert.equal(JSON.stringify(read(text)), text);
        assert.equal(JSON.stringify(read(JSON.stringify(value, undefined, "\t"))), text);
      }),
    );
  });

  it("refuses whatever JSON.parse refuses", () => {
    const piece = fc.constantFrom(
      ...["{", "}", "[", "]", ",", ":", '"', '"a"', "\\", "1", "-", "0", ".", "e", "+", "true"],
      ...["null", " ", "\n", "\v", "\u00a0", "\u2028", "'", "//", "NaN", "\u0001", "\\u12"],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("");
        const expected = outcomeOf(() => JSON.parse(text));
        const actual = outcomeOf(() => read(text));
        if (expected === "refused") assert.equal(actual, "refused", text);
        else if (actual !== "refused") assert.equal(actual, expected, text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("throws nothing but its own fault at random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseStrictJson(bytes);
        } catch (error) {
          assert.ok(error instanceof JsonFault);
        }
      }),
    );
  });

  it("rule 52: never lets two readers differ over a repeated name", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.jsonValue(),
        fc.jsonValue(),
        (name, one, other) => {
          const key = JSON.stringify(name);
          const text = `{${key}:${JSON.stringify(one)},${key}:${JSON.stringify(other)}}`;
          assert.throws(() => read(text), JsonFault);
        },
      ),
    );
  });

  const faults: readonly (readonly [fault: string, text: string, path: string])[] = [
    ["an empty body", "", ""],
    ["a body of blanks", " \r\n", ""],
    ["a lone brace", "{", ""],
    ["a byte order mark", "\uFEFF{}", ""],
    ["a second document", "{}{}", ""],
    ["text after the end", '{"a":1} x', ""],
    ["a name given twice", '{"a":1,"b":{"c":1,"c":1}}', "b.c"],
    ["a name given twice through an escape", String.raw`{"a":1,"\u0061":2}`, "a"],
    ["the name __proto__", '{"a":{"__proto__":{"isAdmin":true}}}', "a"],
    ["the name __proto__ through an escape", String.raw`{"\u005f_proto__":1}`, ""],
    ["half a surrogate pair", String.raw`{"a":["\ud800"]}`, "a[0]"],
    ["half a surrogate pair in a name", String.raw`{"\udc00":1}`, ""],
    ["a number beyond a double", '{"a":1e400}', "a"],
    ["a negative number beyond a double", '{"a":[0,-1e400]}', "a[1]"],
    ["a leading zero", '{"a":01}', ""],
    ["a comma before the end", '{"a":1,}', ""],
    ["a raw line break in a text", '{"a":"\n"}', "a"],
    ["a comment", '{"a":1/**/}', ""],
    ["NaN", '{"a":NaN}', "a"],
  ];
  for (const [fault, text, path] of faults) {
    it(`rule 52: refuses ${fault}`, () => {
      assert.throws(
        () => read(text),
        (error) => error instanceof JsonFault && error.path.startsWith(path),
      );
    });
  }

  it("rule 52: refuses a NUL character", () => {
    assert.throws(() => read(String.raw`{"path":"/backup\u0000/etc"}`), JsonFault);
    assert.throws(() => read(String.raw`{"a\u0000":1}`), JsonFault);
  });

  it("rule 52: refuses bytes that are not UTF-8", () => {
    assert.throws(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22])), JsonFault);
    assert.throws(() => parseStrictJson(Buffer.from('"ä"', "latin1")), JsonFault);
    assert.throws(() => parseStrictJson(Buffer.from('{"a":1}', "utf16le")), JsonFault);
  });

  it("A15: takes 32 levels and not one more", () => {
    const nest = (levels: number) => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
    assert.equal(maximumJsonDepth, 32);
    assert.doesNotThrow(() => read(nest(32)));
    assert.throws(() => read(nest(33)), JsonFault);
    assert.throws(() => read(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`), JsonFault);
    assert.throws(() => read("[".repeat(200_000)), JsonFault);
  });

  it("keeps names that mean something to JavaScript", () => {
    const value = read('{"constructor":1,"toString":2,"hasOwnProperty":3}');
    assert.deepEqual(Object.entries(value as object), [
      ["constructor", 1],
      ["toString", 2],
      ["hasOwnProperty", 3],
    ]);
  });

  it("a path stays short however long its names are", () => {
    const name = "n".repeat(100_000);
    assert.throws(
      () => read(`{"${name}":{"${name}":1e400}}`),
      (error) => error instanceof JsonFault && error.path.length < 300,
    );
  });

  it("rule 51: a fault never quotes a value", () => {
    for (const text of [
      '{"password":"hunter2-secret"x}',
      '{"password":"hunter2-secret',
      String.raw`{"password":"hunter2-secret\x"}`,
      String.raw`{"password":"hunter2-secret\ud800"}`,
      '{"password":hunter2-secret}',
    ]) {
      assert.throws(
        () => read(text),
        (error) => error instanceof JsonFault && !error.message.includes("hunter2"),
      );
    }
  });

  it("reads and refuses four million characters of escapes", () => {
    const text = `{"a":"${String.raw`\n`.repeat(2_000_000)}"}`;
    const { a } = read(text) as { readonly a: string };
    assert.equal(a.length, 2_000_000);
    assert.throws(() => read(text.slice(0, -2)), JsonFault);
  });
});

function read(text: string): unknown {
  return parseStrictJson(Buffer.from(text, "utf8"));
}

function outcomeOf(run: () => unknown): string {
  try {
    return JSON.stringify(run());
  } catch {
    return "refused";
  }
}
