import type { RestoreSummary } from "../../engine/model.ts";
import type {
  LocationChange,
  PropertyNames,
  SettingLimits,
  TierChange,
} from "../rules/location-change.ts";
import { noTiers } from "../records/location-retention.ts";
import { keepEverything } from "../rules/location-change.ts";
import type { Capacity, CertificateSetting, EncryptionSetting, LocationView } from "../model.ts";
import { locationId } from "../model.ts";
import type { RenderForm, RestoreRequest, VersionConverter } from "./version-converter.ts";
import {
  renderBackup,
  renderCopy,
  renderPrune,
  renderRestore,
  renderVerify,
} from "./v2026-12-01-backups.ts";
import {
  mergeSchedule,
  renderSchedule,
  replaceSchedule,
  type ScheduleBody,
} from "./v2026-12-01-schedule.ts";
import {
  readStoreChange,
  readStoreSecrets,
  renderStore,
  renderStoreCheck,
  type StoreBody,
} from "./v2026-12-01-stores.ts";
import { formatDateTime } from "../wire-format.ts";

/** 2026-12-01: ARM of today. PUT replaces, PATCH merges, bare names, system data. */
export const version20261201: VersionConverter = {
  apiVersion: "2026-12-01",
  isModern: true,
  renderLocation,
  readPut,
  readPatch,
  renderBackup,
  renderBackupResult: renderBackup,
  readCreateBackup: (body) =>
    (body as { readonly rescan?: boolean | null } | undefined)?.rescan ?? false,
  readRestore,
  renderRestoreResult: (result) => renderRestore(result as RestoreSummary),
  renderPruneResult: ({ report }) => renderPrune(report),
  renderVerifyResult: renderVerify,
  renderCopyResult: renderCopy,
  renderStoreCheck,
};

const storePart = "properties.store";

const names: PropertyNames = {
  path: `${storePart}.path`,
  url: `${storePart}.containerUrl`,
  certificate: "properties.encryption.recipients",
  secrets: {
    password: `${storePart}.password`,
    accountKey: `${storePart}.accountKey`,
    sasToken: `${storePart}.sasToken`,
    secretAccessKey: `${storePart}.secretAccessKey`,
    sessionToken: `${storePart}.sessionToken`,
    privateKey: `${storePart}.privateKey`,
    privateKeyPassphrase: `${storePart}.privateKeyPassphrase`,
    preSharedKey: "properties.encryption",
  },
  schedule: "properties.schedule",
  frequency: "properties.schedule.frequencyInHours",
  retention: "properties.retention.periodInDays",
  store: `${storePart}.kind`,
  userName: `${storePart}.userName`,
};

const limits: SettingLimits = { frequencyHours: [1, 168], retentionDays: [0, 3650] };

/** The writable part of a location's body, PUT and PATCH alike. */
interface LocationBody {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>> | null;
  readonly properties?: {
    readonly store?: StoreBody;
    readonly encryption?: EncryptionBody;
    readonly schedule?: ScheduleBody | null;
    readonly retention?: RetentionBody | null;
  };
}

/** The retention of a location in this version. */
export type RetentionBody = Partial<TierChange> & { readonly periodInDays?: number | null };

interface EncryptionBody {
  readonly mode?: string;
  readonly recipients?: readonly RecipientBody[];
}

type RecipientBody = Partial<CertificateSetting> & Pick<CertificateSetting, "certificateBase64">;

/** What is left out goes back to its default; secrets, which no answer shows, stay. */
function readPut(body: unknown): LocationChange {
  const { location, tags, properties = {} } = (body ?? {}) as LocationBody;
  const { store, encryption, schedule, retention } = properties;
  // A pre-shared key is one of them: its mode is all that a round trip can send.
  const kept = encryption?.mode === "PreSharedKey" ? undefined : null;
  return {
    ...keepEverything(names, limits, false),
    region: location,
    tags: tags ?? null,
    // Local stores have no account in this version: what older ones set stays.
    userName: store?.userName ?? undefined,
    secrets: readStoreSecrets(store),
    store: readStoreChange(store, "replace") ?? null,
    certificates: readRecipients(encryption) ?? kept,
    ...replaceSchedule(schedule),
    ...readRetention(retention, null),
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
    store: readStoreChange(store, "merge"),
    userName: store?.userName,
    secrets: readStoreSecrets(store),
    certificates: readRecipients(encryption),
    ...mergeSchedule(schedule),
    ...readRetention(retention, undefined),
  };
}

/** The change that a preview tries; its body has these parts at the top. */
export function previewChange(parts: {
  readonly schedule?: ScheduleBody | undefined;
  readonly retention?: RetentionBody | undefined;
}): LocationChange {
  const shown = {
    ...names,
    schedule: "schedule",
    frequency: "schedule.frequencyInHours",
    retention: "retention.periodInDays",
  };
  return {
    ...keepEverything(shown, limits, false),
    ...mergeSchedule(parts.schedule),
    ...readRetention(parts.retention, undefined),
  };
}

/** What is left out keeps (`undefined`) or goes back to its default (`null`), and so does all of a `null`. */
function readRetention(
  body: RetentionBody | null | undefined,
  absent: null | undefined,
): Pick<LocationChange, "retentionDays" | "retentionTiers"> {
  const { periodInDays, ...rest } = body ?? {};
  const unsent = body === null ? null : absent;
  const sent = (name: keyof TierChange): number | null | undefined =>
    rest[name] === undefined ? unsent : rest[name];
  return {
    retentionDays: periodInDays === undefined ? unsent : periodInDays,
    retentionTiers: {
      count: sent("count"),
      hourly: sent("hourly"),
      daily: sent("daily"),
      weekly: sent("weekly"),
      monthly: sent("monthly"),
      yearly: sent("yearly"),
    },
  };
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
      schedule: renderSchedule(view, form.now),
      retention: {
        periodInDays: settings.retentionDays,
        ...(settings.retentionTiers ?? noTiers),
      },
      ...(view.capacity === null ? {} : { capacity: renderCapacity(view.capacity) }),
      lastBackupTime: view.lastBackupTime === null ? null : formatDateTime(view.lastBackupTime),
    },
  };
}

function renderCapacity({ level, nextBackupBytes, daysLeft, ...space }: Capacity): object {
  if (level === undefined) return space;
  const shown = `${level.charAt(0).toUpperCase()}${level.slice(1)}`;
  return {
    ...space,
    level: shown,
    nextBackupBytes,
    ...(daysLeft === undefined ? {} : { daysLeft }),
  };
}

function renderEncryption(encryption: EncryptionSetting): object {
  if (encryption.kind === "none") return {};
  if (encryption.kind === "pre-shared-key") return { encryption: { mode: "PreSharedKey" } };
  return { encryption: { mode: "Certificate", recipients: encryption.certificates } };
}

/** The recipients that a body names, with all it says of them. */
export function recipientsOf(body: unknown): readonly RecipientBody[] {
  return (body as LocationBody | undefined)?.properties?.encryption?.recipients ?? [];
}
