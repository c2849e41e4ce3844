import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  createChunker,
  defaultChunkerParameters,
  type ChunkerParameters,
} from "../../src/engine/chunker.ts";
import { cutByFeeding, cutByReference, makeKeyStream } from "../support/reference-chunker.ts";

const KiB = 1024;

/** Files are seldom noise from end to end: random, constant and periodic stretches in any order. */
const anyInput = fc
  .array(
    fc.record({
      kind: fc.constantFrom("random", "constant", "periodic"),
      byte: fc.nat(255),
      length: fc.integer({ min: 1, max: 200 * KiB }),
    }),
    { maxLength: 6 },
  )
  .map((stretches) => Buffer.concat(stretches.map(makeStretch)));

const anyParameters: fc.Arbitrary<ChunkerParameters> = fc
  .tuple(fc.constantFrom(16, 16, 16, 17), fc.nat(), fc.nat())
  .map(([bits, low, high]) => {
    const averageBytes = 2 ** bits;
    const minBytes = 64 + (low % (averageBytes / 2 - 63));
    return { minBytes, averageBytes, maxBytes: averageBytes * 2 + (high % averageBytes) };
  });

const anySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anySteps = fc.array(fc.integer({ min: 1, max: 300 * KiB }), { minLength: 1, maxLength: 5 });

function makeStretch(stretch: { kind: string; byte: number; length: number }): Buffer {
  if (stretch.kind === "constant") return Buffer.alloc(stretch.length, stretch.byte);
  const random = makeKeyStream(stretch.byte, stretch.length);
  if (stretch.kind === "random") return random;
  return Buffer.alloc(stretch.length, random.subarray(0, 1 + (stretch.byte % 97)));
}

describe("chunker laws", () => {
  it("cuts exactly as the slow reference", () => {
    const law = fc.property(anySeed, anyParameters, anyInput, (seed, parameters, input) => {
      const chunker = createChunker(seed, parameters);
      const ends = cutByFeeding(chunker, input, [input.length]);
      assert.deepEqual(ends, cutByReference(seed, parameters, input));
    });
    fc.assert(law, { numRuns: 40 });
  });

  it("read sizes never move a border", () => {
    const law = fc.property(anySeed, anyInput, anySteps, (seed, input, steps) => {
      const whole = createChunker(seed, defaultChunkerParameters);
      const stepped = createChunker(seed, defaultChunkerParameters, 70 * KiB);
      const small = steps.some((step) => step < KiB) ? [...steps, 16 * KiB] : steps;
      assert.deepEqual(
        cutByFeeding(stepped, input, small),
        cutByFeeding(whole, input, [input.length]),
      );
    });
    fc.assert(law, { numRuns: 60 });
  });

  it("chunks cover the input within bounds", () => {
    const law = fc.property(anySeed, anyParameters, anyInput, (seed, parameters, input) => {
      const ends = cutByFeeding(createChunker(seed, parameters), input, [input.length]);
      assert.equal(ends.at(-1) ?? 0, input.length);
      ends.forEach((end, index) => {
        const size = end - (ends[index - 1] ?? 0);
        assert.ok(size <= parameters.maxBytes);
        assert.ok(index === ends.length - 1 ? size > 0 : size >= parameters.minBytes);
      });
    });
    fc.assert(law, { numRuns: 100 });
  });

  it("borders return soon after an edit", () => {
    const original = makeKeyStream(11, 4 * KiB * KiB);
    const seed = Buffer.alloc(32, 1);
    const chunker = createChunker(seed, defaultChunkerParameters);
    const before = cutByFeeding(chunker, original, [original.length]);
    const anyEdit = fc.record({
      at: fc.integer({ min: 0, max: 2 * KiB * KiB }),
      removed: fc.nat(5000),
      inserted: fc.uint8Array({ maxLength: 5000 }),
    });
    const law = fc.property(anyEdit, ({ at, removed, inserted }) => {
      const edited = Buffer.concat([
        original.subarray(0, at),
        inserted,
        original.subarray(at + removed),
      ]);
      const shift = inserted.length - removed;
      const after = new Set(cutByFeeding(chunker, edited, [edited.length]));
      const untouched = before.filter((end) => end <= at);
      assert.ok(untouched.every((end) => after.has(end)));
      const later = before.filter((end) => end >= at + removed);
      const first = later.findIndex((end) => after.has(end + shift));
      assert.ok(first >= 0 && first <= 12, `first common border is number ${first}`);
      assert.ok(later.slice(first).every((end) => after.has(end + shift)));
    });
    fc.assert(law, { numRuns: 50 });
  });
});
