import type { RecipientName, RestoreSummary, RoleResult, VerifyReport } from "../engine/model.ts";
import type {
  LocationChange,
  PropertyNames,
  SettingLimits,
  StoreChange,
} from "./location-change.ts";
import { keepEverything } from "./location-change.ts";
import type { Backup, EncryptionSetting, LocationView, StoreSetting } from "./model.ts";
import { locationId, nextTickAfter } from "./model.ts";
import type { RenderForm, RestoreRequest, VersionConverter } from "./version-converter.ts";
import { formatDateTime, formatDuration } from "./wire-format.ts";

/** 2026-12-01: ARM of today. PUT replaces, PATCH merges, bare names, system data. */
export const version20261201: VersionConverter = {
  apiVersion: "2026-12-01",
  isModern: true,
  renderLocation,
  readPut,
  readPatch,
  renderBackup,
  renderBackupResult: renderBackup,
  readRestore,
  renderRestoreResult: (result) => renderRestore(result as RestoreSummary),
  renderVerifyResult: renderVerify,
};

const names: PropertyNames = {
  path: "properties.store.path",
  certificate: "properties.encryption.recipients",
  preSharedKey: "properties.encryption",
  frequency: "properties.schedule.frequencyInHours",
  retention: "properties.retention.periodInDays",
  store: "properties.store.kind",
  userName: "properties.store.userName",
};

const limits: SettingLimits = { frequencyHours: [1, 168], retentionDays: [2, 3650] };

/** The writable part of a location's body, PUT and PATCH alike. */
interface LocationBody {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>> | null;
  readonly properties?: {
    readonly store?: StoreBody;
    readonly encryption?: EncryptionBody;
    readonly schedule?: {
      readonly isEnabled?: boolean | null;
      readonly frequencyInHours?: number | null;
    } | null;
    readonly retention?: { readonly periodInDays?: number | null } | null;
  };
}

interface StoreBody {
  readonly kind: string;
  readonly path?: string;
  readonly userName?: string | null;
  readonly password?: string | null;
}

interface EncryptionBody {
  readonly mode?: string;
  readonly recipients?: readonly { readonly certificateBase64: string }[];
}

/** What is left out goes back to its default; secrets, which no answer shows, stay. */
function readPut(body: unknown): LocationChange {
  const { location, tags, properties = {} } = (body ?? {}) as LocationBody;
  const { store, encryption, schedule, retention } = properties;
  return {
    ...keepEverything(names, limits, false),
    region: location,
    tags: tags ?? null,
    store: readStore(store) ?? null,
    userName: store?.userName ?? undefined,
    password: store?.password ?? undefined,
    certificates:
      readRecipients(encryption) ?? (encryption?.mode === "PreSharedKey" ? undefined : null),
    schedulerEnabled: schedule?.isEnabled ?? false,
    frequencyHours: schedule?.frequencyInHours ?? null,
    retentionDays: retention?.periodInDays ?? null,
  };
}

/** JSON merge patch: absent keeps, `null` goes back to the default. */
function readPatch(body: unknown): LocationChange {
  const { location, tags, properties = {} } = (body ?? {}) as LocationBody;
  const { store, encryption, schedule, retention } = properties;
  return {
    ...keepEverything(names, limits, false),
    region: location,
    tags,
    store: readStore(store),
    userName: store?.userName,
    password: store?.password ?? undefined,
    certificates: readRecipients(encryption),
    schedulerEnabled:
      schedule === null || schedule?.isEnabled === null ? false : schedule?.isEnabled,
    frequencyHours: schedule === null ? null : schedule?.frequencyInHours,
    retentionDays: retention === null ? null : retention?.periodInDays,
  };
}

function readStore(store: StoreBody | undefined): StoreChange | undefined {
  if (store === undefined) return undefined;
  if (store.kind !== "Local") return { kind: "unsupported", storeKind: store.kind };
  return store.path === undefined ? undefined : { kind: "path", path: store.path };
}

function readRecipients(encryption: EncryptionBody | undefined): readonly string[] | undefined {
  return encryption?.recipients?.map((one) => one.certificateBase64);
}

function readRestore(body: unknown): RestoreRequest {
  const options = (body ?? {}) as {
    readonly targetPath?: string;
    readonly overwrite?: boolean;
    readonly roleNames?: readonly string[];
    readonly decryptionCertBase64?: string | null;
    readonly decryptionCertPassword?: string | null;
  };
  return {
    pfxBase64: options.decryptionCertBase64 ?? undefined,
    pfxPassword: options.decryptionCertPassword ?? undefined,
    roles: options.roleNames ?? [],
    targetPath: options.targetPath,
    overwrite: options.overwrite ?? false,
  };
}

function renderLocation(view: LocationView, form: RenderForm): unknown {
  const { settings } = view;
  const tick = nextTickAfter(view.nextTick, settings.frequencyHours, form.now);
  return {
    id: locationId(view, form.groupName),
    name: view.name,
    type: "Microsoft.Backup.Admin/backupLocations",
    location: settings.region,
    tags: settings.tags,
    etag: view.etag,
    systemData: view.systemData,
    properties: {
      provisioningState: view.provisioningState,
      ...renderStore(settings.store),
      ...renderEncryption(settings.encryption),
      schedule: {
        isEnabled: settings.schedulerEnabled ?? false,
        frequencyInHours: settings.frequencyHours,
        nextBackupTime: tick === null ? null : formatDateTime(tick),
      },
      retention: { periodInDays: settings.retentionDays },
      ...(view.capacity === null ? {} : { capacity: view.capacity }),
      lastBackupTime: view.lastBackupTime === null ? null : formatDateTime(view.lastBackupTime),
    },
  };
}

