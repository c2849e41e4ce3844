import { AppError } from "../../base/errors.ts";
import type { ChunkTable } from "../chunk-table.ts";
import type { Chunker } from "../chunker.ts";
import type { ChunkNamer } from "../crypto/chunk-id.ts";
import { ByteWriter } from "../format/byte-writer.ts";
import type { PackBuilder } from "../pack-builder.ts";

/** Takes content apart into chunks, stores the new ones, and gives back their references. One per thread. */
export class ChunkSink {
  readonly #table: ChunkTable;
  readonly #builder: PackBuilder;
  readonly #nameOf: ChunkNamer;
  readonly #signals: Int32Array;
  readonly #references = new ByteWriter(4096);
  #newBytes = 0;

  constructor(table: ChunkTable, builder: PackBuilder, nameOf: ChunkNamer, signals: Int32Array) {
    this.#table = table;
    this.#builder = builder;
    this.#nameOf = nameOf;
    this.#signals = signals;
  }

  /**
   * Stores the chunk `memory[from, to)` unless the repository has it. The memory must stay as it is until `giveBack`.
   */
  add(memory: Buffer, from: number, to: number): void {
    if (Atomics.load(this.#signals, 0) !== 0)
      throw new AppError("Canceled", "The backup was stopped");
    const id = this.#nameOf(memory.subarray(from, to));
    let ordinal = this.#table.find(id, 0);
    if (ordinal < 0) ordinal = this.#store(id, memory, from, to);
    this.#table.markUsed(ordinal);
    this.#references.bytes(id).u32(to - from);
  }

  /** Nothing that was added is needed in its memory any more. */
  giveBack(): void {
    this.#builder.giveBack();
  }

  /** References and new bytes since the last call. */
  take(): { readonly chunks: Buffer; readonly newBytes: number } {
    const newBytes = this.#newBytes;
    this.#newBytes = 0;
    return { chunks: this.#references.take(), newBytes };
  }

  #store(id: Buffer, memory: Buffer, from: number, to: number): number {
    const ordinal = this.#builder.ordinalFor(to - from);
    const present = this.#table.add(id, 0, ordinal);
    if (present >= 0) return present;
    this.#builder.append(id, memory, from, to);
    this.#newBytes += to - from;
    return ordinal;
  }
}

/** Cuts a stream of bytes that is read into the chunker's window, in steps of any size, into a sink. */
export class WindowCutter {
  readonly #chunker: Chunker;
  readonly #sink: ChunkSink;
  readonly #fixedBytes: number;
  #filled = 0;

  /** `fixedBytes` > 0 cuts at that size instead of by content. */
  constructor(chunker: Chunker, sink: ChunkSink, fixedBytes: number) {
    this.#chunker = chunker;
    this.#sink = sink;
    this.#fixedBytes = fixedBytes;
  }

  /** Where the next bytes go; never empty. */
  get space(): Buffer {
    return this.#chunker.memory.subarray(this.#filled);
  }

  /** Tells that `count` bytes were put at the start of `space`; `last` cuts what remains. */
  advance(count: number, last: boolean): void {
    const end = this.#filled + count;
    let from = 0;
    while (from < end) {
      const cut = this.#cut(from, end, last);
      if (cut <= from) break;
      this.#sink.add(this.#chunker.memory, from, cut);
      from = cut;
    }
    this.#sink.giveBack();
    if (from > 0 && from < end) this.#chunker.memory.copyWithin(0, from, end);
    this.#filled = end - from;
  }

  #cut(from: number, end: number, last: boolean): number {
    if (this.#fixedBytes === 0) return this.#chunker.cut(from, end, last);
    if (end - from >= this.#fixedBytes) return from + this.#fixedBytes;
    return last ? end : 0;
  }
}
