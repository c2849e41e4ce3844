import { globSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathOf } from "./arm-caller.ts";
import type { Service } from "./service.ts";

/** All that a refused request must leave alone: compare with `deepEqual`. */
export interface Snapshot {
  readonly location: string;
  readonly etag: string | null;
  readonly backups: string;
  /** Every document and job of the state, by kind and key. */
  readonly state: readonly string[];
  /** Every file below the folder with size and time. */
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

/** Names and etags of the state's documents, and the jobs. */
export function readState(service: Service): readonly string[] {
  const database = new DatabaseSync(join(service.folder, "state", "holdfast.db"), {
    readOnly: true,
    timeout: 5000,
  });
  try {
    const documents = database.prepare("SELECT kind, key, etag FROM document ORDER BY 1, 2").all();
    const jobs = database.prepare("SELECT id, kind, state FROM job ORDER BY sequence").all();
    return [...documents, ...jobs].map((row) => Object.values(row).join(" "));
  } finally {
    database.close();
  }
}

/** Every file below the folder, with its size and time. */
export function listFiles(folder: string): readonly string[] {
  return globSync("**", { cwd: folder })
    .toSorted()
    .map((name) => {
      const { size, mtimeMs, mode } = lstatSync(join(folder, name));
      return `${name} ${mode.toString(8)} ${size} ${mtimeMs}`;
    });
}
