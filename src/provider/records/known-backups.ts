import { setImmediate } from "node:timers/promises";
import { waitUntilIdle } from "../../base/wait-until-idle.ts";
import type { Document, StateStore } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { Backup } from "../model.ts";

/**
 * All backups of a location, in no order. Whoever judges a location needs all of them, again and again: they are read
 * once, and from then on what was written since, here or by other processes. Nobody may change what is returned.
 */
export async function listBackupsOf(
  store: StateStore,
  locationKey: string,
): Promise<readonly Backup[]> {
  const book = books.get(store) ?? new BackupBook(store);
  books.set(store, book);
  await book.update();
  if (!book.isFull) return book.listBelow(locationKey);
  const found = await listAll<Backup>(store, "backup", `${locationKey}/backups/`);
  return found.map(({ value }) => value);
}

/** To be awaited before something looks at each of them: many keep the thread for 10 ms, and whoever waits for an answer comes first. */
export async function beforeLongLook(backups: readonly Backup[]): Promise<void> {
  if (backups.length >= manyBackups) await waitUntilIdle();
}

const manyBackups = 1000;
/** So many are looked at within a millisecond or two. */
export const backupsPerStep = 1000;

const books = new WeakMap<StateStore, BackupBook>();
/** Two to four kilobytes each, with three to eight roles. Where there are more, they are read each time. */
const mostKept = 50_000;
const pageSize = 50;
const keysPageSize = 1000;

class BackupBook {
  isFull = false;
  readonly #store: StateStore;
  /** By location and key. */
  readonly #known = new Map<string, Map<string, Backup>>();
  readonly #lists = new Map<string, readonly Backup[]>();
  #count = 0;
  /** The revision up to which changes were read. */
  #position = 0;
  #updating: Promise<void> | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  listBelow(locationKey: string): readonly Backup[] {
    const list = this.#lists.get(locationKey) ?? [
      ...(this.#known.get(locationKey)?.values() ?? []),
    ];
    this.#lists.set(locationKey, list);
    return list;
  }

  /** Callers that come meanwhile may have seen a later write: they update once more. */
  async update(): Promise<void> {
    while (this.#updating !== undefined) await this.#updating.catch(() => undefined);
    this.#updating = this.#readChanges();
    try {
      await this.#updating;
    } finally {
      this.#updating = undefined;
    }
  }

  async #readChanges(): Promise<void> {
    const revision = await this.#store.revisionOf("backup");
    if (this.isFull || revision === this.#position) return;
    const before = this.#position;
    let count = 0;
    for (;;) {
      const page = await this.#store.listChanges<Backup>("backup", this.#position, pageSize);
      for (const document of page) this.#keep(document);
      count += page.length;
      this.#position = page.at(-1)?.revision ?? this.#position;
      if (page.length < pageSize) break;
      if (this.#count > mostKept) return this.#giveUp();
      // Reading blocks the thread: whoever waits for an answer comes first.
      await setImmediate();
    }
    // Each write has a number: where some are missing, backups were removed or written more than once.
    const misses = this.#position - before !== count || this.#position < revision;
    this.#position = Math.max(this.#position, revision);
    if (misses && !(await this.#hasAll())) await this.#dropRemoved();
  }

  /** Of what was removed we know more than there is. A write since may hide that; then the keys tell. */
  async #hasAll(): Promise<boolean> {
    const count = await this.#store.count("backup");
    return count === this.#count && (await this.#store.revisionOf("backup")) === this.#position;
  }

  #keep({ key, value }: Document<Backup>): void {
    const locationKey = locationOf(key);
    const below = this.#known.get(locationKey) ?? new Map<string, Backup>();
    this.#count += below.has(key) ? 0 : 1;
    this.#known.set(locationKey, below.set(key, value));
    this.#lists.delete(locationKey);
  }

  async #dropRemoved(): Promise<void> {
    const living = new Set<string>();
    for (let after: string | undefined; ;) {
      const page = await this.#store.listKeys("backup", {
        limit: keysPageSize,
        ...(after === undefined ? {} : { after }),
      });
      for (const key of page) living.add(key);
      after = page.at(-1);
      if (page.length < keysPageSize) break;
      await setImmediate();
    }
    for (const [locationKey, below] of this.#known) {
      for (const key of below.keys()) {
        if (living.has(key)) continue;
        below.delete(key);
        this.#count -= 1;
        this.#lists.delete(locationKey);
      }
      if (below.size === 0) this.#known.delete(locationKey);
    }
  }

  #giveUp(): void {
    this.isFull = true;
    this.#known.clear();
    this.#lists.clear();
  }
}

function locationOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/backups/"));
}
