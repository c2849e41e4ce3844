import { randomFillSync } from "node:crypto";
import { chunkIdBytes, chunkReferenceBytes } from "./format/limits.ts";
import type { PackEntry } from "./format/index-format.ts";

/** Where a chunk lies. */
export interface ChunkPlace {
  readonly pack: number;
  readonly block: number;
  /** Where in the block's plain bytes it starts. */
  readonly offset: number;
  /** Where its reference lies in the block's list. */
  readonly reference: number;
}

/** Share of the slots that is filled. */
const load = 0.75;
const idWords = 4;
/** Block (counted over all packs), offset, reference. */
const placeWords = 3;

/** Finds chunks among packs: 34 bytes a chunk. A chunk that several packs hold is found in the first. */
export class ChunkLocator {
  readonly packs: readonly PackEntry[];
  /** Number of a chunk + 1 at the slot of its id, or at the next free one; 0 in free ones. */
  readonly #slots: Uint32Array;
  readonly #ids: Int32Array;
  readonly #places: Uint32Array;
  /** Of each block, counted over all packs. */
  readonly #packOf: Uint32Array;
  /** Of each pack, its first block. */
  readonly #firstBlock: Uint32Array;
  #count = 0;

  constructor(packs: readonly PackEntry[]) {
    this.packs = packs;
    let [blocks, bytes] = [0, 0];
    for (const pack of packs) {
      blocks += pack.blocks.length;
      for (const block of pack.blocks) bytes += block.chunks.length;
    }
    const count = bytes / chunkReferenceBytes;
    this.#slots = new Uint32Array(Math.ceil(count / load) + 1);
    this.#ids = new Int32Array(count * idWords);
    this.#places = new Uint32Array(count * placeWords);
    this.#packOf = new Uint32Array(blocks);
    this.#firstBlock = new Uint32Array(packs.length);
    let block = 0;
    for (let pack = 0; pack < packs.length; pack += 1) {
      this.#firstBlock[pack] = block;
      for (const { chunks } of (packs[pack] as PackEntry).blocks) {
        this.#packOf[block] = pack;
        this.#addBlock(chunks, block);
        block += 1;
      }
    }
  }

  /** The place of the chunk whose id starts at `at`; undefined when no pack has it. */
  find(references: Buffer, at: number): ChunkPlace | undefined {
    const chunk = this.#numberOf(references, at);
    if (chunk < 0) return undefined;
    const from = chunk * placeWords;
    const block = this.#places[from] as number;
    const pack = this.#packOf[block] as number;
    return {
      pack,
      block: block - (this.#firstBlock[pack] as number),
      offset: this.#places[from + 1] as number,
      reference: this.#places[from + 2] as number,
    };
  }

  /** Bytes of the chunk at a place. */
  lengthOf(place: ChunkPlace): number {
    const block = this.packs[place.pack]?.blocks[place.block];
    return block?.chunks.readUInt32LE(place.reference + chunkIdBytes) ?? -1;
  }

  /** Whether every chunk of a list of references is in a pack, with the length that the list says. */
  holds(references: Buffer): boolean {
    for (let at = 0; at < references.length; at += chunkReferenceBytes) {
      const place = this.find(references, at);
      if (place === undefined) return false;
      if (this.lengthOf(place) !== references.readUInt32LE(at + chunkIdBytes)) return false;
    }
    return true;
  }

  #numberOf(references: Buffer, at: number): number {
    const a = references.readInt32LE(at);
    const b = references.readInt32LE(at + 4);
    const c = references.readInt32LE(at + 8);
    const d = references.readInt32LE(at + 12);
    const slot = findSlot(this.#slots, this.#ids, a, b, c, d);
    return (this.#slots[slot] as number) - 1;
  }

  #addBlock(chunks: Buffer, block: number): void {
    const [slots, ids, places] = [this.#slots, this.#ids, this.#places];
    // Faster than reads of a Buffer before this is compiled: there may be few chunks, and it stands before all else.
    const words = new DataView(chunks.buffer, chunks.byteOffset, chunks.length);
    let offset = 0;
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes) {
      const a = words.getInt32(at, true);
      const b = words.getInt32(at + 4, true);
      const c = words.getInt32(at + 8, true);
      const d = words.getInt32(at + 12, true);
      const slot = findSlot(slots, ids, a, b, c, d);
      if (slots[slot] === 0) {
        const id = this.#count * idWords;
        ids[id] = a;
        ids[id + 1] = b;
        ids[id + 2] = c;
        ids[id + 3] = d;
        const place = this.#count * placeWords;
        places[place] = block;
        places[place + 1] = offset;
        places[place + 2] = at;
        this.#count += 1;
        slots[slot] = this.#count;
      }
      offset += words.getUint32(at + chunkIdBytes, true);
    }
  }
}

/** The slot that holds the chunk of this id, or the free one where it belongs. */
function findSlot(
  slots: Uint32Array,
  ids: Int32Array,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  let slot = (mix(mix(mix(mix(0, a, 0), b, 1), c, 2), d, 3) >>> 0) % slots.length;
  for (;;) {
    const chunk = slots[slot] as number;
    if (chunk === 0) return slot;
    const id = (chunk - 1) * idWords;
    if (ids[id] === a && ids[id + 1] === b && ids[id + 2] === c && ids[id + 3] === d) return slot;
    slot = slot + 1 === slots.length ? 0 : slot + 1;
  }
}

/**
 * Other ones in each process, odd. What a stranger signed names ids of his choice: were it known where they go, they could
 * all go to one slot, and looking for one would pass all others. They change no result.
 */
const factors: Int32Array = randomFillSync(new Int32Array(4)).map((word) => word | 1);

function mix(hash: number, word: number, position: number): number {
  const mixed = Math.imul(hash ^ word, factors[position] as number);
  return mixed ^ (mixed >>> 15);
}
