import { AppError, isAppError } from "../../base/errors.ts";
import { namesOf, readCondemned } from "../condemned-objects.ts";
import { configName, parseHashName, parsePackName, readmeName } from "../format/object-names.ts";
import { openSignedDocument } from "../format/signed-document.ts";
import { requireHash } from "../index-objects.ts";
import { acquireLease } from "../lease.ts";
import { listBackups, type ListedBackup } from "../list-backups.ts";
import type { ObjectStore } from "../object-store.ts";
import { readRefs } from "../open-backup.ts";
import { putChecked } from "../read-back.ts";
import { readConfig, type EngineHost, type RepositoryConfig } from "../repository.ts";

export interface CopyOptions extends EngineHost {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  /** Which backups; absent: every one that is signed. */
  readonly backupIds?: readonly string[];
  /** What everything must be signed with; absent: the key the source names. */
  readonly expectedPublicKey?: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: CopyProgress) => void;
}

export interface CopyProgress {
  readonly backupsDone: number;
  readonly backupsTotal: number;
  readonly objects: number;
  readonly bytes: number;
}

export interface CopyReport {
  readonly repositoryId: string;
  /** Ids of backups that are in the target now and were not before. */
  readonly copied: readonly string[];
  /** Ids of backups that were there already. */
  readonly present: readonly string[];
  /** Written by this run. */
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Copies backups with every object they need, unopened, into a store that is empty or holds the same repository.
 * Each object is checked against its name or signature, and read back; the manifest comes last. Repeating a
 * copy that was interrupted goes on where it stopped. Throws `RepositoryMismatch`, `BackupNotFound`,
 * `CorruptObject`, store errors.
 */
export async function copyRepository(options: CopyOptions): Promise<CopyReport> {
  const config = await readConfig(options.from, options.expectedPublicKey);
  await requireSameRepository(options.to, config);
  const chosen = await chooseBackups(options, config);
  const run = new CopyRun(options, config);
  await run.copyFrame();
  const owner = { installationId: config.repositoryId, jobFence: options.clock.now() };
  const lease = await acquireLease(options.to, owner, options);
  try {
    for (const backup of chosen) {
      options.signal.throwIfAborted();
      await run.copyBackup(backup, chosen.length, () => lease.assertHeld());
    }
    await run.copyNotes();
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

async function chooseBackups(
  { from, backupIds }: CopyOptions,
  config: RepositoryConfig,
): Promise<readonly ListedBackup[]> {
  const { backups } = await listBackups(from, config.signingPublicKey);
  const trusted = backups.filter(({ record }) => record.signature === "trusted");
  if (backupIds === undefined) return trusted;
  const missing = backupIds.find((id) => !trusted.some(({ record }) => record.backupId === id));
  if (missing !== undefined) {
    throw new AppError(
      "BackupNotFound",
      `The source has no signed backup "${missing}": list its backups`,
      { target: missing },
    );
  }
  return trusted.filter(({ record }) => backupIds.includes(record.backupId));
}

class CopyRun {
  readonly #options: CopyOptions;
  readonly #config: RepositoryConfig;
  readonly #done = new Set<string>();
  readonly #copied: string[] = [];
  readonly #present: string[] = [];
  #replacements: ReadonlyMap<string, readonly string[]> | undefined;
  #objects = 0;
  #bytes = 0;

  constructor(options: CopyOptions, config: RepositoryConfig) {
    this.#options = options;
    this.#config = config;
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
    const { from } = this.#options;
    if ((await from.stat(readmeName)) !== undefined) await this.#copy(readmeName);
    await this.#copy(configName);
  }

  async copyBackup(
    { record, manifest }: ListedBackup,
    total: number,
    assertHeld: () => Promise<void>,
  ): Promise<void> {
    const { from, to, onProgress } = this.#options;
    const name = `backups/${record.backupId}`;
    const isPresent = (await to.stat(name)) !== undefined;
    for (const { name: object } of await readRefs(from, manifest))
      for (const needed of await this.#sources(object)) await this.#copy(needed);
    await this.#copy(manifest.refs);
    await assertHeld();
    await this.#copy(name);
    (isPresent ? this.#present : this.#copied).push(record.backupId);
    const backupsDone = this.#copied.length + this.#present.length;
    const { objects, bytes } = this.report();
    onProgress?.({ backupsDone, backupsTotal: total, objects, bytes });
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
      if (!isAppError(error, "CorruptObject") && !isAppError(error, "SignatureInvalid"))
        throw error;
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
    const { from, to, signal } = this.#options;
    const found = await from.stat(name);
    const there = await to.stat(name);
    if (there === undefined || there.bytes !== found?.bytes) {
      const bytes = await from.get(name, undefined, signal);
      this.#check(name, bytes);
      await putChecked(to, name, bytes, signal);
      this.#objects += 1;
      this.#bytes += bytes.length;
    }
    this.#done.add(name);
  }

  /** By the hash that is its name, or by its signature. */
  #check(name: string, bytes: Uint8Array): void {
    const hash = parsePackName(name) ?? parseHashName(name, "index") ?? parseHashName(name, "refs");
    if (hash !== undefined) requireHash(name, bytes);
    else if (name !== readmeName) {
      openSignedDocument(name, bytes, this.#config.signingPublicKey);
    }
  }
}
