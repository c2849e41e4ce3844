import { describe, it } from "node:test";

import { describeStoreFaults } from "./object-store-faults.ts";
import { listsManyObjects, objectStoreCases, runStoreCase } from "./object-store.ts";
import type { StoreEntry } from "./store-entry.ts";

/** Runs every case of the port's contract against the adapter that the entry opens. */
export function describeObjectStore(name: string, entry: StoreEntry): void {
  describe(`object store contract: ${name}`, () => {
    for (const storeCase of objectStoreCases) {
      it(storeCase.title, () => runStoreCase(storeCase, entry.open));
    }
    const many = entry.manyObjects ?? 10_000;
    it(`lists ${many} objects by prefix`, () =>
      runStoreCase({ title: "", run: (test) => listsManyObjects(test, many) }, entry.open));
    describeStoreFaults(entry);
  });
}
