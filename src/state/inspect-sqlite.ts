import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { findDamage } from "./quick-check.ts";
import { schemaSteps } from "./schema-steps.ts";
import { translateSqliteError } from "./sqlite-errors.ts";

/** What a look at a state file shows without changing it. */
export type StateInspection =
  | { readonly kind: "absent" }
  /** `isOurs`: its schema is the one this program works with, neither older nor newer. */
  | { readonly kind: "intact"; readonly isOurs: boolean };

/** Looks at the state of a service that may be running; throws `StateUnavailable` for one that cannot be read or is damaged. */
export function inspectSqliteState(file: string): StateInspection {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return { kind: "absent" };
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const damage = findDamage(database);
    if (damage !== undefined) throw Object.assign(new Error(damage.message), damage);
    const row = database.prepare("select version from schema_version").get();
    return { kind: "intact", isOurs: row?.["version"] === schemaSteps.length };
  } catch (error) {
    throw translateSqliteError(error, file);
  } finally {
    database?.close();
  }
}
