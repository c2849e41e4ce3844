import type { BackupRecord, RoleStatus } from "../../engine/model.ts";
import type { PruneResult } from "../jobs/jobs-prune.ts";
import type {
  LocationChange,
  PropertyNames,
  SentSecrets,
  SettingLimits,
} from "../rules/location-change.ts";
import { keepEverything } from "../rules/location-change.ts";
import { nextBackupTimeOf } from "../records/location-schedule.ts";
import type { Backup, LocationView, StoreSetting } from "../model.ts";
import { isSettled, locationId, parentOf } from "../model.ts";
import { renderStoreText } from "../rules/store-text.ts";
import type { RenderForm, RestoreRequest } from "./version-converter.ts";
import { formatCapacity, formatDateTime, formatDuration, pathsInStore } from "../wire-format.ts";

/** What the three published api-versions have in common. Each version file still lists its own fields in their order. */

/** The data format number shown by published versions: the real service ended at 1.1.0, ours comes after it. */
export const backupDataVersion = "2.0.0";

const storePrefix = "properties.externalStoreDefault";

export const publishedNames: PropertyNames = {
  path: `${storePrefix}.path`,
  url: `${storePrefix}.blobStorageUrl`,
  certificate: `${storePrefix}.encryptionCertBase64`,
  secrets: {
    password: `${storePrefix}.password`,
    accountKey: `${storePrefix}.blobStorageKey`,
    // The others belong to kinds that these versions cannot set.
    sasToken: `${storePrefix}.blobStorageKey`,
    secretAccessKey: `${storePrefix}.password`,
    sessionToken: `${storePrefix}.password`,
    privateKey: `${storePrefix}.password`,
    privateKeyPassphrase: `${storePrefix}.password`,
    preSharedKey: `${storePrefix}.encryptionKeyBase64`,
  },
  schedule: storePrefix,
  frequency: `${storePrefix}.backupFrequencyInHours`,
  retention: `${storePrefix}.backupRetentionPeriodInDays`,
  store: `${storePrefix}.blobStorageUrl`,
  userName: `${storePrefix}.userName`,
};

const publishedLimits: SettingLimits = { frequencyHours: [4, 12], retentionDays: [2, 14] };

/** The writable part of a published body; absent and `null` are told apart by nobody before 2021. */
export interface PublishedLocationBody {
  readonly location?: string | null;
  readonly tags?: Readonly<Record<string, string>> | null;
  readonly properties?: { readonly externalStoreDefault?: PublishedStoreBody | null } | null;
}

export interface PublishedStoreBody {
  readonly path?: string | null;
  readonly userName?: string | null;
  readonly password?: string | null;
  readonly encryptionKeyBase64?: string | null;
  readonly encryptionCertBase64?: string | null;
  readonly backupFrequencyInHours?: number | null;
  readonly isBackupSchedulerEnabled?: boolean | null;
  readonly backupRetentionPeriodInDays?: number | null;
  readonly blobStorageUrl?: string | null;
  readonly blobStorageKey?: string | null;
}

/** The store part of a body, empty when none was sent. */
export function storeBodyOf(body: unknown): PublishedStoreBody {
  return (body as PublishedLocationBody | undefined)?.properties?.externalStoreDefault ?? {};
}

/** The PUT of 2016 and 2018: what was sent is set, everything else stays. */
export function readMergingPut(body: unknown): LocationChange {
  const store = storeBodyOf(body);
  return {
    ...readEnvelope(body),
    store: isGiven(store.path) ? { kind: "path", path: store.path } : undefined,
    userName: store.userName ?? undefined,
    secrets: secretsOf(store),
    certificates: isText(store.encryptionCertBase64) ? [store.encryptionCertBase64] : undefined,
    schedulerEnabled: store.isBackupSchedulerEnabled ?? undefined,
    frequencyHours: store.backupFrequencyInHours ?? undefined,
    retentionDays: store.backupRetentionPeriodInDays ?? undefined,
  };
}

/** Region and tags, with everything else kept. */
export function readEnvelope(body: unknown): LocationChange {
  const envelope = (body ?? {}) as PublishedLocationBody;
  return {
    ...keepEverything(publishedNames, publishedLimits, true),
    region: envelope.location ?? undefined,
    tags: envelope.tags ?? undefined,
  };
}

/** A non-empty text. */
export function isText(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== "";
}

/** Secrets come back as `null`, and old clients send `""`: both keep what is there. */
export function secretOf(value: string | null | undefined): string | undefined {
  return isText(value) ? value : undefined;
}

/** The secrets of a store body; those that were sent. */
export function secretsOf(store: PublishedStoreBody): SentSecrets {
  const { password, blobStorageKey, encryptionKeyBase64 } = store;
  return {
    ...(isText(password) ? { password } : {}),
    ...(isText(blobStorageKey) ? { accountKey: blobStorageKey } : {}),
    ...(isText(encryptionKeyBase64) ? { preSharedKey: encryptionKeyBase64 } : {}),
  };
}

