import { CompiledQuery, type SelectQueryBuilder } from "kysely";
import { AppError } from "../base/errors.ts";
import type { DialectFacts, StateDatabase } from "./dialect-facts.ts";
import { checkKey, findPrefixEnd } from "./key-range.ts";
import { nextRevision } from "./revision-queries.ts";
import type { Document, DocumentKind, ListOptions, Write } from "./state-store.ts";
import type { StateTables } from "./tables.ts";

type PutWrite = Extract<Write, { op: "put" }>;
type DeleteWrite = Extract<Write, { op: "delete" }>;

/** One document, or undefined. */
export async function getDocument<T>(
  database: StateDatabase,
  kind: DocumentKind,
  key: string,
): Promise<Document<T> | undefined> {
  const query = CompiledQuery.raw(oneDocument(database), [kind, key]);
  const { rows } = await database.executeQuery<{ readonly etag: string; readonly body: string }>(
    query,
  );
  const [row] = rows;
  return row && { kind, key, etag: row.etag, value: JSON.parse(row.body) as T };
}

const compiled = new WeakMap<StateDatabase, string>();

/** The text of the one query that every request makes, composed once for each database. */
function oneDocument(database: StateDatabase): string {
  const known = compiled.get(database);
  if (known !== undefined) return known;
  const { sql } = database
    .selectFrom("document")
    .select(["etag", "body"])
    .where("kind", "=", "location")
    .where("key", "=", "")
    .compile();
  compiled.set(database, sql);
  return sql;
}

/** The documents of a kind in a range of keys, ordered by key. */
export async function listDocuments<T>(
  database: StateDatabase,
  kind: DocumentKind,
  options: ListOptions,
): Promise<readonly Document<T>[]> {
  const rows = await rangeOf(database, kind, options).select(["key", "etag", "body"]).execute();
  return rows.map((row) => ({
    kind,
    key: row.key,
    etag: row.etag,
    value: JSON.parse(row.body) as T,
  }));
}

/** Their keys alone. */
export async function listKeys(
  database: StateDatabase,
  kind: DocumentKind,
  options: ListOptions,
): Promise<readonly string[]> {
  const rows = await rangeOf(database, kind, options).select("key").execute();
  return rows.map(({ key }) => key);
}

/** How many there are of a kind. */
export async function countDocuments(database: StateDatabase, kind: DocumentKind): Promise<number> {
  const { count } = await database
    .selectFrom("document")
    .where("kind", "=", kind)
    .select(({ fn }) => fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function rangeOf(
  database: StateDatabase,
  kind: DocumentKind,
  { prefix, after, limit }: ListOptions,
): SelectQueryBuilder<StateTables, "document", object> {
  let query = database.selectFrom("document").where("kind", "=", kind).orderBy("key");
  if (prefix !== undefined) {
    query = query.where("key", ">=", prefix);
    const end = findPrefixEnd(prefix);
    if (end !== undefined) query = query.where("key", "<", end);
  }
  if (after !== undefined) query = query.where("key", ">", after);
  return limit === undefined ? query : query.limit(limit);
}

/** Writes one document; check and write are the same statement, so that no other writer fits between. */
export async function putDocument(
  database: StateDatabase,
  facts: DialectFacts,
  write: PutWrite,
): Promise<void> {
  checkKey(write.key);
  const changed = {
    etag: facts.newEtag(),
    body: toJson(write.value, `${write.kind}/${write.key}`),
    revision: await nextRevision(database, write.kind),
  };
  if (typeof write.if === "object") {
    const result = await database
      .updateTable("document")
      .set(changed)
      .where("kind", "=", write.kind)
      .where("key", "=", write.key)
      .where("etag", "=", write.if.etag)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw conflict(write);
    return;
  }
  const insert = database
    .insertInto("document")
    .values({ kind: write.kind, key: write.key, ...changed });
  const result = await insert
    .onConflict((existing) => {
      const target = existing.columns(["kind", "key"]);
      return write.if === "absent" ? target.doNothing() : target.doUpdateSet(changed);
    })
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw conflict(write);
}

/** Removes one document; without a condition a missing one is no failure. */
export async function deleteDocument(database: StateDatabase, write: DeleteWrite): Promise<void> {
  if (write.if === "absent") {
    if (await getDocument(database, write.kind, write.key)) throw conflict(write);
    return;
  }
  await nextRevision(database, write.kind);
  let statement = database
    .deleteFrom("document")
    .where("kind", "=", write.kind)
    .where("key", "=", write.key);
  if (write.if !== undefined) statement = statement.where("etag", "=", write.if.etag);
  const result = await statement.executeTakeFirst();
  if (write.if !== undefined && result.numDeletedRows === 0n) throw conflict(write);
}

/** The value as JSON text; throws `InvalidArgument` for what JSON cannot hold at all. */
export function toJson(value: unknown, name: string): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) {
    throw new AppError("InvalidArgument", `Cannot store "${name}": its value is not JSON`);
  }
  return text;
}

function conflict(write: PutWrite | DeleteWrite): AppError {
  const name = `${write.kind}/${write.key}`;
  const found = write.if === "absent" ? "it exists already" : "it was changed or removed meanwhile";
  return new AppError("StateConflict", `Cannot write "${name}": ${found}; read it again`, {
    target: name,
  });
}
