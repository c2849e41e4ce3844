import { sql } from "kysely";
import { AppError } from "../base/errors.ts";
import type { DialectFacts, StateDatabase } from "./dialect-facts.ts";

type SchemaStep = (database: StateDatabase, facts: DialectFacts) => Promise<void>;

/**
 * Step n brings the schema from version n to n + 1. Steps are only ever appended: a published step is
 * never edited, because stores that ran it exist.
 */
export const schemaSteps: readonly SchemaStep[] = [
  createFirstTables,
  numberDocuments,
  indexEndedJobs,
];

/** Brings the schema to the newest version in one transaction; throws `StateNewerThanProgram` for a later one. */
export async function applySchemaSteps(
  database: StateDatabase,
  facts: DialectFacts,
  steps: readonly SchemaStep[] = schemaSteps,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await facts.lockSchema(transaction);
    const found = await readVersion(transaction);
    if (found > steps.length) {
      throw new AppError(
        "StateNewerThanProgram",
        `Cannot open the state: its schema has version "${found}" and this program knows up to "${steps.length}"; start the newer program or restore an older state`,
      );
    }
    if (found === steps.length) return;
    for (const step of steps.slice(found)) await step(transaction, facts);
    await transaction.updateTable("schema_version").set({ version: steps.length }).execute();
  });
}

async function readVersion(transaction: StateDatabase): Promise<number> {
  await transaction.schema
    .createTable("schema_version")
    .ifNotExists()
    .addColumn("version", "integer", (column) => column.notNull())
    .execute();
  const row = await transaction.selectFrom("schema_version").select("version").executeTakeFirst();
  if (row !== undefined) return Number(row.version);
  await transaction.insertInto("schema_version").values({ version: 0 }).execute();
  return 0;
}

async function createFirstTables(transaction: StateDatabase, facts: DialectFacts): Promise<void> {
  await createDocumentTable(transaction, facts);
  await createJobTable(transaction, facts);
  await transaction.schema
    .createTable("health")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("checked_at", "bigint", (column) => column.notNull())
    .execute();
  await transaction.insertInto("health").values({ id: 1, checked_at: 0 }).execute();
}

async function createDocumentTable(transaction: StateDatabase, facts: DialectFacts): Promise<void> {
  await transaction.schema
    .createTable("document")
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => facts.binaryText(column.notNull()))
    .addColumn("etag", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("document_key", ["kind", "key"])
    .execute();
}

async function createJobTable(transaction: StateDatabase, facts: DialectFacts): Promise<void> {
  await transaction.schema
    .createTable("job")
    .addColumn("sequence", facts.sequenceType, facts.sequenceColumn)
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("fence", "integer", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("owner", "text")
    .addColumn("lease_until", "bigint")
    .addColumn("cancel_requested", "integer", (column) => column.notNull())
    .addColumn("error", "text")
    .addColumn("ended_at", "bigint")
    .execute();
  await transaction.schema.createIndex("job_state").on("job").column("state").execute();
}

/** Revisions of documents, so that changes are found without reading everything. What is there counts as written by key. */
async function numberDocuments(transaction: StateDatabase): Promise<void> {
  await transaction.schema
    .createTable("kind_revision")
    .addColumn("kind", "text", (column) => column.primaryKey())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .execute();
  await transaction.schema
    .alterTable("document")
    .addColumn("revision", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`
    update document set revision = numbered.place from (
      select kind, key, row_number() over (partition by kind order by key) as place from document
    ) as numbered where document.kind = numbered.kind and document.key = numbered.key
  `.execute(transaction);
  await sql`
    insert into kind_revision (kind, revision) select kind, count(*) from document group by kind
  `.execute(transaction);
  await transaction.schema
    .createIndex("document_revision")
    .on("document")
    .columns(["kind", "revision"])
    .execute();
}

/** Jobs that ended long ago are removed now and then: without reading those that did not. */
async function indexEndedJobs(transaction: StateDatabase): Promise<void> {
  await transaction.schema.createIndex("job_ended").on("job").column("ended_at").execute();
}
