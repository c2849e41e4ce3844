import { isAppError } from "../../base/errors.ts";
import type { StateStore } from "../../state/state-store.ts";

/** A value that is made by the first instance on this state and then stays. */
export async function keepSetting(
  store: StateStore,
  key: string,
  make: () => string,
): Promise<string> {
  const kept = await store.get<{ readonly value: string }>("setting", key);
  if (kept !== undefined) return kept.value.value;
  try {
    await store.commit([
      { op: "put", kind: "setting", key, value: { value: make() }, if: "absent" },
    ]);
  } catch (error) {
    // Another instance was first: its value is ours.
    if (!isAppError(error, "StateConflict")) throw error;
  }
  return keepSetting(store, key, make);
}

/** The same for a secret: sealed in the state, and given back in the clear. */
export async function keepSecret(
  store: StateStore,
  sealer: Sealer,
  key: string,
  make: () => string,
): Promise<string> {
  const sealed = await keepSetting(store, key, () => sealer.seal(make(), key));
  return sealer.unseal(sealed, key);
}

export interface Sealer {
  seal(text: string, label: string): string;
  unseal(sealed: string, label: string): string;
}
