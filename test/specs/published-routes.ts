const location = "backupLocations/{location}";

/** Operation, verb, path and declared answers of the published api-versions: facts A.1 and A.3. */
export const publishedRoutes: Readonly<Record<string, readonly string[]>> = {
  "2016-05-01": [
    "Operations_List GET operations: 200 OperationList",
    "BackupLocations_List GET backupLocations: 200 BackupLocationList",
    `BackupLocations_Get GET ${location}: 200 BackupLocation, 404`,
    `BackupLocations_Update PUT ${location}: 200 BackupLocation, 202 BackupLocation, 404`,
    `BackupLocations_CreateBackup POST ${location}/createBackup: 200 Backup, 202 Backup`,
    `Backups_List GET ${location}/backups: 200 BackupList, 404`,
    `Backups_Get GET ${location}/backups/{backup}: 200 Backup, 404`,
    `Backups_Restore POST ${location}/backups/{backup}/restore: 200, 202, 404`,
  ],
  "2018-09-01": [
    "Operations_List GET operations: 200 OperationList, default",
    "BackupLocations_List GET backupLocations: 200 BackupLocationList",
    `BackupLocations_Get GET ${location}: 200 BackupLocation`,
    `BackupLocations_Update PUT ${location}: 200 BackupLocation, 202 BackupLocation`,
    `BackupLocations_CreateBackup POST ${location}/createBackup: 200 Backup, 202 Backup`,
    `BackupLocations_PruneExternalStore POST ${location}/pruneExternalStore: 200 PruneList, 202, default`,
    `Backups_List GET ${location}/backups: 200 BackupList`,
    `Backups_Get GET ${location}/backups/{backup}: 200 Backup`,
    `Backups_Restore POST ${location}/backups/{backup}/restore: 200, 202`,
  ],
  "2021-09-01": [
    "Operations_List GET operations: 200 OperationList, default",
    "BackupLocations_List GET backupLocations: 200 BackupLocationList, default ErrorResponse",
    `BackupLocations_Get GET ${location}: 200 BackupLocation, default ErrorResponse`,
    `BackupLocations_Set PUT ${location}: 200 BackupLocation, 202 BackupLocation, default ErrorResponse`,
    `BackupLocations_Update PATCH ${location}: 200 BackupLocation, 202 BackupLocation, default ErrorResponse`,
    `BackupLocations_CreateBackup POST ${location}/createBackup: 200 Backup, 202 Backup, default ErrorResponse`,
    `BackupLocations_PruneExternalStore POST ${location}/pruneExternalStore: 200 PruneList, 202, default ErrorResponse`,
    `Backups_List GET ${location}/backups: 200 BackupList, default ErrorResponse`,
    `Backups_Get GET ${location}/backups/{backup}: 200 Backup, default ErrorResponse`,
    `Backups_Restore POST ${location}/backups/{backup}/restore: 200, 202, default ErrorResponse`,
  ],
};
