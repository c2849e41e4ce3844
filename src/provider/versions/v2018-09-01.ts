import type { Backup, LocationView } from "../model.ts";
import {
  backupDataVersion,
  isCompletelyUploaded,
  readMergingPut,
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
  withoutSkipped,
} from "./published-wire.ts";
import type { RenderForm, VersionConverter } from "./version-converter.ts";

/** 2018-09-01: certificate, PUT merges. */
export const version20180901: VersionConverter = {
  apiVersion: "2018-09-01",
  isModern: false,
  renderLocation,
  readPut: readMergingPut,
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
  renderRestoreResult: () => undefined,
  renderPruneResult: renderPublishedPrune,
};

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
      },
      provisioningState: renderProvisioningState(view),
    },
  };
}

function renderHead(backup: Backup): object {
  return {
    backupDataVersion,
    backupId: backup.id,
    roleStatus: (backup.record?.roles ?? []).map((role) => ({
      roleName: role.name,
      status: withoutSkipped(role.status),
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
