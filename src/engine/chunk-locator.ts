import { ChunkTable, createChunkTableParts } from "./chunk-table.ts";
import { chunkIdBytes, chunkReferenceBytes } from "./format/limits.ts";
import type { PackEntry } from "./format/index-format.ts";
import type { BlockEntry } from "./format/pack-format.ts";

/** Where a chunk lies. */
export interface ChunkPlace {
  readonly pack: number;
  readonly block: number;
  /** Where in the block's plain bytes it starts. */
  readonly offset: number;
  /** Where its reference lies in the block's list. */
  readonly reference: number;
}

/** Finds chunks among packs: 36 bytes a chunk. */
export class ChunkLocator {
  readonly packs: readonly PackEntry[];
  readonly #table: ChunkTable;
  /** Pack, block, offset, reference of each chunk. */
  readonly #places: Uint32Array;

  constructor(packs: readonly PackEntry[]) {
    this.packs = packs;
    const count = packs.reduce(
      (sum, pack) =>
        sum +
        pack.blocks.reduce((inner, block) => inner + block.chunks.length / chunkReferenceBytes, 0),
      0,
    );
    this.#table = new ChunkTable(createChunkTableParts(count));
    this.#places = new Uint32Array(count * 4);
    let next = 0;
    packs.forEach((pack, packNumber) =>
      pack.blocks.forEach((block, blockNumber) => {
        next = this.#addBlock(block, packNumber, blockNumber, next);
      }),
    );
  }

  /** The place of the chunk whose id starts at `at`; undefined when no pack has it. */
  find(references: Buffer, at: number): ChunkPlace | undefined {
    const number = this.#table.find(references, at);
    if (number < 0) return undefined;
    const [pack = 0, block = 0, offset = 0, reference = 0] = this.#places.subarray(
      number * 4,
      number * 4 + 4,
    );
    return { pack, block, offset, reference };
  }

  /** Bytes of the chunk at a place. */
  lengthOf(place: ChunkPlace): number {
    const block = this.packs[place.pack]?.blocks[place.block];
    return block?.chunks.readUInt32LE(place.reference + chunkIdBytes) ?? -1;
  }

  #addBlock(block: BlockEntry, pack: number, blockNumber: number, first: number): number {
    let number = first;
    let offset = 0;
    for (let at = 0; at < block.chunks.length; at += chunkReferenceBytes) {
      if (this.#table.add(block.chunks, at, number) < 0) {
        this.#places.set([pack, blockNumber, offset, at], number * 4);
        number += 1;
      }
      offset += block.chunks.readUInt32LE(at + chunkIdBytes);
    }
    return number;
  }
}
