import { randomUUID } from "node:crypto";

import { AppError, isAppError } from "../base/errors.ts";

/** What a probe needs of a store: names with a leading dot are no object names, so listings never show them. */
export interface ProbedStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  /** False when it was opened for reading only. */
  readonly canWrite: boolean;
  /** False when removal is known to be refused. */
  readonly mayRemove: boolean;
}

/** Kept in stores that we cannot remove from, so that probes leave one object and not one each. */
const lastingKey = ".publish-test";
const content = Buffer.from(
  "Holdfast tests with this object that the store does not replace what exists.\n",
);

/** Writes, proves that the store does not replace, and removes, where it may. */
export async function probeWebStore(
  store: ProbedStore,
): Promise<{ readonly canWrite: boolean; readonly canRemove: boolean }> {
  if (!store.canWrite) return { canWrite: false, canRemove: false };
  if (!store.mayRemove) {
    await proveConditionalPut(store);
    return { canWrite: true, canRemove: false };
  }
  const key = `.probe-${randomUUID()}`;
  await store.put(key, content);
  await expectRefusal(store, key);
  try {
    await store.remove(key);
    return { canWrite: true, canRemove: true };
  } catch (error) {
    const isRefused = isAppError(error, "StoreReadOnly") || isAppError(error, "StoreAuthRefused");
    if (!isRefused) throw error;
    return { canWrite: true, canRemove: false };
  }
}

/** Throws `StoreUnsupported` when the store replaces an object although told not to. Leaves one object. */
export async function proveConditionalPut(store: Pick<ProbedStore, "put">): Promise<void> {
  try {
    await store.put(lastingKey, content);
  } catch (error) {
    if (isAppError(error, "ObjectExists")) return;
    throw error;
  }
  await expectRefusal(store, lastingKey);
}

async function expectRefusal(store: Pick<ProbedStore, "put">, key: string): Promise<void> {
  try {
    await store.put(key, content);
  } catch (error) {
    if (isAppError(error, "ObjectExists")) return;
    throw error;
  }
  throw new AppError(
    "StoreUnsupported",
    "Cannot use the store: it replaces objects that exist (it ignores If-None-Match), so one backup could destroy another; use a store that honours conditional writes",
  );
}
