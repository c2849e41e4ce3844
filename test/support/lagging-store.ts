import type { ObjectEntry, ObjectStore } from "../../src/engine/object-store.ts";

/**
 * The same store, whose listings show what was there some operations ago: new objects are missing in them, removed ones
 * still shown. What is asked for by its name is answered truly, as by object stores of old.
 */
export function openLaggingStore(store: ObjectStore, operations: number): ObjectStore {
  /** States after each operation that changed something, oldest first. */
  const states: { readonly at: number; readonly entries: readonly ObjectEntry[] }[] = [];
  let now = 0;
  const snapshot = async (): Promise<readonly ObjectEntry[]> => {
    const entries: ObjectEntry[] = [];
    for await (const entry of store.list("")) entries.push(entry);
    return entries;
  };
  const start = snapshot().then((entries) => void states.push({ at: 0, entries }));
  const step = async <T>(work: () => Promise<T>, changes: boolean): Promise<T> => {
    await start;
    now += 1;
    const at = now;
    const result = await work();
    if (changes) states.push({ at, entries: await snapshot() });
    return result;
  };
  return {
    ...store,
    put: (...given) => step(() => store.put(...given), true),
    get: (...given) => step(() => store.get(...given), false),
    stat: (name) => step(() => store.stat(name), false),
    remove: (name) => step(() => store.remove(name), true),
    async *list(prefix) {
      await step(() => Promise.resolve(), false);
      const shown = states.findLast(({ at }) => at <= now - operations) ?? states[0];
      for (const entry of shown?.entries ?? []) if (entry.name.startsWith(prefix)) yield entry;
    },
  };
}
