import { AppError } from "../base/errors.ts";
import { formatBytes } from "../base/format-bytes.ts";
import type { ObjectStore, StoreProbe } from "../engine/object-store.ts";

/**
 * Refuses a backup that would not fit: room for what it is expected to add, and a reserve beside it. A store that
 * cannot tell its room is taken at its word. Throws `StoreTooSmall`, and what a probe throws.
 */
export async function requireRoom(store: ObjectStore, expectedBytes: number): Promise<void> {
  const { freeBytes, totalBytes } = believableRoom(await store.probe());
  const reserveBytes = reserveOf(totalBytes);
  if (freeBytes === null || freeBytes >= expectedBytes + reserveBytes) return;
  throw new AppError(
    "StoreTooSmall",
    `The store has ${formatBytes(freeBytes)} free; a backup needs about ${formatBytes(expectedBytes)}, and ${formatBytes(reserveBytes)} stay in reserve: prune the store or give it more room; nothing was written`,
  );
}

/** Null where the store cannot tell. */
export interface StoreRoom {
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
}

/** Servers tell odd things: what cannot be is as good as nothing. */
export function believableRoom({
  freeBytes,
  totalBytes,
}: Pick<StoreProbe, "freeBytes" | "totalBytes">): StoreRoom {
  const total = isSize(totalBytes) && totalBytes > 0 ? totalBytes : null;
  const isBelievable = isSize(freeBytes) && (total === null ? freeBytes > 0 : freeBytes <= total);
  return { freeBytes: isBelievable ? freeBytes : null, totalBytes: total };
}

/** Indexes, locks and manifests must always fit, so that a prune can make room. */
export function reserveOf(totalBytes: number | null): number {
  return totalBytes === null ? reserve : Math.min(reserve, Math.floor(totalBytes * reserveShare));
}

const reserve = 64 * 1024 * 1024;
/** Of a small store. */
const reserveShare = 0.05;

function isSize(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
