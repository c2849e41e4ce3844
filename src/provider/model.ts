import type { BackupRecord, DeploymentInfo } from "../engine/model.ts";
import type { WeekWindow } from "../jobs/week-windows.ts";

/**
 * The one internal model. Every api-version converts from and to it at the rim; it is also what the state
 * store keeps. Times are ISO 8601 UTC texts, ids lower-case GUIDs, sizes bytes.
 */
export interface BackupLocation extends LocationIdentity {
  /** Fresh GUID of each creation: work begun for an earlier resource of the same name can never touch this one. */
  readonly incarnation: string;
  /** Grows with every change a reader can see; the ETag is made of it. */
  readonly revision: number;
  /** What is in force. */
  readonly settings: LocationSettings;
  readonly secrets: LocationSecrets;
  /** What the running configure operation will put in force; dropped when it fails. */
  readonly pending?: { readonly settings: LocationSettings; readonly secrets: LocationSecrets };
  readonly provisioningState: ProvisioningState;
  /** Set exactly while the provisioning state is not terminal. */
  readonly activeOperationId?: string;
  /** The one backup, restore, verify, prune or copy under way. */
  readonly running?: RunningWork;
  /** The clean-up that made way last. It may still be stopping: what is started next waits for its end. */
  readonly madeWay?: string;
  /** Ids of backups that a clean-up has begun to remove, until one has ended well: they cannot be pinned any more. */
  readonly removing?: readonly string[];
  /** The next tick of the schedule that nobody has dealt with; null without a store. */
  readonly nextTick: string | null;
  /** When that was decided: a clock that shows less has been set back. */
  readonly tickDecidedAt?: string;
  /** The last scheduled backup that was not made. */
  readonly lastSkip?: ScheduleSkip;
  readonly upkeep?: LocationUpkeep;
  /** What the store said when it was last asked. */
  readonly capacity: Capacity | null;
  readonly lastBackupTime: string | null;
  /** Which store the cached backups were read from. */
  readonly cachedStore: string | null;
  /** The store into which copies of another location's backups went last: that location's repository is in it. */
  readonly copiesIn?: string;
  readonly systemData: SystemData;
}

/** Where a location hangs, in the casing it was written with. */
export interface LocationIdentity {
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
}

export interface LocationSettings {
  /** The envelope's `location`. */
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly store: StoreSetting;
  readonly encryption: EncryptionSetting;
  /** `null` after a clear: nobody has decided. */
  readonly schedulerEnabled: boolean | null;
  readonly frequencyHours: number;
  /** What 2026-12-01 knows of a schedule besides; absent where nothing of it was set. */
  readonly plan?: SchedulePlan;
  readonly retentionDays: number;
  /** Absent where all are 0. */
  readonly retentionTiers?: RetentionTiers;
}

