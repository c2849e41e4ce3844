import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Clock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { BackupRecord, RepositoryKeys } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { executePrune, type PruneOptions } from "../../src/engine/prune/execute-prune.ts";
import type { PruneResult } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import type { PrunePlan, PruneRequest } from "../../src/engine/prune/prune-plan.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aStreamRole,
  backupIdOf,
  createRepository,
  createSeededRandom,
  openRepository,
  somePassword,
  type TestRepository,
} from "./a-repository.ts";
import { someContent } from "./odd-tree.ts";
import { withTempFolder } from "./temp-folder.ts";

export const hour = 3_600_000;
export const day: number = 24 * hour;

/** A clock that stands still until told otherwise; sleepers wake only to be aborted. */
export interface StandingClock extends Clock {
  advance(milliseconds: number): void;
}

export function createStandingClock(
  start: number = Date.parse("2026-03-01T00:00:00Z"),
): StandingClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    sleep: (_milliseconds, signal) =>
      new Promise((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason as Error);
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  };
}

/** What a backup holds: role names and the bytes of their one stream. */
export type Content = Readonly<Record<string, Uint8Array>>;

/** No two processes draw the same random bytes. */
let worlds = 0;

/** A repository in memory whose store and writer share a clock that the test moves. */
export class PruneWorld {
  readonly clock: StandingClock;
  readonly objects: MemoryObjects;
  readonly repository: TestRepository;
  /** What each backup must give back. */
  readonly contents: Map<number, Content>;
  #fence: number;

  private constructor(
    clock: StandingClock,
    objects: MemoryObjects,
    repository: TestRepository,
    contents: Map<number, Content>,
    fence: number,
  ) {
    this.clock = clock;
    this.objects = objects;
    this.repository = repository;
    this.contents = contents;
    this.#fence = fence;
  }

  static async create(seed = "prune"): Promise<PruneWorld> {
    const clock = createStandingClock();
    const objects: MemoryObjects = new Map();
    const host = { clock, randomBytes: createSeededRandom(seed) };
    const store = openMemoryStore(objects, clock);
    const repository = await createRepository(store, somePassword, somePassword, host);
    return new PruneWorld(clock, objects, repository, new Map(), 0);
  }

  get keys(): RepositoryKeys {
    return this.repository.keys;
  }

  get store(): ObjectStore {
    return this.repository.store;
  }

  /** The same moment in a store of its own. */
  copy(label: string, wrap: (store: ObjectStore) => ObjectStore = (store) => store): PruneWorld {
    const objects: MemoryObjects = new Map(this.objects);
    const clock = createStandingClock(this.clock.now());
    const host = { clock, randomBytes: createSeededRandom(label) };
    const store = wrap(openMemoryStore(objects, clock));
    const repository = openRepository(store, this.keys, somePassword, host);
    return new PruneWorld(clock, objects, repository, new Map(this.contents), this.#fence);
  }

  /** The same repository through another store, as a process that is to die sees it. */
  seenThrough(store: ObjectStore): PruneWorld {
    const host = { clock: this.clock, randomBytes: createSeededRandom(`world ${(worlds += 1)}`) };
    const repository = openRepository(store, this.keys, somePassword, host);
    return new PruneWorld(this.clock, this.objects, repository, this.contents, this.#fence + 10);
  }

  /** The same store without what wraps it. */
  unwrapped(): PruneWorld {
    const store = openMemoryStore(this.objects, this.clock);
    const host = { clock: this.clock, randomBytes: createSeededRandom(`world ${(worlds += 1)}`) };
    const repository = openRepository(store, this.keys, somePassword, host);
    return new PruneWorld(this.clock, this.objects, repository, this.contents, this.#fence + 10);
  }

  async backup(number: number, content: Content): Promise<BackupRecord> {
    const roles = Object.entries(content).map(([name, bytes]) => aStreamRole(name, () => [bytes]));
    try {
      return await this.repository.backup(number, roles, { fence: (this.#fence += 1) });
    } finally {
      // A run that fails after its manifest was published has made a backup all the same.
      if (this.objects.has(`backups/${backupIdOf(number)}`)) this.contents.set(number, content);
    }
  }

  plan(remove: readonly number[], changes: Partial<PruneRequest> = {}): Promise<PrunePlan> {
    const request = { remove: remove.map(backupIdOf), now: this.clock.now(), ...changes };
    return planPrune(this.store, this.keys, request);
  }

  execute(plan: PrunePlan, changes: Partial<PruneOptions> = {}): Promise<PruneResult> {
    return executePrune(plan, {
      ...this.repository.host,
      store: this.store,
      keys: this.keys,
      owner: { installationId: "an installation", jobFence: (this.#fence += 1) },
      logger: silentLogger,
      signal: new AbortController().signal,
      ...changes,
    });
  }

  /** Plans and executes; what was removed need not come back any more. */
  async prune(
    remove: readonly number[],
    changes: Partial<PruneRequest> = {},
  ): Promise<PruneResult> {
    const result = await this.execute(await this.plan(remove, changes));
    for (const number of remove) this.contents.delete(number);
    return result;
  }

  names(folder: string): string[] {
    return [...this.objects.keys()].filter((name) => name.startsWith(folder)).sort();
  }

  /** Every backup gives back what went into it. */
  async checkRestores(numbers: Iterable<number> = this.contents.keys()): Promise<void> {
    for (const number of [...numbers]) {
      await withTempFolder(async (folder) => {
        await this.repository.restore(number, `${folder}/target`);
        for (const [role, bytes] of Object.entries(this.contents.get(number) ?? {}))
          assert.ok(readFileSync(`${folder}/target/${role}/dump`).equals(bytes), `${number}`);
      });
    }
  }

  /** Nothing is damaged or missing, and the ledger is whole. */
  async checkSound(depth: "structure" | "ciphertext" = "structure"): Promise<void> {
    const { findings, backups } = await this.repository.verify({ depth });
    assert.deepEqual(findings, []);
    assert.equal(backups, this.contents.size);
  }
}

export const same: Buffer = someContent(60_000, "same");

/** Three backups, a day apart: `same` is in all of them, the rest in one each. */
export async function makeThreeBackups(): Promise<PruneWorld> {
  const world = await PruneWorld.create();
  for (const number of [1, 2, 3]) {
    await world.backup(number, { same, own: someContent(40_000, `own ${number}`) });
    world.clock.advance(day);
  }
  return world;
}
