import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { silentLogger } from "../../src/base/log.ts";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import type { Opener, Recipient, RepositoryKeys } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import { executePrune } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { newRepositoryKeys, prepareRepository } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createSeededRandom,
  openRepository,
  someDeployment,
  somePassword,
  type TestRepository,
} from "./a-repository.ts";
import { CrashFileSystem, type Survival } from "./crash-file-system.ts";
import { someContent } from "./odd-tree.ts";
import { createStandingClock, day, hour, type Content } from "./prune-world.ts";
import { withTempFolder } from "./temp-folder.ts";

export const otherPassword: Recipient & Opener = {
  kind: "pre-shared-key",
  keyBase64: Buffer.from("another pre-shared key of 33 bytes").toString("base64"),
};

/** What the caller was told, and so may rely on. */
export interface Promised {
  readonly keys: RepositoryKeys;
  readonly recipient: Recipient & Opener;
  /** Backups that were said to have succeeded and that nobody has asked to remove since. */
  readonly backups: ReadonlyMap<number, Content>;
}

/** A disk as it was after one change, and what had been promised by then. */
export interface Moment {
  readonly label: string;
  readonly action: string;
  readonly call: string;
  readonly path: string;
  readonly now: number;
  readonly disk: CrashFileSystem;
  readonly hasLinks: boolean;
  readonly promised: Promised;
}

/** One process at work on one disk. */
export class CrashWorld {
  readonly disk: CrashFileSystem;
  readonly clock: ReturnType<typeof createStandingClock>;
  readonly randomBytes: (count: number) => Buffer;
  promised: Promised;
  #fence: number;

  constructor(
    disk: CrashFileSystem,
    clock: ReturnType<typeof createStandingClock>,
    promised: Promised,
    fence: number,
  ) {
    this.disk = disk;
    this.clock = clock;
    this.promised = promised;
    this.#fence = fence;
    this.randomBytes = createSeededRandom(`crash world ${fence}`);
  }

  async open(path = "/store"): Promise<ObjectStore> {
    const fileSystem = this.disk.open();
    return withoutPaths(await openLocalStore({ path, fileSystem, clock: this.clock }));
  }

  async repository(path?: string): Promise<TestRepository> {
    const { clock, randomBytes, promised } = this;
    return openRepository(await this.open(path), promised.keys, promised.recipient, {
      clock,
      randomBytes,
    });
  }

  async prepare(recipient: Recipient & Opener = this.promised.recipient): Promise<void> {
    const { promised } = this;
    const store = await this.open();
    const keys = await prepareRepository(store, promised.keys, [recipient], someDeployment, this);
    this.promised = { ...promised, keys, recipient };
  }

