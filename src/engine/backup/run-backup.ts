import { AppError, isAppError } from "../../base/errors.ts";
import { toIso } from "../../base/clock.ts";
import { objectKind, sealSmall } from "../crypto/aead.ts";
import { manifestBinding } from "../crypto/bindings.ts";
import { manifestKeyInfo } from "../crypto/key-purposes.ts";
import { encodeManifest, encodeRoots, type Manifest, type TreeRoot } from "../format/manifest.ts";
import { manifestName, refsName } from "../format/object-names.ts";
import { encodeRefs } from "../format/refs.ts";
import { encodeSignedDocument } from "../format/signed-document.ts";
import { buildIndexObjects, deriveObjectKey, sha256 } from "../index-objects.ts";
import type { CondemnedObjects } from "../condemned-objects.ts";
import { defaultWorkers } from "../default-workers.ts";
import { acquireLease, type WriterLease } from "../lease.ts";
import { readBackup, readBackups, type ListedBackup } from "../list-backups.ts";
import type { BackupRecord, EpochKeys, RoleResult } from "../model.ts";
import { quietly } from "../read-ahead.ts";
import { readConfig, signerOf, type RepositoryConfig } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";
import type { BackupOptions } from "./options.ts";
import { findOwnBackup } from "./own-backup.ts";
import { newestOf, reportLedger } from "./own-ledger.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { foldStatus, isRecoveryReady } from "./role-results.ts";
import { rollBackWhenFull } from "./roll-back.ts";
import { RepositoryWriter } from "./repository-writer.ts";
import { requireRoleNames, requireSomething } from "./require-roles.ts";
import { copyRoles, FirstWave, type CopiedRole } from "./copy-roles.ts";
import { startListings } from "./known-packs.ts";
import { commitCaches, openCache } from "./role-caches.ts";
import { keepOrWithdraw, withdrawBackup } from "./withdraw-backup.ts";
import { WorkerPool } from "./worker-pool.ts";

/**
 * One backup from lease to checked manifest: data, then index, then refs, then the manifest, each read back.
 * Whatever happens before the manifest is there changes nothing that was there before. Repeating a run whose
 * manifest is already there returns that backup, if all it needs is there as well.
 */
export async function runBackup(options: BackupOptions): Promise<BackupRecord> {
  try {
    options.signal.throwIfAborted();
    return await runToEnd(options);
  } catch (error) {
    throw toStopReason(options.signal, error, canceled);
  }
}

const canceled = "The backup was canceled: nothing older was changed";

async function runToEnd(options: BackupOptions): Promise<BackupRecord> {
  requireRoleNames(options);
  const startedAt = options.clock.now();
  const opening = openRepository(options);
  const firstWave = new FirstWave(options);
  try {
    return await runOpened(options, await opening, startedAt, firstWave);
  } finally {
    await firstWave.close();
  }
}

interface OpenedRepository {
  readonly config: RepositoryConfig;
  readonly epoch: EpochKeys;
  /** Whether there is a manifest of this backup's name. */
  readonly isThere: boolean;
}

async function openRepository(options: BackupOptions): Promise<OpenedRepository> {
  const lookingForOwn = quietly(options.store.stat(manifestName(options.backupId)));
  const config = await readConfig(options.store, options.keys.signingPublicKey);
  const epoch = options.keys.epochs.at(-1);
  if (epoch === undefined)
    throw new AppError(
      "EncryptionNotConfigured",
      "Cannot back up: the repository has no encryption certificate; set one on the backup location",
    );
  return { config, epoch, isThere: (await lookingForOwn) !== undefined };
}