/** How many backups stay beside those that are young enough. */
export interface RetentionTiers {
  readonly count: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

/** When the service tidies the store next. Times are ISO 8601 UTC texts. */
export interface LocationUpkeep {
  /** Retention is to be applied, not before this. */
  readonly retentionAt?: string;
  /** What was marked is to be deleted, not before this. */
  readonly pruneAt?: string;
}

/** Times are ISO 8601 UTC texts. */
export interface SchedulePlan {
  /** Five fields; null where the frequency rules. */
  readonly cron: string | null;
  readonly timeZone: string;
  /** As they were written: an end may be 0. */
  readonly windows: readonly WeekWindow[];
  /** Their times as they were written too, with whatever offset: what comes back must be what was sent. */
  readonly blackouts: readonly {
    readonly from: string;
    readonly to: string;
    readonly reason: string | null;
  }[];
  /** As it was written. */
  readonly pausedUntil: string | null;
}

/** A scheduled backup that was not made, and why. */
export interface ScheduleSkip {
  readonly tick: string;
  readonly at: string;
  readonly code: string;
  readonly message: string;
  /** What was in the way. */
  readonly operationId: string | null;
}

/** Where backups go. Secrets are apart, in {@link LocationSecrets}. */
export type StoreSetting =
  NoStore | LocalSetting | SmbSetting | AzureBlobSetting | S3Setting | SftpSetting;

export interface NoStore {
  readonly kind: "none";
  /** Tells a location that was emptied (2021 shows `""`) from one never set (`null`). */
  readonly cleared: boolean;
}

export interface LocalSetting {
  readonly kind: "local";
  /** As the administrator wrote it. */
  readonly path: string;
  /** What the engine opens. */
  readonly folder: string;
  readonly userName: string | null;
}

export interface SmbSetting {
  readonly kind: "smb";
  /** `\\server\share\folder` as the administrator wrote it. */
  readonly path: string;
  readonly server: string;
  /** Null: 445, or what the list of allowed hosts says for this server. */
  readonly port: number | null;
  readonly share: string;
  readonly folders: readonly string[];
  readonly userName: string;
  readonly requireEncryption: boolean;
}

export interface AzureBlobSetting {
  readonly kind: "azure-blob";
  /** As the administrator wrote it. */
  readonly url: string;
  readonly containerUrl: string;
  readonly prefix: string;
  readonly authentication: "account-key" | "sas" | "managed-identity";
  /** Of a managed identity; null for the machine's own. */
  readonly clientId: string | null;
  /** Absent: the newest that is known. */
  readonly serviceVersion?: BlobServiceVersion;
}

export type BlobServiceVersion = "2021-08-06" | "2019-07-07";

export interface S3Setting {
  readonly kind: "s3";
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly usesPathStyle: boolean;
}

export interface SftpSetting {
  readonly kind: "sftp";
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly userName: string;
  readonly hostKey: string;
}

export type EncryptionSetting =
  | { readonly kind: "none" }
  /** The first is the one old api-versions show; the others are further recipients (escrow). */
  | { readonly kind: "certificates"; readonly certificates: readonly CertificateSetting[] }
  | { readonly kind: "pre-shared-key" };

/** The public part only. */
export interface CertificateSetting {
  readonly certificateBase64: string;
  /** SHA-1 over the DER, 40 upper-case hex digits. */
  readonly thumbprint: string;
  /** SHA-256 over the public key, lower-case hex. */
  readonly keyId: string;
  readonly subject: string;
  readonly notAfter: string;
}

/** Sealed texts; opened only where they are used. */
export type LocationSecrets = Readonly<Partial<Record<SecretName, SealedText>>>;

/** The secrets a store may need, and the key of 2016-05-01. */
export const secretNames = [
  "password",
  "accountKey",
  "sasToken",
  "secretAccessKey",
  "sessionToken",
  "privateKey",
  "privateKeyPassphrase",
  "preSharedKey",
] as const;

export type SecretName = (typeof secretNames)[number];

/** Ciphertext of a secret as the sealer made it; means nothing to the provider. */
export type SealedText = string;

export type ProvisioningState =
  "Accepted" | "Creating" | "Updating" | "Deleting" | "Succeeded" | "Failed" | "Canceled";

export interface RunningWork {
  readonly kind: "backup" | "restore" | "verify" | "prune" | "copy";
  readonly operationId: string;
  /** True for a clean-up nobody asked for: scheduled backups wait for its end, and it makes way for what is asked for. */
  readonly isAutomatic?: boolean;
}

export interface Capacity {
  readonly freeBytes?: number;
  readonly totalBytes?: number;
  /** As judged when it was asked; absent in documents of before there was a judgement. */
  readonly level?: RoomLevel;
  readonly nextBackupBytes?: number;
  /** Absent where it does not run out. */
  readonly daysLeft?: number;
}

/**
 * How the room of a store compares with what its location will need: `short` is too little for the next backup,
 * `low` lasts for a few days or backups only, `unknown` where the store cannot tell its room.
 */
export type RoomLevel = "unknown" | "enough" | "low" | "short";

export type SystemData = Readonly<Record<string, string>>;

/** What a reader may see of a location: what the version files render and operations keep as their result. No secret fits in. */
export interface LocationView extends LocationIdentity {
  readonly settings: LocationSettings;
  readonly provisioningState: ProvisioningState;
  readonly nextTick: string | null;
  readonly lastSkip?: ScheduleSkip;
  readonly capacity: Capacity | null;
  readonly lastBackupTime: string | null;
  readonly systemData: SystemData;
  readonly etag: string;
}

/** A backup as the service remembers it: a cache of the store's record, or the story of a run that has none yet. */
export interface Backup {
  readonly id: string;
  readonly locationName: string;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly region: string;
  readonly status: BackupStatus;
  readonly isAutomatic: boolean;
  readonly startedAt: string;
  /** Set when the status is final. */
  readonly endedAt?: string;
  readonly deployment: DeploymentInfo;
  /** Set when the store holds its manifest. */
  readonly record?: BackupRecord;
  readonly systemData: SystemData;
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string };
}

