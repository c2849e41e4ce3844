import type { ColumnDataType, ColumnDefinitionBuilder, Expression, Kysely } from "kysely";
import type { AppError } from "../base/errors.ts";
import type { StateTables } from "./tables.ts";

/** A connection or an open transaction. */
export type StateDatabase = Kysely<StateTables>;

/** All that differs between the databases the one set of queries runs on. */
export interface DialectFacts {
  /**
   * The time leases are measured with, in milliseconds since 1970. Several machines must share the
   * database's clock (`clock_timestamp()`); SQLite lives on one machine, so its clock is the process's.
   */
  readonly now: () => Expression<number>;
  /** Whether a claim can step over rows that another claimer has locked. */
  readonly canSkipLocked: boolean;
  /** Column that numbers rows in the order they are inserted. */
  readonly sequenceType: ColumnDataType;
  readonly sequenceColumn: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  /** Text compared byte by byte, so that `list` has one order everywhere (`collate "C"`). */
  readonly binaryText: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  /** Runs before the schema is looked at, inside its transaction: keeps other processes out. */
  readonly lockSchema: (database: StateDatabase) => Promise<void>;
  /** A failure of the driver in our words. */
  readonly translateError: (error: unknown) => AppError;
  /** Throws when the medium under the open connection is no longer what was opened. */
  readonly checkMedium: () => void;
  /**
   * Another number as soon as another connection has committed anything; asked for before every answer from memory.
   * Absent where the database cannot tell so cheaply: then every document is read.
   */
  readonly foreignWrites?: () => number;
  /** Whether commits from now on wait for the disk; absent where they always do. */
  readonly waitForDisk?: (waits: boolean) => void;
  /**
   * Lets the event loop turn once. Where the database answers within a turn, as SQLite does here, one call after the other
   * would otherwise hold up everybody else. Absent where answers come from outside.
   */
  readonly giveTurn?: () => Promise<void>;
  /** A value never used before as an etag. */
  readonly newEtag: () => string;
}
