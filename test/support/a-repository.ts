import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../src/base/clock.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { BackupOptions, BackupRole } from "../../src/engine/backup/options.ts";
import { runBackup } from "../../src/engine/backup/run-backup.ts";
import type {
  BackupRecord,
  DeploymentInfo,
  Opener,
  Recipient,
  RepositoryKeys,
  RestoreSummary,
  VerifyReport,
} from "../../src/engine/model.ts";
import { configName, readmeName } from "../../src/engine/format/object-names.ts";
import {
  decodeSignedDocument,
  encodeSignedDocument,
} from "../../src/engine/format/signed-document.ts";
import type { Suite } from "../../src/engine/format/suite.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { recoveryReadme } from "../../src/engine/recovery-readme.ts";
import {
  newRepositoryKeys,
  prepareRepository,
  signerOf,
  type EngineHost,
} from "../../src/engine/repository.ts";
import { restoreBackup, type RestoreOptions } from "../../src/engine/restore/restore-backup.ts";
import type { Source, SourceEntry, SourceHost } from "../../src/engine/source.ts";
import type { VerifyOptions } from "../../src/engine/verify/verify-options.ts";
import { verifyRepository } from "../../src/engine/verify/verify-repository.ts";
import { openDirectorySource } from "../../src/roles/directory.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";

export const somePassword: Recipient & Opener = {
  kind: "pre-shared-key",
  keyBase64: Buffer.from("a pre-shared key of thirty bytes").toString("base64"),
};

export const someDeployment: DeploymentInfo = {
  deploymentId: "9f4c9c3f-6a38-4b3c-8d52-1f2a6a6b8f10",
  region: "local",
  stampVersion: "1.2311.0.1",
  oemVersion: null,
};

/**
 * Real time, some seconds ahead unless told otherwise, so that files written just before a run are no longer
 * within the grain of its clock. Sleepers wake only to be aborted.
 */
