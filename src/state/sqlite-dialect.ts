import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteDialect,
  SqliteDriver,
  type SqliteDatabase,
} from "kysely";

type SqliteStatement = ReturnType<SqliteDatabase["prepare"]>;

/** Kysely's SQLite dialect on Node's own SQLite. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(raw: DatabaseSync) {
    const database = adaptDatabase(raw);
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database });
  }
}

/**
 * Takes the write lock when a transaction begins. A deferred one that reads first and writes later fails
 * at once, without waiting, when another process wrote in between.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

// The queries of the store are a few dozen texts; what else comes is not kept.
const maximumStatements = 200;

/** Every text is prepared once: that takes longer than most queries do. */
function adaptDatabase(raw: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => raw.close(),
    prepare(text) {
      const known = statements.get(text);
      if (known !== undefined) return known;
      const prepared = adaptStatement(raw, text);
      // A schema step may change what a text means.
      const isQuery = /^(?:select|insert|update|delete) /.test(text);
      if (isQuery && statements.size < maximumStatements) statements.set(text, prepared);
      return prepared;
    },
  };
}

function adaptStatement(raw: DatabaseSync, text: string): SqliteStatement {
  const statement = raw.prepare(text);
  const bind = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bind(parameters)),
    run: (parameters) => statement.run(...bind(parameters)),
    // An iteration must not be ended by another use of the same statement.
    iterate: (parameters) => raw.prepare(text).iterate(...bind(parameters)),
  };
}
