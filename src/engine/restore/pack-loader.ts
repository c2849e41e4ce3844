import { packHeaderBytes } from "../format/pack-format.ts";
import type { Allocate, ByteRange, ObjectStore } from "../object-store.ts";
import { quietly } from "../read-ahead.ts";
import { readPackRange } from "../read-object.ts";
import { createYoungCollector } from "../young-garbage.ts";
import type { PackJob } from "./messages.ts";

/** Where a worker finds a pack. */
export type PackPlace = Pick<PackJob, "part" | "localPath">;

/** A place for a part of a pack, kept until it is released. */
export interface PackSlot {
  /** Reads the part unless it is there already. */
  load(): Promise<PackPlace>;
  /** Gives the memory of the part back, which a job took with it; without it the memory is lost. */
  release(memory?: ArrayBuffer): void;
}

/** Parts read ahead of the workers. */
export const spareSlots = 2;

interface Slot {
  memory: ArrayBuffer;
  /** The part whose bytes it holds. */
  key: string | undefined;
  isFree: boolean;
}

/** Memory is asked for in such steps, so that parts of any size fit into what others leave. */
const memoryStep = 1024 * 1024;
/** Beginnings of packs that are remembered for their other parts. */
const mostHeaders = 64;

/**
 * Packs of a store that is read over a line: a few parts at a time, into memory that goes to the worker and comes back,
 * so that nothing is copied. (Memory that threads share would do without that, but bytes are copied into it one by one.)
 * What was read last is kept as long as nothing else needs its memory. Packs that are files are only named.
 */
export class PackLoader {
  readonly #store: ObjectStore;
  readonly #signal: AbortSignal;
  readonly #slots: Slot[] = [];
  readonly #most: number;
  /** A library of HTTP leaves each piece of a body behind. */
  readonly #collectYoung = createYoungCollector();
  readonly #headers = new Map<string, Promise<Uint8Array>>();
  #waiters: (() => void)[] = [];

  /** `most` is how many parts are in memory at once. */
  constructor(store: ObjectStore, most: number, signal: AbortSignal) {
    this.#store = store;
    this.#most = most;
    this.#signal = signal;
  }

  /** Waits until there is memory for one more. */
  async reserve(name: string, range: ByteRange): Promise<PackSlot> {
    const localPath = this.#store.localPath?.(name);
    if (localPath !== undefined)
      return { load: () => Promise.resolve({ localPath }), release: () => undefined };
    const key = `${name} ${range.offset} ${range.length}`;
    let slot = this.#take(key);
    while (slot === undefined) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
      slot = this.#take(key);
    }
    const taken = slot;
    return {
      load: () => this.#loadPart(taken, key, name, range),
      release: (memory = taken.memory) => {
        taken.memory = memory;
        if (memory.detached) forget(taken);
        taken.isFree = true;
        this.#wake();
      },
    };
  }

  /** The one that has the part, a new one, or the one that was used longest ago; none when all are in use. */
  #take(key: string): Slot | undefined {
    const free = this.#slots.filter(({ isFree }) => isFree);
    let slot = free.find((one) => one.key === key);
    if (slot === undefined && this.#slots.length < this.#most) {
      slot = { memory: new ArrayBuffer(0), key: undefined, isFree: true };
    }
    slot ??= free[0];
    if (slot === undefined) return undefined;
    slot.isFree = false;
    const place = this.#slots.indexOf(slot);
    if (place >= 0) this.#slots.splice(place, 1);
    this.#slots.push(slot);
    return slot;
  }

  async #loadPart(slot: Slot, key: string, name: string, range: ByteRange): Promise<PackPlace> {
    const header = range.offset === 0 ? undefined : quietly(this.#loadHeader(name));
    const bytes = await this.#load(slot, key, name, range);
    const part = { bytes, offset: range.offset };
    return { part: header === undefined ? part : { ...part, header: await header } };
  }

  async #load(
    slot: Slot,
    key: string,
    name: string,
    range: ByteRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (slot.key === key) return new Uint8Array(slot.memory, 0, range.length);
    slot.key = undefined;
    let asked = 0;
    const allocate: Allocate = (length) => {
      asked += 1;
      // A read that is tried again may still be written to where the first went: nobody uses that any more.
      if (asked > 1 || slot.memory.byteLength < length)
        slot.memory = new ArrayBuffer(Math.ceil(length / memoryStep) * memoryStep);
      return new Uint8Array(slot.memory, 0, length);
    };
    try {
      const options = { signal: this.#signal, allocate };
      const read = await readPackRange(this.#store, name, range, options);
      // Of a store that brought its own memory.
      if (read.buffer !== slot.memory) allocate(read.length).set(read);
      slot.key = key;
      this.#collectYoung(range.length);
      return new Uint8Array(slot.memory, 0, range.length);
    } catch (error) {
      forget(slot);
      throw error;
    }
  }

  #loadHeader(name: string): Promise<Uint8Array> {
    const known = this.#headers.get(name);
    if (known !== undefined) return known;
    const range = { offset: 0, length: packHeaderBytes };
    const reading = readPackRange(this.#store, name, range, { signal: this.#signal });
    const [oldest] = this.#headers.keys();
    if (oldest !== undefined && this.#headers.size >= mostHeaders) this.#headers.delete(oldest);
    this.#headers.set(name, reading);
    // The next part asks again.
    reading.catch(() => this.#headers.delete(name));
    return reading;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** What a failed read may still write to, or a worker took with it, is of no more use. */
function forget(slot: Slot): void {
  slot.memory = new ArrayBuffer(0);
  slot.key = undefined;
}
