import { chunkReferenceBytes } from "./format/limits.ts";

/**
 * Which chunks the repository holds, and in which pack: one open-addressing hash table in shared memory,
 * read and extended by all threads of a run without locks. It grows by whole segments: the owner attaches
 * a new one before the newest is full, and hands it to the workers with their next batch.
 *
 * A slot is five u32: four of the chunk id, one of state (0 empty, 0xffffffff being written, else pack
 * ordinal + 1). A chunk that two threads add in the same instant may be stored twice; never lost.
 */
export interface ChunkTableParts {
  readonly segments: readonly SharedArrayBuffer[];
  /** Bit per pack ordinal: the pack holds something this backup needs. */
  readonly usedPacks: SharedArrayBuffer;
  /** Next pack ordinal; and what a run counts across threads. */
  readonly counters: SharedArrayBuffer;
}

const slotWords = 5;
const headerWords = 4;
const busy = 0xffff_ffff | 0;
const firstGrowthSlots = 131_072;
/** Far fewer than an empty segment holds. */
const referencesPerGrowth = firstGrowthSlots / 4;
/** Share of a segment that is filled before the next is used. */
const maxLoad = 0.75;
/** Packs a repository may have per run's table: 8 Mi × 32 MiB. */
const maxPacks = 8 * 1024 * 1024;

/** Creates the parts for a repository of about this many chunks. */
export function createChunkTableParts(knownChunks: number): ChunkTableParts {
  return {
    segments: [createSegment(slotsFor(knownChunks)), createSegment(firstGrowthSlots)],
    usedPacks: new SharedArrayBuffer(maxPacks / 8),
    counters: new SharedArrayBuffer(16),
  };
}

export class ChunkTable {
  #segments: Int32Array[];
  readonly #usedPacks: Int32Array;
  readonly #counters: Int32Array;

  constructor(parts: ChunkTableParts) {
    this.#segments = parts.segments.map((segment) => new Int32Array(segment));
    this.#usedPacks = new Int32Array(parts.usedPacks);
    this.#counters = new Int32Array(parts.counters);
  }

