/**
 * The port to where repository bytes live. Names are `/`-separated paths of `[a-zA-Z0-9._-]` segments,
 * below the administrator's folder. Objects are written once and never changed.
 *
 * Every adapter promises, and `test/contracts/object-store.ts` proves:
 * - `put` publishes all bytes or nothing, is durable when it resolves (survives a power cut), and
 *   throws `ObjectExists` without touching the present object when the name is taken;
 * - an object is listed and readable as soon as its `put` resolved;
 * - `get` returns exactly the bytes that were put, or throws; a range past the end is `InvalidArgument`;
 * - failures are `AppError`s with a store code (`StoreFull`, `ObjectNotFound`, …) and the native code beside it.
 */
export interface ObjectStore {
  /** Publishes bytes under a name that must be absent. */
  put(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Whole object, or `length` bytes from `offset`. Throws `ObjectNotFound`. */
  get(
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
    allocate?: Allocate,
  ): Promise<Uint8Array>;
  /** Set where `get` asks `allocate` for its memory, before it reads a byte; others bring memory of their own. */
  readonly asksForMemory?: true;
  /** Every object whose name starts with the prefix, in no particular order; unfinished parts are not shown. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectEntry>;
  /** Size in bytes, or undefined when absent. */
  stat(name: string): Promise<{ readonly bytes: number } | undefined>;
  /** Removes an object; absent is fine. May be refused by design with `StoreReadOnly` (WORM stores). */
  remove(name: string): Promise<void>;
  /** What the store can do now. */
  probe(): Promise<StoreProbe>;
  /** Path of the object on a local file system, for adapters that have one: workers then read it directly. */
  localPath?(name: string): string;
  /**
   * For adapters where a name can be seen before it is durable: what a process left that died between the two becomes
   * durable; with `alsoRemovals` nothing that is absent now comes back after a power cut either.
   */
  settle?(alsoRemovals?: boolean): Promise<void>;
  /** Lets go of connections. */
  close(): Promise<void>;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Gives memory of exactly so many bytes to read into, or throws what `get` is to fail with. A read that is tried again
 * asks again: what it was given before may still be written to, and is of no more use.
 */
export type Allocate = (bytes: number) => Uint8Array;

export interface ObjectEntry {
  readonly name: string;
  readonly bytes: number;
  /** When the store says it was written, milliseconds since 1970 by the store's clock. */
  readonly modifiedAt: number;
}

export interface StoreProbe {
  /** Free and total space in bytes, when the store can say. */
  readonly freeBytes?: number;
  readonly totalBytes?: number;
  readonly canWrite: boolean;
  readonly canRemove: boolean;
  /** Whether bytes are encrypted between us and the store; true for a local disk. */
  readonly encryptedInFlight: boolean;
  /** Store clock minus ours, milliseconds, when the store can say. */
  readonly clockSkewMilliseconds?: number;
}
