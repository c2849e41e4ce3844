import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { findDamage, type CheckFailure } from "./quick-check.ts";

/** Checks one state file, says what it found, and ends. */
parentPort?.postMessage(checkFile((workerData as { readonly file: string }).file));

function checkFile(file: string): CheckFailure {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return findDamage(database);
  } catch (error) {
    const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
    // Without a number it is no word of SQLite: the thread fails with it.
    if (errcode === undefined) throw error;
    return { errcode, message };
  } finally {
    database?.close();
  }
}