  async backup(number: number): Promise<void> {
    const content = contentOf(number);
    const roles = Object.entries(content).map(([name, bytes]) => aStreamRole(name, () => [bytes]));
    const repository = await this.repository();
    await repository.backup(number, roles, { fence: (this.#fence += 1) });
    this.#promise(new Map(this.promised.backups).set(number, content));
  }

  /** What is to be removed need not come back from the moment somebody asks for it. */
  async prune(remove: readonly number[], graceMilliseconds?: number): Promise<void> {
    const { keys } = this.promised;
    const store = await this.open();
    const left = new Map(this.promised.backups);
    for (const number of remove) left.delete(number);
    this.#promise(left);
    const request = {
      remove: remove.map(backupIdOf),
      now: this.clock.now(),
      ...(graceMilliseconds === undefined ? {} : { graceMilliseconds }),
    };
    const plan = await planPrune(store, keys, request);
    await executePrune(plan, { ...this.#job(), store, keys });
  }

  /** Removes every backup that nobody counts on, as far as it is there. */
  async pruneAllBut(kept: readonly number[]): Promise<void> {
    const repository = await this.repository();
    const { backups } = await listBackups(repository.store, this.promised.keys.signingPublicKey);
    const numbers = backups.map(({ record }) => Number(record.backupId.slice(-12)));
    await this.prune(
      numbers.filter((number) => !kept.includes(number)),
      0,
    );
  }

  async repair(): Promise<void> {
    const options = { ...this.#job(), store: await this.open(), keys: this.promised.keys };
    await executeRepair(await planRepair(options), options);
  }

  async copy(): Promise<void> {
    const from = await this.open();
    const backupIds = [...this.promised.backups.keys()].map(backupIdOf);
    await copyRepository({ ...this.#job(), from, to: await this.open("/copy"), backupIds });
  }

  /** The pack of a backup goes bad, and with it the promise. */
  async damage(number: number): Promise<void> {
    const pack = await this.#ownPack(number);
    this.disk.damage(`/store/holdfast/${pack}`);
    const left = new Map(this.promised.backups);
    left.delete(number);
    this.#promise(left);
  }

  /** A pack that a backup needs and no earlier one. */
  async #ownPack(number: number): Promise<string> {
    const packs = async (backup: number): Promise<readonly string[]> => {
      const store = await this.open();
      const [line = ""] = Buffer.from(await store.get(`backups/${backupIdOf(backup)}`))
        .toString()
        .split("\n");
      const { refs } = JSON.parse(line) as { refs: string };
      const text = Buffer.from(await store.get(refs)).toString();
      return text
        .split("\n")
        .map((entry) => entry.split(" ")[0] ?? "")
        .filter((name) => name.startsWith("data/"));
    };
    const before = new Set(await packs(number - 1));
    const own = (await packs(number)).find((name) => !before.has(name));
    assert.ok(own !== undefined);
    return own;
  }

  #promise(backups: ReadonlyMap<number, Content>): void {
    this.promised = { ...this.promised, backups };
  }

  #job() {
    return {
      clock: this.clock,
      randomBytes: this.randomBytes,
      workers: 1,
      owner: { installationId: "an installation", jobFence: (this.#fence += 1) },
      logger: silentLogger,
      signal: new AbortController().signal,
    };
  }
}

export function contentOf(number: number): Content {
  return {
    same: someContent(60_000, "same"),
    own: someContent(30_000, `own ${number}`),
  };
}

/** A whole life of a repository, with the disk as it was after every change. */
export async function liveThrough(hasLinks: boolean): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  const clock = createStandingClock();
  let action = "";
  let record = (_call: string, _path: string): void => undefined;
  const options = { now: () => clock.now(), hasLinks };
  const disk = new CrashFileSystem({ ...options, onChange: (call, path) => record(call, path) });
  disk.addFolder("/store");
  disk.addFolder("/copy");
  const host = { clock, randomBytes: createSeededRandom("keys") };
  const world = new CrashWorld(
    disk,
    clock,
    { keys: newRepositoryKeys(host), recipient: somePassword, backups: new Map() },
    0,
  );
  record = (call, path) => {
    const label = `${moments.length} ${action}: ${call} ${path}`;
    const { promised } = world;
    const copy = disk.copy(options);
    moments.push({ label, action, call, path, now: clock.now(), disk: copy, hasLinks, promised });
  };
  const act = async (name: string, run: () => Promise<void>): Promise<void> => {
    action = name;
    await run();
    clock.advance(hour);
  };
  await act("init", () => world.prepare());
  for (const number of [1, 2, 3]) await act(`backup ${number}`, () => world.backup(number));
  await act("prune: mark", () => world.prune([1]));
  clock.advance(day);
  await act("prune: delete", () => world.prune([]));
  await act("backup 4", () => world.backup(4));
  await world.damage(4);
  await act("repair", () => world.repair());
  await act("backup 5", () => world.backup(5));
  await act("rotation", () => world.prepare(otherPassword));
  await act("backup 6", () => world.backup(6));
  await act("copy", () => world.copy());
  await act("prune in one go", () => world.prune([2, 3, 4], 0));
  await act("prune: notes", () => world.prune([], 0));
  return moments;
}

/** Of the moments that a new process would find the same the first. */
export function distinct(
  moments: readonly Moment[],
  survivalOf: (moment: Moment) => Survival | undefined,
): readonly Moment[] {
  const promises = new Map<Promised, number>();
  const found = new Map<string, Moment>();
  for (const moment of moments) {
    const { action, now, promised } = moment;
    if (!promises.has(promised)) promises.set(promised, promises.size);
    const state = worldAt(moment, survivalOf(moment)).disk.fingerprint();
    const key = `${action} ${now} ${promises.get(promised)} ${state}`;
    if (!found.has(key)) found.set(key, moment);
  }
  return [...found.values()];
}

/** A new process after a moment, on what a power cut left, or, without one, a killed process. */
export function worldAt(
  { now, disk, hasLinks, promised }: Moment,
  survival: Survival | undefined,
  fence = 1000,
): CrashWorld {
  const clock = createStandingClock(now + 1000);
  const options = { now: () => clock.now(), hasLinks };
  const left = survival === undefined ? disk.copy(options) : disk.cutPower(survival, options);
  return new CrashWorld(left, clock, promised, fence);
}

/** Whether something unsynced survives, by chance that is the same in every run. */
export function chanceOf(seed: string): Survival {
  return (what) => {
    const name = `${seed} ${what}`.replaceAll(randomName, "a part");
    const [byte = 0] = createHash("sha256").update(name).digest();
    return byte < 120 ? "lost" : byte < 200 ? "kept" : "torn";
  };
}

const randomName = /(?<=\.parts.)[^ ]+/g;

/** Everything promised is there, proved by its hashes, and nothing is half done. */
export async function checkPromised(world: CrashWorld, label: string): Promise<void> {
  const { backups } = world.promised;
  const { findings } = await (await world.repository()).verify();
  const isHarmful = (ids: readonly string[]): boolean =>
    ids.length === 0 || [...backups.keys()].some((number) => ids.includes(backupIdOf(number)));
  const isDamage = (object: string): boolean => object.startsWith("data/") && backups.size > 0;
  const harmful = findings.filter(
    (found) => isHarmful(found.backups) && !(found.backups.length === 0 && isDamage(found.object)),
  );
  assert.deepEqual(harmful, [], label);
  for (const number of backups.keys()) {
    const found = await (await world.open()).stat(`backups/${backupIdOf(number)}`);
    assert.ok(found !== undefined, `${label}: backup ${number} is gone`);
  }
}

/** The copy holds what was promised, and restores. */
export async function checkCopy(world: CrashWorld, label: string): Promise<void> {
  const copy = await world.repository("/copy");
  const { findings } = await copy.verify();
  // A copy of some backups shows the gap between them.
  const harmful = findings.filter(({ object }) => !object.startsWith("backups/"));
  assert.deepEqual(harmful, [], label);
  await checkRestores(world, [Math.max(...world.promised.backups.keys())], label, copy);
}

export async function checkRestores(
  world: CrashWorld,
  numbers: readonly number[],
  label: string,
  from?: TestRepository,
): Promise<void> {
  const repository = from ?? (await world.repository());
  for (const number of numbers)
    await withTempFolder(async (folder) => {
      const opener = number < 6 ? somePassword : world.promised.recipient;
      await repository.restore(number, `${folder}/target`, { opener });
      for (const [role, bytes] of Object.entries(contentOf(number)))
        assert.ok(
          readFileSync(`${folder}/target/${role}/dump`).equals(bytes),
          `${label}: ${number}`,
        );
    });
}

/** Threads read files by their path: this disk has none. */
function withoutPaths(store: ObjectStore): ObjectStore {
  const settle = store.settle?.bind(store);
  return {
    put: (name, bytes, signal) => store.put(name, bytes, signal),
    get: (name, range, signal) => store.get(name, range, signal),
    list: (prefix, signal) => store.list(prefix, signal),
    stat: (name) => store.stat(name),
    remove: (name) => store.remove(name),
    probe: () => store.probe(),
    close: () => store.close(),
    ...(settle === undefined ? {} : { settle }),
  };
}
