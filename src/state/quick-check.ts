import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { programFile } from "../base/program-file.ts";

/** What a thread says that has checked a file; without words the file is whole. */
export type CheckFailure = { readonly errcode: number; readonly message: string } | undefined;

/**
 * Rejects with what SQLite says, its `errcode` and `message`, when the open database is damaged. A thread reads what is
 * large, with a connection of its own: that takes seconds, and ours would hold up everything else.
 */
export async function quickCheck(raw: DatabaseSync, file: string): Promise<void> {
  const pages = Number(raw.prepare("pragma page_count").get()?.["page_count"]);
  const failure =
    file === ":memory:" || pages < pagesForThread ? findDamage(raw) : await checkInThread(file);
  if (failure !== undefined) throw Object.assign(new Error(failure.message), failure);
}

/** Reads all of a database; throws what SQLite throws where that cannot be done. */
export function findDamage(database: DatabaseSync): CheckFailure {
  const found = Object.values(database.prepare("pragma quick_check(1)").all()[0] ?? {})[0];
  return found === "ok" ? undefined : { errcode: corrupt, message: String(found) };
}

/** SQLite's own number for a damaged file. */
const corrupt = 11;

// Four megabytes are read sooner than a thread starts.
const pagesForThread = 1024;

function checkInThread(file: string): Promise<CheckFailure> {
  const { promise, resolve, reject } = Promise.withResolvers<CheckFailure>();
  const thread = new Worker(programFile("state/quick-check-worker"), { workerData: { file } });
  thread.on("message", resolve);
  thread.on("error", reject);
  // After a message this says nothing new.
  thread.on("exit", () => reject(new Error("The thread that checks the state has ended early")));
  return promise;
}
