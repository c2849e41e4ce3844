import type { LocationChange, StoreChange } from "../rules/location-change.ts";
import type { Backup, LocationView } from "../model.ts";
import type { PublishedStoreBody } from "./published-wire.ts";
import {
  backupDataVersion,
  isCompletelyUploaded,
  isText,
  readEnvelope,
  readPublishedRestore,
  renderAvailableCapacity,
  renderBackupEnvelope,
  renderBackupStatus,
  renderBackupThumbprint,
  renderCreatedDateTime,
  renderLastBackupTime,
  renderLocationEnvelope,
  renderNextBackupTime,
  renderPath,
  renderProvisioningState,
  renderPublishedPrune,
  renderSizes,
  renderThumbprint,
  renderTimeTaken,
  renderUserName,
  secretsOf,
  storeBodyOf,
} from "./published-wire.ts";
import type { RenderForm, VersionConverter } from "./version-converter.ts";

/** 2021-09-01: share or blob, PUT sets or clears, PATCH merges and `""` unsets. */
export const version20210901: VersionConverter = {
  apiVersion: "2021-09-01",
  isModern: false,
  renderLocation,
  readPut,
  readPatch,
  renderBackup: (backup, form) => ({
    ...renderBackupEnvelope(backup, form),
    properties: {
      backupInfo: {
        ...renderHead(backup),
        encryptionCertThumbprint: renderBackupThumbprint(backup),
        ...renderTail(backup),
      },
    },
  }),
  renderBackupResult: (backup, form) => ({
    ...renderBackupEnvelope(backup, form),
    properties: {
      backupInfo: {
        ...renderHead(backup),
        encryptedBackupEncryptionKey: null,
        encryptionCertThumbprint: renderBackupThumbprint(backup),
        ...renderSizes(backup.record),
        ...renderTail(backup),
      },
    },
  }),
  readRestore: readPublishedRestore,
  renderRestoreResult: () => null,
  renderPruneResult: renderPublishedPrune,
};

/** Without a path or a blob URL everything is cleared; otherwise a full set in which unsent secrets are kept. */
function readPut(body: unknown): LocationChange {
  const sent = storeBodyOf(body);
  const store = storeChangeOf(sent) ?? null;
  return {
    ...readEnvelope(body),
    store,
    userName: isText(sent.userName) ? sent.userName : null,
    secrets: secretsOf(sent),
    certificates: certificatesOf(sent) ?? (store === null ? null : undefined),
    schedulerEnabled: sent.isBackupSchedulerEnabled ?? null,
    frequencyHours: sent.backupFrequencyInHours ?? null,
    retentionDays: sent.backupRetentionPeriodInDays ?? null,
  };
}

function readPatch(body: unknown): LocationChange {
  const sent = storeBodyOf(body);
  return {
    ...readEnvelope(body),
    store: storeChangeOf(sent) ?? (sent.path === "" ? null : undefined),
    userName: sent.userName === "" ? null : (sent.userName ?? undefined),
    secrets: secretsOf(sent),
    certificates: certificatesOf(sent) ?? (sent.encryptionCertBase64 === "" ? null : undefined),
    schedulerEnabled: sent.isBackupSchedulerEnabled ?? undefined,
    frequencyHours: sent.backupFrequencyInHours ?? undefined,
    retentionDays: sent.backupRetentionPeriodInDays ?? undefined,
  };
}

/** Share and blob exclude each other; a blob named with a value is chosen. */
function storeChangeOf(sent: PublishedStoreBody): StoreChange | undefined {
  if (isText(sent.blobStorageUrl)) {
    const url = sent.blobStorageUrl;
    return {
      kind: "azure-blob",
      url,
      authentication: undefined,
      clientId: undefined,
      serviceVersion: undefined,
    };
  }
  return isText(sent.path) ? { kind: "path", path: sent.path } : undefined;
}

function certificatesOf(sent: PublishedStoreBody): readonly string[] | undefined {
  return isText(sent.encryptionCertBase64) ? [sent.encryptionCertBase64] : undefined;
}

function renderLocation(view: LocationView, form: RenderForm): unknown {
  const { settings } = view;
  return {
    ...renderLocationEnvelope(view, form),
    properties: {
      externalStoreDefault: {
        path: renderPath(settings.store),
        userName: renderUserName(settings.store),
        password: null,
        encryptionCertBase64: null,
        encryptionCertThumbprint: renderThumbprint(view),
        backupFrequencyInHours: settings.frequencyHours,
        availableCapacity: renderAvailableCapacity(view),
        isBackupSchedulerEnabled: settings.schedulerEnabled,
        nextBackupTime: renderNextBackupTime(view, form.now),
        lastBackupTime: renderLastBackupTime(view),
        backupRetentionPeriodInDays: settings.retentionDays,
        blobStorageUrl: settings.store.kind === "azure-blob" ? settings.store.url : null,
        blobStorageKey: null,
      },
      provisioningState: renderProvisioningState(view),
    },
  };
}

/** `repositoryStatus` names `role;service;-;repository` with `-` for an empty part: a role of ours is one repository. */
function renderHead(backup: Backup): object {
  return {
    backupDataVersion,
    backupId: backup.id,
    roleStatus: (backup.record?.roles ?? []).map((role) => ({
      roleName: role.name,
      repositoryStatus: [
        { fullRepositoryName: `${role.name};${role.name};-;-`, status: role.status },
      ],
      status: role.status,
    })),
    status: renderBackupStatus(backup),
    createdDateTime: renderCreatedDateTime(backup),
    timeTakenToCreate: renderTimeTaken(backup),
    stampVersion: backup.deployment.stampVersion,
    oemVersion: backup.deployment.oemVersion,
    deploymentID: backup.deployment.deploymentId,
  };
}

function renderTail(backup: Backup): object {
  return {
    completelyUploaded: isCompletelyUploaded(backup),
    isAutomaticBackup: backup.isAutomatic,
    isCloudRecoveryReady: backup.record?.isCloudRecoveryReady ?? false,
  };
}
