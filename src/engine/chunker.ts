import { hkdfSync } from "node:crypto";
import { AppError } from "../base/errors.ts";
import { chunkerWasm } from "./chunker-wasm.ts";

/** Sizes of content-defined chunks: fixed when a repository is created. */
export interface ChunkerParameters {
  /** No chunk but the last of its input is smaller; 64 bytes to half of the average. */
  readonly minBytes: number;
  /** What chunks of varied content measure about; a power of two from 64 KiB to 1 MiB. */
  readonly averageBytes: number;
  /** No chunk is larger; twice the average to 16 MiB. */
  readonly maxBytes: number;
}

export const defaultChunkerParameters: ChunkerParameters = {
  minBytes: 32 * 1024,
  averageBytes: 64 * 1024,
  maxBytes: 256 * 1024,
};

/** Finds where chunks end. The borders depend on the bytes from the start of a chunk on, never on how they were read. */
export interface Chunker {
  /** The window to read input into; offsets given to `cut` count from its start. */
  readonly memory: Buffer;
  /**
   * The end of the chunk that starts at `from`, given that the window holds its bytes up to `to`; -1 when
   * that cannot be told before more bytes follow. With `isLast` nothing follows, and every call with
   * `from < to` has an answer.
   */
  cut(from: number, to: number, isLast: boolean): number;
}

/** Makes a chunker whose window holds `maxBytes` more than the given bytes to read at a time. */
export function createChunker(
  seed: Uint8Array,
  parameters: ChunkerParameters,
  windowBytes: number = 1024 * 1024,
): Chunker {
  requireValidParameters(parameters);
  const { minBytes, averageBytes, maxBytes } = parameters;
  const memory = createMemory(windowBytes + maxBytes);
  Buffer.from(memory.buffer).set(expandGearTable(seed));
  const { findCut } = new webAssembly.Instance(compiledModule(), { host: { memory } }).exports;
  const window = Buffer.from(memory.buffer, windowStart, windowBytes + maxBytes);
  const switchBytes = (averageBytes * 3) / 4;
  const averageBits = Math.log2(averageBytes);

  function cut(from: number, to: number, isLast: boolean): number {
    requireRange(from, to, window.length);
    const limit = Math.min(to, from + maxBytes);
    const strictLast = Math.min(limit, from + switchBytes);
    const end =
      findBorder(from + minBytes, strictLast, averageBits + normalisationBits) ||
      findBorder(from + switchBytes + 1, limit, averageBits - normalisationBits);
    if (end !== 0) return end - windowStart;
    if (limit === from + maxBytes) return limit;
    return isLast && from < to ? to : -1;
  }

  function findBorder(first: number, last: number, zeroBits: number): number {
    return first > last ? 0 : findCut(first + windowStart, last + windowStart, zeroBits);
  }

  return { memory: window, cut };
}

/** The 256 64-bit words, little-endian, that a repository's seed stands for. */
export function expandGearTable(seed: Uint8Array): Uint8Array {
  if (seed.length !== seedBytes) {
    throw new AppError("InvalidArgument", `The chunker seed must have ${seedBytes} bytes`);
  }
  return new Uint8Array(hkdfSync("sha256", seed, "", gearTableInfo, gearTableBytes));
}

const seedBytes = 32;
const gearTableInfo = "holdfast chunker gear table 1";
const gearTableBytes = 256 * 8;
/** Page-aligned, so that reads land on page borders. */
const windowStart = 4096;
const wasmPageBytes = 65_536;
/** Bits more before the switch to the loose threshold and bits fewer after it. */
const normalisationBits = 2;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface ChunkerExports {
  readonly findCut: (first: number, last: number, zeroBits: number) => number;
}

/** What we use of WebAssembly: the type definitions of Node leave it to those of browsers. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (pages: { initial: number; maximum: number }) => WasmMemory;
  readonly Instance: new (
    module: object,
    imports: { host: { memory: WasmMemory } },
  ) => { readonly exports: ChunkerExports };
}

const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
let sharedModule: object | undefined;

function compiledModule(): object {
  sharedModule ??= new webAssembly.Module(Buffer.from(chunkerWasm, "base64"));
  return sharedModule;
}

function createMemory(windowBytes: number): WasmMemory {
  const pages = Math.ceil((windowStart + windowBytes) / wasmPageBytes);
  return new webAssembly.Memory({ initial: pages, maximum: pages });
}

function requireValidParameters(parameters: ChunkerParameters): void {
  const { minBytes, averageBytes, maxBytes } = parameters;
  const isValid =
    [minBytes, averageBytes, maxBytes].every(Number.isSafeInteger) &&
    averageBytes >= 64 * 1024 &&
    averageBytes <= 1024 * 1024 &&
    Number.isInteger(Math.log2(averageBytes)) &&
    minBytes >= 64 &&
    minBytes <= averageBytes / 2 &&
    maxBytes >= averageBytes * 2 &&
    maxBytes <= 16 * 1024 * 1024;
  if (isValid) return;
  throw new AppError(
    "InvalidArgument",
    `Chunk sizes of ${minBytes}, ${averageBytes} and ${maxBytes} bytes are not usable: the average must be ` +
      "a power of two from 64 KiB to 1 MiB, the minimum 64 bytes to half of it, the maximum twice of it to 16 MiB",
  );
}

function requireRange(from: number, to: number, windowBytes: number): void {
  const isValid =
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= windowBytes;
  if (isValid) return;
  throw new AppError(
    "InvalidArgument",
    `Range ${from} to ${to} does not lie in the window of ${windowBytes} bytes`,
  );
}
