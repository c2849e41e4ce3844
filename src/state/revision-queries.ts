import { sql } from "kysely";
import type { StateDatabase } from "./dialect-facts.ts";
import type { ChangedDocument, DocumentKind } from "./state-store.ts";

/** How many writes of the kind were committed. */
export async function getRevision(database: StateDatabase, kind: DocumentKind): Promise<number> {
  const row = await database
    .selectFrom("kind_revision")
    .select("revision")
    .where("kind", "=", kind)
    .executeTakeFirst();
  return Number(row?.revision ?? 0);
}

/** Counts one write; its row stays locked until the commit is through, so that revisions follow the order of commits. */
export async function nextRevision(database: StateDatabase, kind: DocumentKind): Promise<number> {
  const row = await database
    .insertInto("kind_revision")
    .values({ kind, revision: 1 })
    .onConflict((existing) =>
      existing.column("kind").doUpdateSet({ revision: sql<number>`kind_revision.revision + 1` }),
    )
    .returning("revision")
    .executeTakeFirstOrThrow();
  return Number(row.revision);
}

/** The documents of a kind that were written after a revision, oldest write first. */
export async function listChangedDocuments<T>(
  database: StateDatabase,
  kind: DocumentKind,
  after: number,
  limit: number,
): Promise<readonly ChangedDocument<T>[]> {
  const rows = await database
    .selectFrom("document")
    .select(["key", "etag", "body", "revision"])
    .where("kind", "=", kind)
    .where("revision", ">", after)
    .orderBy("revision")
    .limit(limit)
    .execute();
  return rows.map(({ key, etag, body, revision }) => ({
    ...{ kind, key, etag, revision: Number(revision) },
    value: JSON.parse(body) as T,
  }));
}
