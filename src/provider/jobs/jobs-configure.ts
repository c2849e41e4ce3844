import type { AppError } from "../../base/errors.ts";
import type { BackupRecord, RepositoryKeys } from "../../engine/model.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Document, Job, Write } from "../../state/state-store.ts";
import { backupOfRecord, newestBackupTime } from "../records/backup-records.ts";
import { capacityWith } from "../records/capacity-outlook.ts";
import { listAll, replace, settleLocation } from "../documents.ts";
import {
  beginOperation,
  endAbandoned,
  endUnfinished,
  findJobLocation,
  succeed,
} from "./job-parts.ts";
import type {
  Backup,
  BackupLocation,
  Capacity,
  LocationSecrets,
  LocationSettings,
} from "../model.ts";
import { backupKey, isSettled, repositoryKey, storeIdentity, viewOf } from "../model.ts";
import { upkeepAfterChange } from "../records/location-retention.ts";
import { tickAfterChange } from "../records/location-schedule.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { readKeys, sealKeys } from "../stores/repository-keys.ts";
import { recipientsOf } from "../stores/store-access.ts";
import { storeSpecOf } from "../stores/store-spec-of.ts";
import { noteWrite } from "../records/notes.ts";

/**
 * Makes a location's new settings true: looks at the store, makes sure a repository with these recipients
 * is there, reads which backups it holds. On failure the old values stay in force.
 */
export function configureHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runConfigure(deps, job, context),
    onFailure: (job, error) => endConfigure(deps, job, "Failed", error),
    onCancel: (job) => endConfigure(deps, job, "Canceled", undefined),
  };
}

async function runConfigure(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  const location = await findConfiguring(deps, job);
  if (location?.value.pending === undefined) return () => endAbandoned(deps, job);
  await beginOperation(deps, job, context, "Checking the store");
  await deps.failpoint?.("configure.before-prepare");
  const { settings, secrets } = location.value.pending;
  const prepared = await prepareStore(deps, location, settings, secrets, context);
  await deps.failpoint?.("configure.before-finish");
  return () => finishConfigure(deps, job, prepared);
}

interface PreparedStore {
  readonly capacity: Capacity | null;
  /** Set when the repository's keys may have changed. */
  readonly keysWrite: readonly Write[];
  /** What the store holds; undefined when nobody looked because it is the store we know. */
  readonly backups: readonly BackupRecord[] | undefined;
}

async function prepareStore(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  settings: LocationSettings,
  secrets: LocationSecrets,
  context: JobContext,
): Promise<PreparedStore> {
  const spec = storeSpecOf(deps, location.key, settings.store, secrets);
  if (spec === undefined) return { capacity: null, keysWrite: [], backups: undefined };
  const capacity: Capacity = await deps.engine.probeStore(spec);
  const recipients = recipientsOf(deps, location.key, settings, secrets);
  // A running backup works in this repository already; only settings without a part in it can have changed.
  if (recipients.length === 0 || location.value.running !== undefined) {
    return { capacity, keysWrite: [], backups: undefined };
  }
  const key = repositoryKey(location.key, settings.store);
  const keys = await findOrMakeKeys(deps, key, context);
  const prepared = await deps.engine.prepareRepository(spec, keys, recipients, deps.deployment);
  await deps.failpoint?.("configure.after-prepare");
  const isKnownStore = location.value.cachedStore === storeIdentity(settings.store);
  const backups = isKnownStore
    ? undefined
    : await deps.engine.listBackups(spec, prepared.signingPublicKey);
  return { capacity, keysWrite: [sealKeys(deps, key, prepared)], backups };
}

/** New keys are stored before the store hears of them: a crash must not leave a repository nobody can write. */
async function findOrMakeKeys(
  deps: ProviderDeps,
  key: string,
  context: JobContext,
): Promise<RepositoryKeys> {
  const known = await readKeys(deps, key);
  if (known !== undefined) return known;
  const fresh = await deps.engine.newRepositoryKeys();
  await deps.store.commit([{ ...sealKeys(deps, key, fresh), if: "absent" }], context.lease);
  return fresh;
}

async function finishConfigure(
  deps: ProviderDeps,
  job: Job,
  prepared: PreparedStore,
): Promise<readonly Write[]> {
  const location = await findConfiguring(deps, job);
  if (location?.value.pending === undefined) return endAbandoned(deps, job);
  const { settings, secrets } = location.value.pending;
  const { backups } = prepared;
  const identity = storeIdentity(settings.store) ?? null;
  const settled = settleLocation(location.value, "Succeeded", {
    settings,
    secrets,
    capacity: await judgeRoom(deps, location, prepared),
    ...tickAfterChange(location.value, settings, deps.clock.now()),
    ...upkeepAfterChange(location.value, settings, deps.clock.now()),
    ...(backups === undefined
      ? {}
      : { cachedStore: identity, lastBackupTime: newestBackupTime(backups) }),
  });
  return [
    replace(location, settled),
    ...prepared.keysWrite,
    // The store was tried out on the way: what was known against it is over.
    noteWrite(location.key, "probe", prepared.capacity === null ? {} : { at: nowIso(deps) }),
    ...(backups === undefined ? [] : await rebuildBackups(deps, location, settled, backups)),
    ...(await succeed(deps, job, viewOf(settled))),
  ];
}

/** The store's room, with what it means for these settings and the backups the store holds. */
async function judgeRoom(
  deps: ProviderDeps,
  { key, value }: Document<BackupLocation>,
  prepared: PreparedStore,
): Promise<Capacity | null> {
  if (prepared.capacity === null || value.pending === undefined) return prepared.capacity;
  const backups =
    prepared.backups?.map((record) => backupOfRecord(record, value)) ??
    (await listAll<Backup>(deps.store, "backup", `${key}/backups/`)).map((one) => one.value);
  const location = { settings: value.pending.settings, capacity: null };
  return capacityWith(prepared.capacity, { location, backups }, deps.clock.now());
}

/** The cache of another store's backups makes way for this one's. */
export async function rebuildBackups(
  deps: ProviderDeps,
  location: Document<BackupLocation>,
  settled: BackupLocation,
  records: readonly BackupRecord[],
): Promise<readonly Write[]> {
  const old = await listAll<Backup>(deps.store, "backup", `${location.key}/backups/`);
  const fresh = new Map(
    records.map((record) => [
      backupKey(location.key, record.backupId),
      backupOfRecord(record, settled),
    ]),
  );
  return [
    ...old
      .filter(({ key }) => !fresh.has(key))
      .map(({ key }): Write => ({ op: "delete", kind: "backup", key })),
    ...[...fresh].map(([key, value]): Write => ({ op: "put", kind: "backup", key, value })),
  ];
}

async function endConfigure(
  deps: ProviderDeps,
  job: Job,
  state: "Failed" | "Canceled",
  error: AppError | undefined,
): Promise<readonly Write[]> {
  const location = await findConfiguring(deps, job);
  return [
    ...(location === undefined ? [] : [replace(location, settleLocation(location.value, state))]),
    ...(await endUnfinished(deps, job, state, error)),
  ];
}

/** The location while it still waits for this job. */
async function findConfiguring(
  deps: ProviderDeps,
  job: Job,
): Promise<Document<BackupLocation> | undefined> {
  const location = await findJobLocation(deps, job);
  const isOurs =
    location?.value.activeOperationId === job.id && !isSettled(location.value.provisioningState);
  return isOurs ? location : undefined;
}