export type BackupStatus =
  "Creating" | "Running" | "Succeeded" | "PartialSucceeded" | "Failed" | "Canceled";

export const defaultFrequencyHours = 12;
export const defaultRetentionDays = 7;

const typeName = "Microsoft.Backup.Admin";

/** The ARM id in canonical casing, with the group spelled as asked. */
export function locationId(of: LocationIdentity, groupName: string = of.resourceGroupName): string {
  return `/subscriptions/${of.subscriptionId}/resourceGroups/${groupName}/providers/${typeName}/backupLocations/${of.name}`;
}

/** Key of the location's document. */
export function locationKey(of: LocationIdentity): string {
  return locationId(of).toLowerCase();
}

/** The location a backup belongs to, by the name given, else by that of when it began. */
export function parentOf(backup: Backup, name: string = backup.locationName): LocationIdentity {
  return { ...backup, name };
}

/** Key of a backup's document: below its location's, ordered by GUID. */
export function backupKey(location: string, backupId: string): string {
  return `${location}/backups/${backupId.toLowerCase()}`;
}

/** Names a store independently of how its path is written; `undefined` when there is none. */
export function storeIdentity(store: StoreSetting): string | undefined {
  switch (store.kind) {
    case "none":
      return undefined;
    case "local":
      return `local:${store.folder}`;
    case "smb":
      // Servers tell no case apart in any of these.
      return `smb:${[store.server, store.share, ...store.folders].join("/").toLowerCase()}`;
    case "azure-blob":
      return `azure-blob:${store.containerUrl}/${store.prefix}`;
    case "s3":
      return `s3:${store.endpoint}/${store.bucket}/${store.prefix}`;
    case "sftp":
      return `sftp:${store.host.toLowerCase()}:${store.port}/${store.path}`;
  }
}

/** Key of the repository's keys and of its ledger head: they outlive the location, so that it can be made again. */
export function repositoryKey(location: string, store: StoreSetting): string {
  return `${location}#${storeIdentity(store) ?? "none"}`;
}

/** The entity tag, quoted. */
export function locationEtag(location: Pick<BackupLocation, "incarnation" | "revision">): string {
  return `"${location.incarnation.slice(0, 8)}-${location.revision}"`;
}

/** What readers see: while a configure operation runs, what it will make. */
export function viewOf(location: BackupLocation): LocationView {
  return {
    name: location.name,
    subscriptionId: location.subscriptionId,
    resourceGroupName: location.resourceGroupName,
    settings: location.pending?.settings ?? location.settings,
    provisioningState: location.provisioningState,
    nextTick: location.nextTick,
    ...(location.lastSkip === undefined ? {} : { lastSkip: location.lastSkip }),
    capacity: location.capacity,
    lastBackupTime: location.lastBackupTime,
    systemData: location.systemData,
    etag: locationEtag(location),
  };
}

/** True in the states nothing leaves on its own. */
export function isSettled(state: ProvisioningState): boolean {
  return state === "Succeeded" || state === "Failed" || state === "Canceled";
}