function renderStore(store: StoreSetting): object {
  return store.kind === "none" ? {} : { store: { kind: "Local", path: store.path } };
}

function renderEncryption(encryption: EncryptionSetting): object {
  if (encryption.kind === "none") return {};
  if (encryption.kind === "pre-shared-key") return { encryption: { mode: "PreSharedKey" } };
  return { encryption: { mode: "Certificate", recipients: encryption.certificates } };
}

const backupStates: Readonly<
  Record<Backup["status"], { readonly status: string; readonly provisioningState: string }>
> = {
  Creating: { status: "Queued", provisioningState: "Creating" },
  Running: { status: "Running", provisioningState: "Creating" },
  Succeeded: { status: "Succeeded", provisioningState: "Succeeded" },
  PartialSucceeded: { status: "PartialSucceeded", provisioningState: "Succeeded" },
  Failed: { status: "Failed", provisioningState: "Failed" },
  Canceled: { status: "Canceled", provisioningState: "Canceled" },
};

function renderBackup(backup: Backup, form: RenderForm): unknown {
  const { record, deployment } = backup;
  const { status, provisioningState } = backupStates[backup.status];
  return {
    id: `${locationId({ ...backup, name: backup.locationName }, form.groupName)}/backups/${backup.id}`,
    name: backup.id,
    type: "Microsoft.Backup.Admin/backupLocations/backups",
    systemData: backup.systemData,
    properties: {
      provisioningState,
      backupId: backup.id,
      status,
      startTime: formatDateTime(backup.startedAt),
      endTime: backup.endedAt === undefined ? null : formatDateTime(backup.endedAt),
      isAutomaticBackup: backup.isAutomatic,
      isCloudRecoveryReady: record?.isCloudRecoveryReady ?? false,
      completelyUploaded: backup.status === "Succeeded" || backup.status === "PartialSucceeded",
      deploymentId: deployment.deploymentId,
      stampVersion: deployment.stampVersion,
      oemVersion: deployment.oemVersion,
      repositoryId: record?.repositoryId ?? null,
      epochId: record?.epochId ?? null,
      sequence: record?.sequence ?? null,
      recipients: (record?.recipients ?? []).map(renderRecipient),
      roles: (record?.roles ?? []).map(renderRole),
      plainBytes: record?.plainBytes ?? 0,
      newBytes: record?.newBytes ?? 0,
      storedBytes: record?.storedBytes ?? 0,
      manifestHash: record?.manifestHash ?? null,
      signature: record === undefined ? null : capitalize(record.signature),
      ...(backup.error === undefined ? {} : { error: backup.error }),
    },
  };
}

function renderRecipient(recipient: RecipientName): object {
  const { kind, thumbprint, keyId, subject, notAfter } = recipient;
  return {
    kind: kind === "certificate" ? "Certificate" : "PreSharedKey",
    ...(thumbprint === undefined ? {} : { thumbprint }),
    keyId,
    ...(subject === undefined ? {} : { subject }),
    ...(notAfter === undefined ? {} : { notAfter: formatDateTime(notAfter) }),
  };
}

function renderRole(role: RoleResult): object {
  const { startedAt, endedAt, error, name, status, required, essential, ...counts } = role;
  return {
    name,
    status,
    required,
    essential,
    startTime: formatDateTime(startedAt),
    endTime: formatDateTime(endedAt),
    files: counts.files,
    directories: counts.directories,
    otherEntries: counts.otherEntries,
    plainBytes: counts.plainBytes,
    newBytes: counts.newBytes,
    warnings: counts.warnings,
    ...(error === undefined ? {} : { error }),
  };
}

function renderRestore(summary: RestoreSummary): unknown {
  return {
    backupId: summary.backupId,
    roles: summary.roles,
    files: summary.files,
    bytes: summary.bytes,
    warnings: summary.warnings,
    duration: formatDuration(summary.durationMilliseconds),
  };
}

function renderVerify(report: VerifyReport): unknown {
  return {
    depth: capitalize(report.depth),
    isHealthy: report.findings.length === 0,
    backups: report.backups,
    objects: report.objects,
    bytes: report.bytes,
    findings: report.findings,
    duration: formatDuration(report.durationMilliseconds),
  };
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The parts of a location only the service writes, for the echo rule: a PUT may send back what it read. */
export function readOnlyPartsOf(body: unknown): ReadOnlyParts {
  const sent = (body ?? {}) as {
    readonly etag?: string;
    readonly systemData?: unknown;
    readonly properties?: {
      readonly provisioningState?: string;
      readonly capacity?: unknown;
      readonly lastBackupTime?: string | null;
      readonly schedule?: { readonly nextBackupTime?: string | null } | null;
      readonly encryption?: { readonly mode?: string };
    };
  };
  const { properties = {} } = sent;
  return {
    etag: sent.etag,
    systemData: sent.systemData,
    "properties.provisioningState": properties.provisioningState,
    "properties.capacity": properties.capacity,
    "properties.lastBackupTime": properties.lastBackupTime,
    "properties.schedule.nextBackupTime": properties.schedule?.nextBackupTime,
    "properties.encryption.mode": properties.encryption?.mode,
  };
}

/** By property path; `undefined` where nothing was sent. */
export type ReadOnlyParts = Readonly<Record<string, unknown>>;
