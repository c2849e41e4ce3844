import type { Backup, LocationView } from "../model.ts";
import {
  backupDataVersion,
  isCompletelyUploaded,
  readMergingPut,
  renderAvailableCapacity,
  renderBackupEnvelope,
  renderBackupStatus,
  renderCreatedDateTime,
  renderLastBackupTime,
  renderLocationEnvelope,
  renderNextBackupTime,
  renderPath,
  renderProvisioningState,
  renderSizes,
  renderTimeTaken,
  renderUserName,
  withoutSkipped,
} from "./published-wire.ts";
import type { RenderForm, VersionConverter } from "./version-converter.ts";

/** 2016-05-01: pre-shared key, PUT merges, restore without a body. */
export const version20160501: VersionConverter = {
  apiVersion: "2016-05-01",
  isModern: false,
  renderLocation,
  readPut: readMergingPut,
  renderBackup: (backup, form) => ({
    ...renderBackupEnvelope(backup, form),
    properties: { backupInfo: { ...renderHead(backup), ...renderTail(backup) } },
  }),
  renderBackupResult: (backup, form) => ({
    ...renderBackupEnvelope(backup, form),
    properties: {
      backupInfo: {
        ...renderHead(backup),
        ...renderSizes(backup.record),
        ...renderTail(backup),
      },
    },
  }),
  readRestore: () => ({
    pfxBase64: undefined,
    pfxPassword: undefined,
    roles: [],
    targetPath: undefined,
    overwrite: false,
  }),
  renderRestoreResult: () => undefined,
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
        encryptionKeyBase64: null,
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
  };
}
