import { randomUUID } from "node:crypto";
import type { LeaseOwner } from "../engine/lease.ts";
import type { LedgerHead } from "../engine/model.ts";
import { requireKeys, saveKeys, type KeysFile } from "./keys-file.ts";
import { lockKeys } from "./keys-lock.ts";

/** The keys of a repository while no other command writes with them. */
export interface WriterKeys {
  readonly file: KeysFile;
  /** How the store's lease knows this run: it may take over at once what an earlier run with these keys left. */
  readonly owner: LeaseOwner;
  /** Remembers the newest backup. */
  saveHead(head: LedgerHead): Promise<void>;
}

/**
 * Runs with the keys in a file, under a number of its own, as the only writer with them. Throws `StoreLocked` while another
 * command has them.
 */
export async function withWriterKeys<T>(
  path: string,
  run: (keys: WriterKeys) => Promise<T>,
): Promise<T> {
  await requireKeys(path);
  const lock = await lockKeys(path);
  try {
    const before = await requireKeys(path);
    // Keys that were copied are another installation's: nothing is known of a run that has the original.
    const isHere = before.place === lock.place;
    const file: KeysFile = {
      ...before,
      installationId: isHere ? before.installationId : randomUUID(),
      place: lock.place,
      fence: before.fence + 1,
    };
    // Saved before the run: no two runs may ever carry the same number.
    await saveKeys(path, file);
    return await run({
      file,
      owner: { installationId: file.installationId, jobFence: file.fence },
      saveHead: (ledgerHead) => saveKeys(path, { ...file, ledgerHead }),
    });
  } finally {
    lock.release();
  }
}
