import { randomUUID } from "node:crypto";
import { systemClock } from "../../src/base/clock.ts";
import type { Document, StateStore, Write } from "../../src/state/state-store.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";

/** Fills a stopped service's state with copies of the backup and the operation it has. */
export async function fillState(
  file: string,
  counts: { readonly backups: number; readonly operations: number },
): Promise<void> {
  const store = await openSqliteStore({ file, clock: systemClock });
  try {
    const [backup] = await store.list<Named>("backup", { limit: 1 });
    const [operation] = await store.list<Named>("operation", { limit: 1 });
    if (backup === undefined || operation === undefined) throw new Error("The state is empty");
    await copy(store, backup, counts.backups, (id) => backup.key.replace(/[^/]+$/, id));
    await copy(store, operation, counts.operations, (id) => id);
  } finally {
    await store.close();
  }
}

interface Named {
  readonly id: string;
}

async function copy(
  store: StateStore,
  { kind, value }: Document<Named>,
  count: number,
  keyOf: (id: string) => string,
): Promise<void> {
  for (let done = 0; done < count;) {
    const size = Math.min(500, count - done);
    const writes = Array.from({ length: size }, (): Write => {
      const id = randomUUID();
      return { op: "put", kind, key: keyOf(id), value: { ...value, id } };
    });
    await store.commit(writes);
    done += size;
  }
}