async function runOpened(
  options: BackupOptions,
  repository: OpenedRepository,
  startedAt: number,
  firstWave: FirstWave,
): Promise<BackupRecord> {
  const { config, isThere } = repository;
  const own = isThere ? await findOwnBackup(options, config) : undefined;
  if (own?.isWhole === true && own.isLast) return own.record;
  const lease = await acquireLease(
    options.store,
    { installationId: options.installationId, jobFence: options.fence },
    options,
  );
  try {
    await options.failpoint?.("backup.leased");
    if (own !== undefined) {
      const now = await findOwnBackup(options, config);
      if (now?.isWhole === true) return now.record;
      await withdrawBackup(options, lease, own.record);
    }
    firstWave.begin();
    return await runLeased(options, repository, { lease, startedAt, firstWave });
  } finally {
    await lease.release();
  }
}

interface LeasedRun {
  readonly lease: WriterLease;
  /** Before anything was looked at. */
  readonly startedAt: number;
  readonly firstWave: FirstWave;
}

async function runLeased(
  options: BackupOptions,
  { config, epoch }: OpenedRepository,
  { lease, startedAt, firstWave }: LeasedRun,
): Promise<BackupRecord> {
  const listings = startListings(options, epoch);
  const listed = await findNewest(options, config, listings.condemned);
  const previous = listed?.record;
  const cache = openCache(options, epoch);
  const newest = { listed, cache };
  const writer = await RepositoryWriter.open(options, config.suite, epoch, newest, listings);
  const meter = new ProgressMeter(options, previous, () => writer.storedBytes);
  const pool = createPool(options, config, epoch, writer);
  const stop = (): void => pool.fail(toStopReason(options.signal, undefined, canceled));
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    const { table } = writer;
    const roles = await copyRoles({ options, pool, table, cache, meter, firstWave });
    await options.failpoint?.("backup.roles-copied");
    await pool.flush();
    await options.failpoint?.("backup.packs-stored");
    // The threads have nothing left to do, and their memory is needed for the index.
    await pool.close();
    meter.enter("committing");
    const input = { options, epoch, lease, writer, roles, startedAt, previous, meter };
    const record = await commit(input);
    const { backupId } = record;
    const { isAsDense } = writer;
    commitCaches(options, cache, epoch, { roles, startedAt, backupId, previous, isAsDense });
    return record;
  } catch (error) {
    await pool.close();
    await rollBackWhenFull(error, options, lease, writer.ownNames());
    throw error;
  } finally {
    options.signal.removeEventListener("abort", stop);
    await pool.close();
  }
}

/** The newest backup that is ours, after a look at the chain of all of them. */
async function findNewest(
  options: BackupOptions,
  config: RepositoryConfig,
  condemned: Promise<CondemnedObjects>,
): Promise<ListedBackup | undefined> {
  const { backups } = await readBackups(options.store, config, condemned);
  const trusted = backups.filter(({ record }) => record.signature === "trusted");
  reportLedger(
    options,
    trusted.map(({ record }) => record),
  );
  return trusted.at(-1);
}

function createPool(
  options: BackupOptions,
  config: RepositoryConfig,
  epoch: EpochKeys,
  writer: RepositoryWriter,
): WorkerPool {
  return new WorkerPool({
    table: writer.table,
    count: options.workers ?? defaultWorkers,
    storePack: (pack) => writer.storePack(pack),
    setup: {
      suite: config.suite,
      repositoryId: options.keys.repositoryId,
      epochId: epoch.id,
      dataKeyId: writer.dataKeyId,
      dataKey: writer.dataKey.toString("base64"),
      indexKey: epoch.indexKey,
      chunkIdKey: epoch.chunkIdKey,
      chunkerSeed: epoch.chunkerSeed,
      chunking: config.chunking,
      compressionLevel: options.compressionLevel ?? 1,
      table: writer.tableParts,
    },
  });
}

interface CommitInput {
  readonly options: BackupOptions;
  readonly epoch: EpochKeys;
  readonly lease: WriterLease;
  readonly writer: RepositoryWriter;
  readonly roles: readonly CopiedRole[];
  readonly startedAt: number;
  readonly previous: BackupRecord | undefined;
  readonly meter: ProgressMeter;
}

