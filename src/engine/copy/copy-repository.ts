import { AppError, isAppError } from "../../base/errors.ts";
import { namesOf, readCondemned } from "../condemned-objects.ts";
import { maxDocumentBytes } from "../format/limits.ts";
import {
  configName,
  maxBytesOfHashed,
  parseHashName,
  parsePackName,
  readmeName,
} from "../format/object-names.ts";
import type { ObjectReference } from "../format/refs.ts";
import { openSignedDocument } from "../format/signed-document.ts";
import { requireHash } from "../index-objects.ts";
import { acquireLease, type LeaseOwner } from "../lease.ts";
import { listBackups, type ListedBackup, type UnreadableBackup } from "../list-backups.ts";
import type { CopyProgress, CopyReport } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";
import { putChecked } from "../read-back.ts";
import { readBounded } from "../read-object.ts";
import { recoveryReadme } from "../recovery-readme.ts";
import { readConfig, type EngineHost, type RepositoryConfig } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";

export interface CopyOptions extends EngineHost {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  /** Who writes into the target. */
  readonly owner: LeaseOwner;
  /** Which backups; absent: every one that is signed. */
  readonly backupIds?: readonly string[];
  /** What everything must be signed with; absent: the key the source names. */
  readonly expectedPublicKey?: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: CopyProgress) => void;
  /** Called with the bytes that the target lacks before any is written; what it throws ends the copy. */
  readonly onPlanned?: (bytes: number) => Promise<void>;
}

/**
 * Copies backups with every object they need, unopened, into a store that is empty or holds the same repository.
 * Each object is checked against its name or signature, and read back; the manifest comes last. Repeating a
 * copy that was interrupted goes on where it stopped. Throws `RepositoryMismatch`, `BackupNotFound`,
 * `CorruptObject`, store errors.
 */
export async function copyRepository(options: CopyOptions): Promise<CopyReport> {
  try {
    options.signal.throwIfAborted();
    return await copyLeased(options);
  } catch (error) {
    throw toStopReason(options.signal, error, "The copy was canceled: the next one goes on");
  }
}

async function copyLeased(options: CopyOptions): Promise<CopyReport> {
  const config = await readConfig(options.from, options.expectedPublicKey);
  await requireSameRepository(options.to, config);
  const { chosen, unreadable } = await chooseBackups(options, config);
  const run = new CopyRun(options, config, await planCopy(options, chosen));
  await options.onPlanned?.(run.plannedBytes);
  await run.copyFrame();
  const lease = await acquireLease(options.to, options.owner, options);
  try {
    // Until now a prune of the target could remove what was seen there.
    await run.lookAgain();
    for (const backup of chosen) {
      options.signal.throwIfAborted();
      await run.copyBackup(backup, () => lease.assertHeld());
    }
    await run.copyNotes();
    requireReadable(unreadable);
    return run.report();
  } finally {
    await lease.release();
  }
}

/** Never two repositories in one folder. */
async function requireSameRepository(to: ObjectStore, config: RepositoryConfig): Promise<void> {
  try {
    const found = await readConfig(to);
    if (
      found.repositoryId === config.repositoryId &&
      found.signingPublicKey === config.signingPublicKey
    )
      return;
    throw new AppError(
      "RepositoryMismatch",
      `The target holds repository "${found.repositoryId}", the source "${config.repositoryId}": choose an empty folder`,
    );
  } catch (error) {
    if (!isAppError(error, "RepositoryNotFound")) throw error;
  }
}

interface Choice {
  readonly chosen: readonly ListedBackup[];
  /** Manifests of which nobody can tell whether they were to be copied. */
  readonly unreadable: readonly UnreadableBackup[];
}

async function chooseBackups(
  { from, backupIds }: CopyOptions,
  config: RepositoryConfig,
): Promise<Choice> {
  const { backups, unreadable } = await listBackups(from, config.signingPublicKey);
  const trusted = backups.filter(({ record }) => record.signature === "trusted");
  if (backupIds === undefined) return { chosen: trusted, unreadable };
  const missing = backupIds.find((id) => !trusted.some(({ record }) => record.backupId === id));
  if (missing !== undefined) {
    throw new AppError(
      "BackupNotFound",
      `The source has no signed backup "${missing}": list its backups`,
      { target: missing },
    );
  }
  const chosen = trusted.filter(({ record }) => backupIds.includes(record.backupId));
  return { chosen, unreadable: [] };
}

/** A copy of all is no success without one that cannot be read, though the others are safe by then. */
function requireReadable([first]: readonly UnreadableBackup[]): void {
  if (first === undefined) return;
  const { name, error } = first;
  throw new AppError(
    isAppError(error) ? error.code : "CorruptObject",
    `Object "${name}" of the source cannot be read, so that backup was not copied; all others were: bring it back, or prune it`,
    { cause: error, target: name },
  );
}

interface CopyPlan {
  /** Sizes of what the target shows, by name. */
  readonly there: ReadonlyMap<string, number>;
  /** What each backup needs, by the backup's id. */
  readonly needs: ReadonlyMap<string, readonly ObjectReference[]>;
  readonly bytes: number;
}