  /** A number for a pack that is being written or was found; unique in this run. */
  newPackOrdinal(): number {
    return Atomics.add(this.#counters, 0, 1);
  }

  /** The pack ordinal of the chunk whose 16 bytes of id start at `at`, or -1. */
  find(ids: Buffer, at: number): number {
    const a = ids.readInt32LE(at);
    const b = ids.readInt32LE(at + 4);
    const c = ids.readInt32LE(at + 8);
    const d = ids.readInt32LE(at + 12);
    for (let s = this.#segments.length - 1; s >= 0; s--) {
      const found = findIn(this.#segments[s] as Int32Array, a, b, c, d);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** Adds the chunk under the ordinal, or returns the ordinal it is already under. -1 says it is new. */
  add(ids: Buffer, at: number, ordinal: number): number {
    const a = ids.readInt32LE(at);
    const b = ids.readInt32LE(at + 4);
    const c = ids.readInt32LE(at + 8);
    const d = ids.readInt32LE(at + 12);
    const present = this.find(ids, at);
    if (present >= 0) return present;
    for (const segment of this.#segments) {
      if (Atomics.load(segment, 0) < (segment[1] as number))
        return insertInto(segment, a, b, c, d, ordinal + 1);
    }
    // The owner attaches segments far ahead; a thread that still finds all full fills the newest to the brim.
    return insertInto(this.#segments.at(-1) as Int32Array, a, b, c, d, ordinal + 1);
  }

  /**
   * Adds every chunk of a list of references that is not there yet. Owner only, and before any other thread has the
   * table: it needs no care for others, and fills the first segment, which was made for this many, alone.
   */
  addAll(references: Buffer, ordinal: number): void {
    const first = this.#segments[0] as Int32Array;
    const words = new DataView(references.buffer, references.byteOffset, references.length);
    for (let at = 0; at < references.length; at += chunkReferenceBytes) {
      if ((first[0] as number) >= (first[1] as number)) this.add(references, at, ordinal);
      else
        putInto(
          first,
          words.getInt32(at, true),
          words.getInt32(at + 4, true),
          words.getInt32(at + 8, true),
          words.getInt32(at + 12, true),
          ordinal + 1,
        );
    }
  }

  /** Owner only: adds every chunk of a list of references of any length; tells where those stand that were not there. */
  addGrowing(references: Buffer, ordinal: number, onNew?: (at: number) => void): void {
    for (let at = 0; at < references.length; at += chunkReferenceBytes) {
      if (at % (referencesPerGrowth * chunkReferenceBytes) === 0) this.growAhead();
      if (this.add(references, at, ordinal) < 0) onNew?.(at);
    }
  }

  markUsed(ordinal: number): void {
    const word = ordinal >>> 5;
    const bit = 1 << (ordinal & 31);
    if (((this.#usedPacks[word] as number) & bit) === 0) Atomics.or(this.#usedPacks, word, bit);
  }

  isUsed(ordinal: number): boolean {
    return (Atomics.load(this.#usedPacks, ordinal >>> 5) & (1 << (ordinal & 31))) !== 0;
  }

  /** Owner only: a new segment when the newest is in use, to be handed to all threads; undefined otherwise. */
  growAhead(): SharedArrayBuffer | undefined {
    const newest = this.#segments.at(-1) as Int32Array;
    if (Atomics.load(newest, 0) === 0) return undefined;
    const segment = createSegment(((newest.length - headerWords) / slotWords) * 2);
    this.attach(segment);
    return segment;
  }

  attach(segment: SharedArrayBuffer): void {
    this.#segments = [...this.#segments, new Int32Array(segment)];
  }

  /** True when every chunk in a list of references is known; marks nothing. */
  knowsReferences(references: Buffer): boolean {
    for (let at = 0; at < references.length; at += chunkReferenceBytes)
      if (this.find(references, at) < 0) return false;
    return true;
  }

  /** Marks the packs of every chunk in a list of references, a range of the bytes, as used; false when one is unknown. */
  markReferences(references: Buffer, from = 0, to: number = references.length): boolean {
    for (let at = from; at < to; at += chunkReferenceBytes) {
      const ordinal = this.find(references, at);
      if (ordinal < 0) return false;
      this.markUsed(ordinal);
    }
    return true;
  }
}

function slotsFor(chunks: number): number {
  return Math.max(1024, Math.ceil(chunks / maxLoad) + 64);
}

/** Header: chunks held, chunks to hold at most, slots, reserved. */
function createSegment(slots: number): SharedArrayBuffer {
  const segment = new SharedArrayBuffer((headerWords + slots * slotWords) * 4);
  const words = new Int32Array(segment);
  words[1] = Math.floor(slots * maxLoad);
  words[2] = slots;
  return segment;
}

function findIn(words: Int32Array, a: number, b: number, c: number, d: number): number {
  const slots = words[2] as number;
  let slot = (a >>> 0) % slots;
  for (let probes = 0; probes < slots; probes++) {
    const at = headerWords + slot * slotWords;
    // Read plainly: an old value makes the chunk look new, and adding it asks again with care.
    const state = words[at + 4] as number;
    if (state === 0) return -1;
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d)
      return (settledState(words, at + 4) >>> 0) - 1;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
  return -1;
}

/** As `insertInto`, for a segment no other thread has; leaves a chunk that is there as it is. */
function putInto(
  words: Int32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  state: number,
): void {
  const slots = words[2] as number;
  let slot = (a >>> 0) % slots;
  for (;;) {
    const at = headerWords + slot * slotWords;
    if (words[at + 4] === 0) {
      words[at] = a;
      words[at + 1] = b;
      words[at + 2] = c;
      words[at + 3] = d;
      words[at + 4] = state;
      words[0] = (words[0] as number) + 1;
      return;
    }
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d)
      return;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
}

/** -1 when inserted; the present ordinal when another thread was first. */
function insertInto(
  words: Int32Array,
  a: number,
  b: number,
  c: number,
  d: number,
  state: number,
): number {
  const slots = words[2] as number;
  let slot = (a >>> 0) % slots;
  for (let probes = 0; probes < slots; probes++) {
    const at = headerWords + slot * slotWords;
    if (Atomics.compareExchange(words, at + 4, 0, busy) === 0) {
      words[at] = a;
      words[at + 1] = b;
      words[at + 2] = c;
      words[at + 3] = d;
      Atomics.store(words, at + 4, state);
      Atomics.add(words, 0, 1);
      return -1;
    }
    const present = settledState(words, at + 4);
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d)
      return (present >>> 0) - 1;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
  // No room: the chunk is stored without being remembered, which costs space and never data.
  return -1;
}

/** A slot's state once its writer, a few instructions away from it, has finished. */
function settledState(words: Int32Array, at: number): number {
  let state = Atomics.load(words, at);
  while (state === busy) state = Atomics.load(words, at);
  return state;
}
