import { globSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { pathOf } from "./arm-caller.ts";
import type { Service } from "./service.ts";

/** All that a refused request must leave alone: compare with `deepEqual`. */
export interface Snapshot {
  readonly location: string;
  readonly etag: string | null;
  readonly backups: string;
  /** Every document and job of the state. */
  readonly state: readonly string[];
  /** Every file below the folder. */
  readonly files: readonly string[];
}

/** What is there of a location, its state and a store folder. */
export async function takeSnapshot(
  service: Service,
  location: string,
  folder: string,
): Promise<Snapshot> {
  const api = service.call("2026-12-01");
  const read = await api.get(pathOf(location));
  return {
    location: read.text,
    etag: read.headers.get("etag"),
    backups: (await api.get(pathOf(location, "/backups"))).text,
    state: readState(service),
    files: listFiles(folder),
  };
}

/** Kind, key and etag of the state's documents, and the jobs. */
export function readState(service: Service): readonly string[] {
  return queryState(service, (database) => {
    const documents = database
      .prepare("SELECT kind, key, etag FROM document ORDER BY 1, 2")
      .all()
      .filter(({ kind, key }) => !isWitness(String(kind), String(key)));
    const jobs = database.prepare("SELECT id, kind, state FROM job ORDER BY sequence").all();
    return [...documents, ...jobs].map((row) => Object.values(row).join(" "));
  });
}

/** Ids of jobs that have not ended. */
export function readOpenJobs(service: Service): readonly string[] {
  const query = "SELECT id FROM job WHERE state IN ('queued', 'running')";
  return queryState(service, (database) => {
    const rows = database.prepare(query).all();
    return rows.map((row) => String(row["id"]));
  });
}

/** Every operation ever accepted, oldest first. */
export function readOperations(service: Service): readonly OperationRecord[] {
  const query = "SELECT body FROM document WHERE kind = 'operation'";
  return queryState(service, (database) => {
    const rows = database.prepare(query).all();
    return rows
      .map((row) => JSON.parse(String(row["body"])) as OperationRecord)
      .toSorted((one, other) => one.startTime.localeCompare(other.startTime));
  });
}

function queryState<T>(service: Service, ask: (database: DatabaseSync) => T): T {
  const file = join(service.folder, "state", "holdfast.db");
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return ask(database);
  } finally {
    database.close();
  }
}

function listFiles(folder: string): readonly string[] {
  return globSync("**", { cwd: folder })
    .toSorted()
    .map((name) => {
      const { size, mtimeMs, mode } = lstatSync(join(folder, name));
      return `${name} ${mode.toString(8)} ${size} ${mtimeMs}`;
    });
}

/** What is written about a request that changes nothing, what the watchdog keeps for itself, and logs, which follow later. */
function isWitness(kind: string, key: string): boolean {
  return ["audit", "watch", "alert", "note", "operationLog"].includes(kind) || key === "audit-head";
}
