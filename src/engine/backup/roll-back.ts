import { isAppError } from "../../base/errors.ts";
import { manifestName } from "../format/object-names.ts";
import type { WriterLease } from "../lease.ts";
import type { BackupOptions } from "./options.ts";

/**
 * Takes back what a run stored before it filled the store, so that others and a prune have room again: objects with
 * names only this run can have given, while nobody else can have come to rely on them. Anything doubtful stays;
 * a prune removes it later. Never throws.
 */
export async function rollBackWhenFull(
  error: unknown,
  options: BackupOptions,
  lease: WriterLease,
  ownNames: readonly string[],
): Promise<void> {
  if (!isAppError(error, "StoreFull")) return;
  const { store, logger } = options;
  let removed = 0;
  try {
    if ((await store.stat(manifestName(options.backupId))) !== undefined) return;
    for (const name of ownNames) {
      if (removed % namesPerLook === 0) await lease.assertHeld();
      await store.remove(name);
      removed += 1;
    }
    logger.warn("The store is full: what this run had stored was taken back", { objects: removed });
  } catch (cause) {
    const code = isAppError(cause) ? cause.code : "Internal";
    logger.warn(
      "The store is full, and what this run stored could not all be taken back: prune it",
      {
        objects: removed,
        code,
      },
    );
  }
}

/** After so many removals the lease is looked at again: packs without an index may be taken over by its next holder. */
const namesPerLook = 16;