async function commit(input: CommitInput): Promise<BackupRecord> {
  const { options, writer, roles } = input;
  const results = roles.map((role) => role.result);
  // Whoever has it now may have removed what was written: that is not damage.
  await input.lease.assertHeld();
  requireSomething(results);
  for (const object of buildIndexObjects(
    writer.takeUnindexed(),
    options.keys.repositoryId,
    input.epoch,
    options.randomBytes,
  )) {
    await writer.storeIndexObject(object.name, object.bytes);
  }
  await options.failpoint?.("backup.index-stored");
  const refsObject = await storeRefs(writer);
  await options.failpoint?.("backup.refs-stored");
  const manifest = buildManifest(input, results, refsObject);
  const name = manifestName(options.backupId);
  const bytes = encodeSignedDocument(name, encodeManifest(manifest), signerOf(options.keys));
  await input.lease.assertHeld();
  await options.failpoint?.("backup.before-manifest");
  await writer.storeObject(name, bytes);
  await options.failpoint?.("backup.manifest-stored");
  input.meter.enter("checking");
  const looking = quietly(input.lease.assertNewest());
  const { repositoryId, signingPublicKey } = options.keys;
  const { record } = await readBackup(options.store, name, repositoryId, signingPublicKey);
  if (record.signature !== "trusted")
    throw new AppError(
      "StoreTampered",
      `Object "${name}" read back from the store does not verify: do not rely on this backup`,
      { target: name },
    );
  await keepOrWithdraw(options, looking, input.lease, record);
  await options.failpoint?.("backup.checked");
  return record;
}

/** Refs that say the same have the same name: where a damaged object has it already, ours must say more. */
async function storeRefs(writer: RepositoryWriter): Promise<string> {
  try {
    return await storeReferences(writer);
  } catch (error) {
    if (!isAppError(error, "StoreTampered")) throw error;
    await writer.requireDataKey();
    return storeReferences(writer);
  }
}

async function storeReferences(writer: RepositoryWriter): Promise<string> {
  const refs = encodeRefs(await writer.references());
  const name = refsName(sha256(refs));
  await writer.storeRefs(name, refs);
  return name;
}

function buildManifest(input: CommitInput, roles: readonly RoleResult[], refs: string): Manifest {
  const { options, epoch, writer, previous } = input;
  const roots = input.roles.flatMap((role) => (role.tree === undefined ? [] : [role.tree.root]));
  const head = newestOf(previous, options.ledgerHead);
  return {
    repositoryId: options.keys.repositoryId,
    epochId: epoch.id,
    dataKeyId: writer.dataKeyId,
    backupId: options.backupId,
    sequence: (head?.sequence ?? 0) + 1,
    previous:
      head === undefined ? null : { backupId: head.backupId, manifestHash: head.manifestHash },
    fence: input.lease.fence,
    status: foldStatus(roles),
    createdAt: toIso(input.startedAt),
    endedAt: toIso(options.clock.now()),
    isAutomatic: options.isAutomatic,
    isCloudRecoveryReady: isRecoveryReady(roles),
    deployment: options.deployment,
    recipients: epoch.recipients,
    roles,
    plainBytes: sum(roles, (role) => role.plainBytes),
    newBytes: sum(roles, (role) => role.newBytes),
    storedBytes: writer.storedBytes,
    refs,
    sealed: sealRoots(roots, options.keys.repositoryId, epoch, options).toString("base64"),
  };
}

/** Salt, then the sealed roots, bound to the repository, the epoch and the backup. */
function sealRoots(
  roots: readonly TreeRoot[],
  repositoryId: string,
  epoch: EpochKeys,
  options: BackupOptions,
): Buffer {
  const salt = options.randomBytes(16);
  const key = deriveObjectKey(epoch.indexKey, salt, manifestKeyInfo);
  const aad = manifestBinding(repositoryId, epoch.id, options.backupId);
  return Buffer.concat([salt, sealSmall(key, objectKind.manifest, 0, aad, encodeRoots(roots))]);
}

function sum(roles: readonly RoleResult[], value: (role: RoleResult) => number): number {
  return roles.reduce((total, role) => total + value(role), 0);
}