export function createEngineClock(aheadMilliseconds = 10_000): Clock {
  return {
    now: () => systemClock.now() + aheadMilliseconds,
    sleep: (_milliseconds, signal) =>
      new Promise((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason as Error);
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  };
}

/** Random bytes that are the same in every run of a test. */
export function createSeededRandom(seed: string): (count: number) => Buffer {
  let calls = 0;
  return (count) => {
    calls += 1;
    const parts: Buffer[] = [];
    for (let made = 0; made < count; made += 32)
      parts.push(createHash("sha256").update(`${seed} ${calls} ${made}`).digest());
    return Buffer.concat(parts).subarray(0, count);
  };
}

export function createHost(seed = "a test"): EngineHost {
  return { clock: createEngineClock(), randomBytes: createSeededRandom(seed) };
}

/** The nth backup id of a test. */
export function backupIdOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

export type BackupChanges = Partial<Omit<BackupOptions, "store" | "keys" | "roles">>;

/** A repository under test: the same calls as the product makes, with everything a test does not care for filled in. */
export interface TestRepository {
  readonly store: ObjectStore;
  readonly keys: RepositoryKeys;
  readonly host: EngineHost;
  readonly opener: Opener;
  backup(
    number: number,
    roles: readonly BackupRole[],
    changes?: BackupChanges,
  ): Promise<BackupRecord>;
  restore(
    number: number,
    target: string,
    changes?: Partial<RestoreOptions>,
  ): Promise<RestoreSummary>;
  verify(changes?: Partial<VerifyOptions>): Promise<VerifyReport>;
  /** The same repository seen through another store. */
  on(store: ObjectStore): TestRepository;
}

/** Makes a repository in a store, by default one in memory. */
export async function createRepository(
  store: ObjectStore = openMemoryStore(),
  recipient: Recipient = somePassword,
  opener: Opener = somePassword,
  host: EngineHost = createHost(),
): Promise<TestRepository> {
  const keys = await prepareRepository(
    store,
    newRepositoryKeys(host),
    [recipient],
    someDeployment,
    host,
  );
  return openRepository(store, keys, opener, host);
}

/** Makes one as it is made where, or by programs by which, the newest suite is not to be had. */
export async function createRepositoryOfSuite(
  suite: Suite,
  store: ObjectStore = openMemoryStore(),
): Promise<TestRepository> {
  const repository = await createRepository(store);
  const { body } = decodeSignedDocument(configName, await store.get(configName));
  const changed = { ...body, suite, version: suite === 1 ? 1 : 2 };
  const config = encodeSignedDocument(configName, changed, signerOf(repository.keys));
  for (const name of [configName, readmeName]) await store.remove(name);
  await store.put(configName, config);
  await store.put(readmeName, Buffer.from(recoveryReadme(suite), "utf8"));
  return repository;
}

/** A repository that exists. */
export function openRepository(
  store: ObjectStore,
  keys: RepositoryKeys,
  opener: Opener,
  host: EngineHost = createHost("another time"),
): TestRepository {
  const signal = new AbortController().signal;
  return {
    store,
    keys,
    host,
    opener,
    backup: (number, roles, changes = {}) =>
      runBackup({
        ...host,
        store,
        keys,
        roles,
        backupId: backupIdOf(number),
        isAutomatic: false,
        deployment: someDeployment,
        installationId: "an installation",
        fence: number,
        scratchDirectory: "",
        workers: 1,
        logger: silentLogger,
        signal,
        ...changes,
      }),
    restore: (number, targetPath, changes = {}) =>
      restoreBackup({
        ...host,
        store,
        backupId: backupIdOf(number),
        opener,
        expectedPublicKey: keys.signingPublicKey,
        targetPath,
        overwrite: false,
        roles: [],
        setsOwner: process.getuid?.() === 0,
        workers: 1,
        logger: silentLogger,
        signal,
        ...changes,
      }),
    verify: (changes = {}) =>
      verifyRepository({
        ...host,
        store,
        depth: "ciphertext",
        opener,
        expectedPublicKey: keys.signingPublicKey,
        workers: 1,
        signal,
        ...changes,
      }),
    on: (other) => openRepository(other, keys, opener, host),
  };
}

/** A copy of what a memory store holds. */
export function copyObjects(objects: MemoryObjects): MemoryObjects {
  return new Map(objects);
}

/** Names of all objects of a store, sorted. */
export async function listNames(store: ObjectStore, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list(prefix)) names.push(name);
  return names.sort();
}

const plainRole = { wave: 0, required: true, essential: true } as const;

/** A role that backs up a folder. */
export function aFolderRole(path: string, changes: Partial<BackupRole> = {}): BackupRole {
  return {
    ...plainRole,
    name: "files",
    open: (host) => openDirectorySource({ path }, host),
    ...changes,
  };
}

/** A role with a source of the test's own. */
export function aRole(
  name: string,
  open: (host: SourceHost) => Source,
  changes: Partial<BackupRole> = {},
): BackupRole {
  return { ...plainRole, name, open, ...changes };
}

/** Entries as given, and one function for the bytes of streams. */
export function aSource(
  entries: readonly SourceEntry[],
  open: Source["open"] = () => {
    throw new Error("This source has no streams");
  },
): Source {
  return {
    prepare: async () => undefined,
    entries: async function* () {
      yield entries;
    },
    open,
    close: async () => undefined,
  };
}

/** The root directory and one stream that delivers the pieces, as a program's output does. */
export function aStreamRole(
  name: string,
  pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  changes: Partial<BackupRole> = {},
): BackupRole {
  const entries = [anEntry("", { type: "directory" }), anEntry("dump", { type: "stream" })];
  return aRole(
    name,
    () =>
      aSource(entries, async function* () {
        yield* pieces();
      }),
    changes,
  );
}

export function anEntry(path: string, changes: Partial<SourceEntry> = {}): SourceEntry {
  return {
    path,
    type: "file",
    mode: changes.type === "directory" ? 0o755 : 0o644,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    size: 0,
    mtimeNs: 1_700_000_000_000_000_000n,
    ctimeNs: 1_700_000_000_000_000_000n,
    inode: 1n,
    ...changes,
  };
}

/** Where the restored files of a role lie. */
export function restoredPath(target: string, role = "files"): string {
  return join(target, role);
}
