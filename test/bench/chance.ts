import { createCipheriv, createHash } from "node:crypto";

/** Chance that is the same every time: one stream of bytes for one seed. */
export interface Chance {
  bytes(count: number): Buffer;
  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** From 0 to 1. */
  fraction(): number;
  pick<T>(items: readonly T[]): T;
  /** Many small ones and few large ones, between the bounds. */
  size(low: number, high: number): number;
  guid(): string;
}

const poolBytes = 1 << 16;

export function createChance(seed: string): Chance {
  const key = createHash("sha256").update(seed).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const numberStream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16, 1));
  const zeros = Buffer.alloc(poolBytes);
  let pool = Buffer.alloc(0);
  let used = 0;
  const bytes = (count: number): Buffer => {
    if (count > poolBytes / 4) return stream.update(Buffer.alloc(count));
    if (used + count > pool.length) {
      pool = stream.update(zeros);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
  // Numbers have a pool of their own: making a view of four bytes for each would take most of the time.
  let numbers = new Uint32Array(0);
  let nextNumber = 0;
  const fraction = (): number => {
    if (nextNumber === numbers.length) {
      numbers = new Uint32Array(new Uint8Array(numberStream.update(zeros)).buffer);
      nextNumber = 0;
    }
    nextNumber += 1;
    return (numbers[nextNumber - 1] as number) / 2 ** 32;
  };
  const integer = (low: number, high: number): number =>
    low + Math.floor(fraction() * (high - low + 1));
  return {
    bytes,
    fraction,
    integer,
    pick: <T>(items: readonly T[]): T => items[integer(0, items.length - 1)] as T,
    size: (low, high) => Math.round(low * (high / low) ** fraction()),
    guid: () => {
      const hex = bytes(16).toString("hex");
      const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
      return [...parts, `9${hex.slice(17, 20)}`, hex.slice(20)].join("-");
    },
  };
}
