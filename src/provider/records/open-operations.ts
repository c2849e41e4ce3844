import { setImmediate } from "node:timers/promises";
import { isTerminal, type OperationRecord } from "../../arm/operation-record.ts";
import type { ChangedDocument, Document, StateStore } from "../../state/state-store.ts";

/** The operations that have not ended: a few among very many. */
export interface OpenOperations {
  list(): Promise<readonly Document<OperationRecord>[]>;
}

/** Reads all operations once and from then on what was written since, here or by other processes. */
export function followOpenOperations(store: StateStore): OpenOperations {
  const open = new Map<string, ChangedDocument<OperationRecord>>();
  let position = 0;
  return {
    async list() {
      for (;;) {
        const page = await store.listChanges<OperationRecord>("operation", position, pageSize);
        for (const document of page) {
          if (isTerminal(document.value.state)) open.delete(document.key);
          else open.set(document.key, document);
        }
        position = page.at(-1)?.revision ?? position;
        if (page.length < pageSize) return [...open.values()];
        // Reading blocks the thread: whoever waits for an answer comes first.
        await setImmediate();
      }
    },
  };
}

const pageSize = 50;
