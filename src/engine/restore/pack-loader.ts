import { maxPackBytes } from "../format/limits.ts";
import type { Allocate, ObjectStore } from "../object-store.ts";
import { packBufferBytes } from "../pack-builder.ts";
import { readBounded } from "../read-object.ts";
import type { PackJob } from "./messages.ts";

/** Where a worker finds a pack. */
export type PackPlace = Pick<PackJob, "bytes" | "localPath">;

/** A place for one pack, kept until it is released. */
export interface PackSlot {
  /** Reads the pack unless it is there already. */
  load(): Promise<PackPlace>;
  release(): void;
}

/** Packs read ahead of the workers. */
export const spareSlots = 2;

interface Slot {
  memory: SharedArrayBuffer;
  /** The pack whose bytes it holds whole. */
  name: string | undefined;
  isFree: boolean;
}

/**
 * Packs of a store that is read over a line: a few at a time, into shared memory that is used again and that workers read
 * without a copy. What was read last is kept as long as nothing else needs its memory. Packs that are files are only
 * named.
 */
export class PackLoader {
  readonly #store: ObjectStore;
  readonly #signal: AbortSignal;
  readonly #slots: Slot[] = [];
  readonly #most: number;
  #waiters: (() => void)[] = [];

  /** `most` is how many packs are in memory at once. */
  constructor(store: ObjectStore, most: number, signal: AbortSignal) {
    this.#store = store;
    this.#most = most;
    this.#signal = signal;
  }

  /** Waits until there is memory for one more. */
  async reserve(name: string, bytes: number): Promise<PackSlot> {
    const localPath = this.#store.localPath?.(name);
    if (localPath !== undefined)
      return { load: () => Promise.resolve({ localPath }), release: () => undefined };
    let slot = this.#take(name);
    while (slot === undefined) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      slot = this.#take(name);
    }
    const taken = slot;
    return {
      load: async () => ({ bytes: await this.#load(taken, name, bytes) }),
      release: () => {
        taken.isFree = true;
        this.#wake();
      },
    };
  }

  /** The one that has the pack, a new one, or the one that was used longest ago; none when all are in use. */
  #take(name: string): Slot | undefined {
    const free = this.#slots.filter(({ isFree }) => isFree);
    let slot = free.find((one) => one.name === name);
    if (slot === undefined && this.#slots.length < this.#most) {
      slot = { memory: new SharedArrayBuffer(0), name: undefined, isFree: true };
    }
    slot ??= free[0];
    if (slot === undefined) return undefined;
    slot.isFree = false;
    const place = this.#slots.indexOf(slot);
    if (place >= 0) this.#slots.splice(place, 1);
    this.#slots.push(slot);
    return slot;
  }

  async #load(slot: Slot, name: string, bytes: number): Promise<Uint8Array> {
    if (slot.name === name) return new Uint8Array(slot.memory, 0, bytes);
    slot.name = undefined;
    let asked = 0;
    const allocate: Allocate = (length) => {
      asked += 1;
      // A read that is tried again may still be written to where the first went: nobody uses that any more.
      if (asked > 1 || slot.memory.byteLength < length)
        slot.memory = new SharedArrayBuffer(Math.max(length, packBufferBytes));
      return new Uint8Array(slot.memory, 0, length);
    };
    const options = { knownBytes: bytes, signal: this.#signal, allocate };
    try {
      const read = await readBounded(this.#store, name, maxPackBytes, options);
      // Of a store that brought its own memory.
      if (read.buffer !== slot.memory) allocate(read.length).set(read);
      slot.name = name;
      return new Uint8Array(slot.memory, 0, bytes);
    } catch (error) {
      slot.memory = new SharedArrayBuffer(0);
      throw error;
    }
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
