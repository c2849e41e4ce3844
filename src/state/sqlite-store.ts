import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { DialectFacts } from "./dialect-facts.ts";
import { commitsHere, createKyselyStore } from "./kysely-store.ts";
import { quickCheck } from "./quick-check.ts";
import { applySchemaSteps } from "./schema-steps.ts";
import { NodeSqliteDialect } from "./sqlite-dialect.ts";
import { translateSqliteError } from "./sqlite-errors.ts";
import { prepareStateFile, type StateFile, syncFolder } from "./state-file.ts";
import type { StateStore } from "./state-store.ts";
import type { StateTables } from "./tables.ts";

export interface SqliteStoreOptions {
  /** A path on a local disk (SQLite's log needs shared memory, which network mounts lack), or `:memory:`. */
  readonly file: string;
  /** Measures leases: the store lives on one machine, so all its processes see this clock. */
  readonly clock: Clock;
  /** How long a call waits for another process that writes; 5 seconds unless told, our commits take milliseconds. */
  readonly busyMilliseconds?: number;
}

const defaultBusyMilliseconds = 5000;

/**
 * Opens the state in one SQLite file, creating it when absent. Throws `StateNewerThanProgram` for a
 * newer schema and `StateUnavailable`, saying what to do, when the file cannot be used or is damaged.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<StateStore> {
  const { file, clock } = options;
  const stateFile = file === ":memory:" ? undefined : prepareStateFile(file);
  const raw = await openDatabase(options);
  const database = new Kysely<StateTables>({ dialect: new NodeSqliteDialect(raw) });
  const facts = {
    ...describeSqlite(file, clock, stateFile),
    foreignWrites: countForeignWrites(raw),
    // In WAL mode `normal` leaves out nothing but the wait: order and integrity are kept.
    waitForDisk: (waits: boolean) => raw.exec(`pragma synchronous = ${waits ? "full" : "normal"}`),
  };
  try {
    await quickCheck(raw, file);
    await applySchemaSteps(database, facts);
    if (stateFile !== undefined) syncFolder(stateFile.folder);
    return createKyselyStore(database, facts);
  } catch (error) {
    raw.close();
    throw error instanceof AppError ? error : facts.translateError(error);
  }
}

function describeSqlite(
  file: string,
  clock: Clock,
  stateFile: StateFile | undefined,
): DialectFacts {
  return {
    now: () => sql<number>`${clock.now()}`,
    canSkipLocked: false,
    sequenceType: "integer",
    sequenceColumn: (column) => column.primaryKey().autoIncrement(),
    // SQLite compares text byte by byte unless told otherwise.
    binaryText: (column) => column,
    // Its transactions take the write lock as they begin.
    lockSchema: () => Promise.resolve(),
    translateError: (error) => translateSqliteError(error, file),
    checkMedium: () => stateFile?.check(),
    giveTurn: () => nextTurn(),
    newEtag: () => randomUUID(),
  };
}

/**
 * SQLite counts what other connections commit; asking costs locks on shared memory. One answer serves a turn of the
 * event loop: who knows of another process's commit made that before the request came that this turn reads. Commits of
 * this process, also those that met a conflict, end it.
 */
function countForeignWrites(raw: DatabaseSync): () => number {
  const statement = raw.prepare("pragma data_version");
  let known: { readonly count: number; readonly commits: number } | undefined;
  const forget = (): void => (known = undefined);
  return () => {
    if (known?.commits === commitsHere()) return known.count;
    if (known === undefined) setImmediate(forget);
    known = { count: Number(statement.get()?.["data_version"]), commits: commitsHere() };
    return known.count;
  };
}

async function openDatabase(options: SqliteStoreOptions): Promise<DatabaseSync> {
  const { file, clock, busyMilliseconds = defaultBusyMilliseconds } = options;
  let raw: DatabaseSync | undefined;
  try {
    raw = new DatabaseSync(file, { timeout: busyMilliseconds });
    raw.exec("pragma trusted_schema = off");
    await switchToWal(raw, clock);
    raw.exec("pragma synchronous = full");
    return raw;
  } catch (error) {
    raw?.close();
    throw translateSqliteError(error, file);
  }
}

/** Two processes that create the file together: SQLite does not wait here, so we do. */
async function switchToWal(raw: DatabaseSync, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      raw.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      const busy = (error as { errcode?: number }).errcode === 5;
      if (!busy || attempt === 50) throw error;
      await clock.sleep(20);
    }
  }
}
