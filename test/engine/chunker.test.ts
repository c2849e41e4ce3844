import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { AppError } from "../../src/base/errors.ts";
import {
  createChunker,
  defaultChunkerParameters,
  expandGearTable,
  type ChunkerParameters,
} from "../../src/engine/chunker.ts";
import { cutByFeeding, cutByReference, makeKeyStream } from "../support/reference-chunker.ts";

interface VectorInput {
  readonly keyByte?: number;
  readonly fillByte?: number;
  readonly bytes: number;
  readonly patch?: { readonly at: number; readonly hex: string };
}

interface ChunkerVectors {
  readonly seed: string;
  readonly gearTableStart: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly parameters: ChunkerParameters;
    readonly input: VectorInput;
    readonly ends: readonly number[];
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/chunker.json", import.meta.url), "utf8"),
) as ChunkerVectors;
const seed = Buffer.from(vectors.seed, "hex");
const parameters = defaultChunkerParameters;

function cutAll(input: Uint8Array, chosen = parameters): number[] {
  return cutByFeeding(createChunker(seed, chosen), input, [1024 * 1024]);
}

function makeInput({ keyByte, fillByte, bytes, patch }: VectorInput): Buffer {
  const input =
    keyByte === undefined ? Buffer.alloc(bytes, fillByte) : makeKeyStream(keyByte, bytes);
  if (patch !== undefined) input.write(patch.hex, patch.at, "hex");
  return input;
}

function sizesOf(ends: readonly number[]): number[] {
  return ends.map((end, index) => end - (ends[index - 1] ?? 0));
}

describe("chunker", () => {
  it("gear table matches the known answer", () => {
    const table = Buffer.from(expandGearTable(seed));
    const start = vectors.gearTableStart.map((_, index) => table.readBigUInt64LE(index * 8));
    assert.deepEqual(
      start.map((word) => word.toString(16).padStart(16, "0")),
      vectors.gearTableStart,
    );
    assert.equal(table.length, 2048);
  });

  for (const { name, parameters: chosen, input, ends } of vectors.cases) {
    it(`known answer: ${name}`, () => {
      const bytes = makeInput(input);
      assert.deepEqual(cutAll(bytes, chosen), ends);
      assert.deepEqual(cutByReference(seed, chosen, bytes), ends);
    });
  }

  it("the worked example of the specification is of the default sizes", () => {
    const [example] = vectors.cases;
    assert.equal(example?.name, "key stream, default sizes");
    assert.deepEqual(example?.parameters, parameters);
    const text = readFileSync(
      new URL("../../specs/repository-format-chunking.md", import.meta.url),
      "utf8",
    );
    assert.ok(text.replaceAll(/\s+/g, " ").includes(` ${example?.ends.join(" ")} `));
  });

  it("compiled module matches its source", () => {
    const script = new URL("../../.config/build-wasm.mjs", import.meta.url);
    execFileSync(process.execPath, [fileURLToPath(script), "--check"], { stdio: "pipe" });
  });

  it("average of random bytes is near nominal", () => {
    const sizes = sizesOf(cutAll(makeKeyStream(7, 32 * 1024 * 1024)));
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    assert.ok(mean > 56 * 1024 && mean < 65 * 1024, `mean is ${mean}`);
  });

  it("zeros cut at one constant size", () => {
    const sizes = sizesOf(cutAll(Buffer.alloc(3 * 1024 * 1024)));
    assert.deepEqual([...new Set(sizes)], [parameters.maxBytes]);
  });

  it("other seeds cut elsewhere", () => {
    const input = makeKeyStream(3, 2 * 1024 * 1024);
    const others = cutByFeeding(createChunker(Buffer.alloc(32, 9), parameters), input, [1 << 20]);
    const shared = cutAll(input).filter((end) => others.includes(end));
    assert.deepEqual(shared, [input.length]);
  });

  it("asks for more bytes when undecided", () => {
    const chunker = createChunker(seed, parameters);
    assert.equal(chunker.cut(0, 0, true), -1);
    assert.equal(chunker.cut(0, parameters.minBytes, false), -1);
    assert.equal(chunker.cut(0, parameters.maxBytes - 1, false), -1);
    assert.equal(chunker.cut(0, parameters.maxBytes, false), parameters.maxBytes);
    assert.equal(chunker.cut(5, 6, true), 6);
  });

  it("window spans the read size plus maximum", () => {
    const chunker = createChunker(seed, parameters, 12_345);
    assert.equal(chunker.memory.length, 12_345 + parameters.maxBytes);
    const input = makeKeyStream(5, 1024 * 1024);
    chunker.memory.fill(255);
    assert.deepEqual(cutByFeeding(chunker, input, [12_345]), cutAll(input));
  });

  it("refuses ranges outside its window", () => {
    const chunker = createChunker(seed, parameters);
    const end = chunker.memory.length;
    for (const [from, to] of [
      [-1, 5],
      [6, 5],
      [0, end + 1],
      [0.5, 9],
      [0, Number.NaN],
    ] as const) {
      assert.throws(() => chunker.cut(from, to, true), hasCode("InvalidArgument"));
    }
  });

  it("refuses unusable sizes and seeds", () => {
    const wrong: Partial<ChunkerParameters>[] = [
      { minBytes: 63 },
      { minBytes: 32 * 1024 + 1 },
      { minBytes: 100.5 },
      { averageBytes: 100_000 },
      { averageBytes: 32 * 1024, minBytes: 1024 },
      { averageBytes: 2 * 1024 * 1024, maxBytes: 8 * 1024 * 1024 },
      { maxBytes: 128 * 1024 - 1 },
      { maxBytes: 16 * 1024 * 1024 + 1 },
      { maxBytes: Number.NaN },
    ];
    for (const change of wrong) {
      const chosen = { ...parameters, ...change };
      assert.throws(() => createChunker(seed, chosen), hasCode("InvalidArgument"));
    }
    createChunker(seed, { ...parameters, maxBytes: 16 * 1024 * 1024 });
    assert.throws(() => createChunker(seed.subarray(1), parameters), hasCode("InvalidArgument"));
  });
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === code;
}