/** The envelope every published resource has, in its order. */
export function renderLocationEnvelope(view: LocationView, form: RenderForm): LocationEnvelope {
  return {
    id: locationId(view, form.groupName),
    name: view.name,
    type: "Microsoft.Backup.Admin/backupLocations",
    location: view.settings.region,
    tags: view.settings.tags,
  };
}

/** Prune answers in the shape of the location, with nothing in it but the paths. */
export function renderPublishedPrune({ location, report }: PruneResult, form: RenderForm): unknown {
  return {
    ...renderLocationEnvelope(location, form),
    properties: { pathsToDelete: pathsInStore(report.objects) },
  };
}

export interface LocationEnvelope {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** `null` for a blob container, `""` after a clear; kinds these versions do not know show as an address. */
export function renderPath(store: StoreSetting): string | null {
  if (store.kind === "none") return store.cleared ? "" : null;
  return store.kind === "azure-blob" ? null : (renderStoreText(store) ?? null);
}

export function renderUserName(store: StoreSetting): string | null {
  if (store.kind === "none") return store.cleared ? "" : null;
  return "userName" in store ? store.userName : null;
}

export function renderThumbprint(view: LocationView): string | null {
  const { encryption } = view.settings;
  return encryption.kind === "certificates"
    ? (encryption.certificates[0]?.thumbprint ?? null)
    : null;
}

export function renderAvailableCapacity(view: LocationView): string | null {
  const free = view.capacity?.freeBytes;
  return free === undefined ? null : formatCapacity(free);
}

export function renderNextBackupTime(view: LocationView, now: number): string | null {
  const tick = nextBackupTimeOf(view, now);
  return tick === null ? null : formatDateTime(tick);
}

export function renderLastBackupTime(view: LocationView): string | null {
  return view.lastBackupTime === null ? null : formatDateTime(view.lastBackupTime);
}

/** Envelope of a backup: nested name, place and tags of its location. */
export function renderBackupEnvelope(backup: Backup, form: RenderForm): LocationEnvelope {
  const parent = parentOf(backup, form.locationName);
  return {
    id: `${locationId(parent, form.groupName)}/backups/${backup.id}`,
    name: `${parent.name}/${backup.id}`,
    type: "Microsoft.Backup.Admin/backupLocations/backups",
    location: backup.region,
    tags: {},
  };
}

/** Status of a role in an enumeration without `Skipped`: what was skipped is not in the backup, so it shows as failed. */
export function withoutSkipped(status: RoleStatus): string {
  return status === "Skipped" ? "Failed" : status;
}

/** `createdDateTime` is the end of the creation; `null` while it runs. */
export function renderCreatedDateTime(backup: Backup): string | null {
  return backup.endedAt === undefined ? null : formatDateTime(backup.endedAt);
}

export function renderTimeTaken(backup: Backup): string | null {
  if (backup.endedAt === undefined) return null;
  return formatDuration(Date.parse(backup.endedAt) - Date.parse(backup.startedAt));
}

/** Published versions know one word for everything that goes on. */
export function renderProvisioningState(view: LocationView): string {
  return isSettled(view.provisioningState) ? view.provisioningState : "Accepted";
}

/** The enumeration has no word for canceled: such a backup is not there, which is what `Failed` says. */
export function renderBackupStatus(backup: Backup): string {
  return backup.status === "Canceled" ? "Failed" : backup.status;
}

/** Thumbprint of the first certificate the backup is encrypted to. */
export function renderBackupThumbprint(backup: Backup): string | null {
  return backup.record?.recipients.find((one) => one.kind === "certificate")?.thumbprint ?? null;
}

export function isCompletelyUploaded(backup: Backup): boolean {
  return backup.status === "Succeeded" || backup.status === "PartialSucceeded";
}

/** Sizes as createBackup's operation shows them: contents, and what the run added to the store. */
export function renderSizes(record: BackupRecord | undefined): {
  readonly backupSizeInKb: number;
  readonly compressedBackupSizeInKb: number;
} {
  return {
    backupSizeInKb: Math.ceil((record?.plainBytes ?? 0) / 1024),
    compressedBackupSizeInKb: Math.ceil((record?.storedBytes ?? 0) / 1024),
  };
}

/** The restore body of 2018 and 2021; empty or `-` as role name means all roles. */
export function readPublishedRestore(body: unknown): RestoreRequest {
  const options = (body ?? {}) as {
    readonly roleName?: string | null;
    readonly decryptionCertBase64?: string | null;
    readonly decryptionCertPassword?: string | null;
  };
  const role = options.roleName;
  return {
    pfxBase64: secretOf(options.decryptionCertBase64),
    pfxPassword: options.decryptionCertPassword ?? undefined,
    roles: isText(role) && role !== "-" ? [role] : [],
    targetPath: undefined,
    overwrite: false,
  };
}

/** Whether the property was sent with a value, the empty text included. */
function isGiven(value: string | null | undefined): value is string {
  return value !== undefined && value !== null;
}