/** One listing of the target says what it lacks. */
async function planCopy(
  { from, to }: CopyOptions,
  chosen: readonly ListedBackup[],
): Promise<CopyPlan> {
  const there = await listSizes(to);
  const needs = new Map<string, readonly ObjectReference[]>();
  const missing = new Map<string, number>();
  for (const { record, manifest } of chosen) {
    const references = await readRefs(from, manifest);
    needs.set(record.backupId, references);
    for (const { name, bytes } of references)
      if (there.get(name) !== bytes) missing.set(name, bytes);
  }
  return { there, needs, bytes: [...missing.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

async function listSizes(store: ObjectStore): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { name, bytes } of store.list("")) sizes.set(name, bytes);
  return sizes;
}

const saysNothing: ReadonlySet<string> = new Set([
  "CorruptObject",
  "SignatureInvalid",
  "LimitExceeded",
]);

/** Objects on their way at once: a far store answers late, and a pack is held whole. */
const lanes = 3;

class CopyRun {
  readonly #options: CopyOptions;
  readonly #config: RepositoryConfig;
  readonly #plan: CopyPlan;
  readonly #done = new Set<string>();
  readonly #copied: string[] = [];
  readonly #present: string[] = [];
  #replacements: ReadonlyMap<string, readonly string[]> | undefined;
  #there: ReadonlyMap<string, number>;
  #objects = 0;
  #bytes = 0;

  constructor(options: CopyOptions, config: RepositoryConfig, plan: CopyPlan) {
    this.#options = options;
    this.#config = config;
    this.#plan = plan;
    this.#there = plan.there;
  }

  /** What the target holds while nobody else can remove any of it. */
  async lookAgain(): Promise<void> {
    this.#there = await listSizes(this.#options.to);
  }

  get plannedBytes(): number {
    return this.#plan.bytes;
  }

  report(): CopyReport {
    return {
      repositoryId: this.#config.repositoryId,
      copied: this.#copied,
      present: this.#present,
      objects: this.#objects,
      bytes: this.#bytes,
    };
  }

  /** What makes the target a repository. */
  async copyFrame(): Promise<void> {
    const { to, signal } = this.#options;
    // Written anew: nothing in the source proves what it says.
    if ((await to.stat(readmeName)) === undefined)
      await putChecked(
        to,
        readmeName,
        Buffer.from(recoveryReadme(this.#config.suite), "utf8"),
        signal,
      );
    await this.#copy(configName);
  }

  async copyBackup(
    { record, manifest }: ListedBackup,
    assertHeld: () => Promise<void>,
  ): Promise<void> {
    const name = `backups/${record.backupId}`;
    const isPresent = this.#there.has(name);
    await this.#copyAll(this.#plan.needs.get(record.backupId) ?? []);
    await this.#copy(manifest.refs);
    await assertHeld();
    await this.#copy(name);
    (isPresent ? this.#present : this.#copied).push(record.backupId);
    this.#tell();
  }

  /** A few at a time; the first failure ends all, when none is under way any more. */
  async #copyAll(objects: readonly ObjectReference[]): Promise<void> {
    const waiting = objects.values();
    const failures: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (const { name } of waiting) {
        if (failures.length > 0) return;
        for (const needed of await this.#sources(name)) await this.#copy(needed);
      }
    };
    const fail = (error: unknown): void => void failures.push(error);
    await Promise.all(Array.from({ length: lanes }, () => lane().catch(fail)));
    if (failures.length > 0) throw failures[0];
  }

  /** What explains gaps and replaced objects; without them a check of the copy would find faults. */
  async copyNotes(): Promise<void> {
    for (const folder of ["tombstones/", "quarantine/"]) {
      const names: string[] = [];
      for await (const { name } of this.#options.from.list(folder)) names.push(name);
      for (const name of names) await this.#copyNote(name);
    }
  }

  async #copyNote(name: string): Promise<void> {
    try {
      await this.#copy(name);
    } catch (error) {
      // A note that does not verify says nothing, here as there.
      if (!isAppError(error) || !saysNothing.has(error.code)) throw error;
    }
  }

  /** The object itself, or those that a repair put in its place. */
  async #sources(name: string): Promise<readonly string[]> {
    this.#replacements ??= await this.#readReplacements();
    return this.#replacements.get(name) ?? [name];
  }

  async #readReplacements(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { repositoryId, signingPublicKey } = this.#config;
    const condemned = await readCondemned(this.#options.from, repositoryId, signingPublicKey);
    if (namesOf(condemned).size === 0) return new Map();
    return new Map(
      condemned.quarantines
        .flatMap(({ objects }) => objects)
        .filter(({ replacedBy }) => replacedBy.length > 0)
        .map(({ name, replacedBy }) => [name, replacedBy]),
    );
  }

  /** An object that has its name there was read back when it got it. */
  async #copy(name: string): Promise<void> {
    if (this.#done.has(name)) return;
    this.#done.add(name);
    const { from, to, signal } = this.#options;
    signal.throwIfAborted();
    const there = this.#there.get(name);
    if (there !== undefined && there === (await from.stat(name))?.bytes) return;
    const maxBytes = maxBytesOfHashed(name) ?? maxDocumentBytes;
    const bytes = await readBounded(from, name, maxBytes, { signal });
    this.#check(name, bytes);
    await putChecked(to, name, bytes, signal);
    this.#objects += 1;
    this.#bytes += bytes.length;
    this.#tell();
  }

  #tell(): void {
    const { needs, bytes: planned } = this.#plan;
    const backupsDone = this.#copied.length + this.#present.length;
    const { objects, bytes } = this.report();
    // Refs, manifests and what describes the repository are small and not planned.
    const bytesTotal = Math.max(planned, bytes);
    const done = { backupsDone, backupsTotal: needs.size, objects, bytes, bytesTotal };
    this.#options.onProgress?.(done);
  }

  /** By the hash that is its name, or by its signature. */
  #check(name: string, bytes: Uint8Array): void {
    const hash = parsePackName(name) ?? parseHashName(name, "index") ?? parseHashName(name, "refs");
    if (hash !== undefined) requireHash(name, bytes, this.#config.suite);
    else openSignedDocument(name, bytes, this.#config.signingPublicKey);
  }
}
