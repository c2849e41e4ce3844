// Generated from specs/resource-manager by specs/generate.ts: change the document and run `npm run generate`.
/** Types of Microsoft.Backup.Admin 2026-12-01. */
export interface paths {
    readonly "/providers/Microsoft.Backup.Admin/operations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists what the provider can do. */
        readonly get: operations["Operations_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/providers/Microsoft.Backup.Admin/auditLogs/default": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows where the audit log begins and ends, and the key its records are signed with. */
        readonly get: operations["AuditLogs_Get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/providers/Microsoft.Backup.Admin/auditLogs/default/records": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the records of the audit log, oldest first. */
        readonly get: operations["AuditLogs_ListRecords"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the backup locations of a subscription. */
        readonly get: operations["BackupLocations_ListBySubscription"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the backup locations of a resource group. */
        readonly get: operations["BackupLocations_ListByResourceGroup"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows one backup location. */
        readonly get: operations["BackupLocations_Get"];
        /** @description Creates a backup location or replaces its settings; what is left out goes back to its default, secrets stay. */
        readonly put: operations["BackupLocations_CreateOrUpdate"];
        readonly post?: never;
        /** @description Forgets a backup location. What lies in its store is left alone. */
        readonly delete: operations["BackupLocations_Delete"];
        readonly options?: never;
        readonly head?: never;
        /** @description Changes the given settings and keeps the others; null brings a default back. */
        readonly patch: operations["BackupLocations_Update"];
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/createBackup": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Makes a backup now. The operation has the id of the new backup. */
        readonly post: operations["BackupLocations_CreateBackup"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Checks the store of a location: every backup in it, and that nothing is damaged, missing or foreign. */
        readonly post: operations["BackupLocations_Verify"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/testStore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Tries out the store of a location: everything that a backup needs of it, with one small object that is removed again. */
        readonly post: operations["BackupLocations_TestStore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/pruneExternalStore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Removes from the store what no backup needs, or lists it. */
        readonly post: operations["BackupLocations_PruneExternalStore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/previewSchedule": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Shows when the next scheduled backups will be made, with the schedule in force or a changed one; changes nothing. */
        readonly post: operations["BackupLocations_PreviewSchedule"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/previewRetention": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Shows which backups retention keeps, why, and which it removes, with the rules in force or changed ones; changes nothing. */
        readonly post: operations["BackupLocations_PreviewRetention"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/copy": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Copies backups, unopened, into the store of another location of the group, reads every object back and checks the copy. Repeating it brings only what is missing. */
        readonly post: operations["BackupLocations_Copy"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the backups of a location. */
        readonly get: operations["Backups_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows one backup. */
        readonly get: operations["Backups_Get"];
        readonly put?: never;
        readonly post?: never;
        /** @description Removes a backup from the store. One with a pin, the newest and the last good one are refused. */
        readonly delete: operations["Backups_Delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/restore": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Restores a backup into a folder, a folder for each role. */
        readonly post: operations["Backups_Restore"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Checks that a backup is whole. */
        readonly post: operations["Backups_Verify"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/pin": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Keeps a backup whatever retention says, until its pin is taken off. */
        readonly post: operations["Backups_Pin"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/unpin": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Takes the pin off: retention decides again. */
        readonly post: operations["Backups_Unpin"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationResults/{operationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Brings the result of an operation of this location. */
        readonly get: operations["BackupLocations_GetOperationResult"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationStatuses/{operationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Tells the state of an operation of this location. */
        readonly get: operations["BackupLocations_GetOperationStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationResults/{operationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Brings the result of an operation; works also when its location is gone. */
        readonly get: operations["OperationResults_Get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Tells the state of an operation; works also when its location is gone. */
        readonly get: operations["OperationStatuses_Get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Asks an operation to stop; its status tells when it has. Asking again does no harm. */
        readonly post: operations["OperationStatuses_Cancel"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}/log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows what the service wrote down while an operation ran; kept as long as the operation. */
        readonly get: operations["OperationStatuses_GetLog"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/deployments/{deployment}/preflight": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Judges the resources of a template before any is deployed; nothing is looked up or written. */
        readonly post: operations["Deployments_Preflight"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/moveResources": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Backup locations cannot move: this is always refused. */
        readonly post: operations["Resources_Move"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/alerts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the alerts of every location of a subscription: the open ones, and those closed in the last seven days. */
        readonly get: operations["Alerts_ListBySubscription"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/diagnose": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Looks at the service and at every location of the subscription, and says what is well, what needs care and what to do. It reads what the service knows; stores are tried out by testStore. */
        readonly post: operations["Diagnosis_Run"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the alerts of a location: the open ones, and those closed in the last seven days. */
        readonly get: operations["Alerts_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts/{alert}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows an alert. */
        readonly get: operations["Alerts_Get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts/{alert}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Closes an alert by hand. What lasts is told again after a day; a failure is not told again. */
        readonly post: operations["Alerts_Close"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/monitoringSettings/{settings}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows what is expected of a location: alerts tell when it is not kept. */
        readonly get: operations["MonitoringSettings_Get"];
        /** @description Sets what is expected of a location; what is left out goes back to its default. */
        readonly put: operations["MonitoringSettings_CreateOrUpdate"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the routes that messages about a location take. */
        readonly get: operations["NotificationRoutes_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows a route. */
        readonly get: operations["NotificationRoutes_Get"];
        /** @description Creates a route or replaces its settings; secrets that are left out are kept while the host stays. */
        readonly put: operations["NotificationRoutes_CreateOrUpdate"];
        readonly post?: never;
        /** @description Forgets a route. */
        readonly delete: operations["NotificationRoutes_Delete"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** @description Sends a test message now and tells how that went. */
        readonly post: operations["NotificationRoutes_Test"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/deadLetters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists messages of the last seven days that could not be delivered. */
        readonly get: operations["DeadLetters_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A place where backups go, with their schedule. */
        readonly BackupLocation: components["schemas"]["TrackedResource"] & {
            readonly properties?: components["schemas"]["BackupLocationProperties"];
        };
        /** @description Settings and state of a backup location. */
        readonly BackupLocationProperties: {
            /**
             * @description State of the last change of the settings; says nothing about backups.
             * @enum {string}
             */
            readonly provisioningState?: "Accepted" | "Creating" | "Updating" | "Deleting" | "Succeeded" | "Failed" | "Canceled";
            readonly store?: components["schemas"]["Store"];
            /** @description Who can open new backups; absent until it is set. */
            readonly encryption?: components["schemas"]["Encryption"];
            /** @description When backups are made. */
            readonly schedule?: components["schemas"]["Schedule"];
            /** @description How long backups are kept. */
            readonly retention?: components["schemas"]["Retention"];
            /** @description Room of the store, where it can tell. */
            readonly capacity?: components["schemas"]["Capacity"];
            /**
             * Format: date-time
             * @description When the newest backup of this store ended; null for none.
             */
            readonly lastBackupTime?: string | null;
        };
        /** @description Where backups go; absent until it is set. */
        readonly Store: {
            /**
             * @description Which kind of store.
             * @enum {string}
             */
            readonly kind: "Local" | "Smb" | "AzureBlob" | "S3" | "Sftp";
        };
        /** @description A folder, or a mounted path, of the machine that the service runs on. */
        readonly LocalStore: {
            readonly kind: "LocalStore";
        } & (Omit<components["schemas"]["Store"], "kind"> & {
            /** @description Folder of the machine that the service runs on: an absolute path. */
            readonly path: string;
        });
        /** @description A file share, spoken to with SMB 3.1.1. */
        readonly SmbStore: {
            readonly kind: "SmbStore";
        } & (Omit<components["schemas"]["Store"], "kind"> & {
            /** @description The share and folder, as \\server\share\folder. */
            readonly path: string;
            /** @description Account that may write there: name, domain\name or name@domain. */
            readonly userName: string;
            /**
             * Format: password
             * @description Password of the account. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly password?: string | null;
            /**
             * Format: int32
             * @description Port of the server where it is not 445.
             */
            readonly port?: number;
            /**
             * @description False lets in a server that signs and cannot encrypt.
             * @default true
             */
            readonly requireEncryption?: boolean;
        });
        /** @description A container of Azure Blob storage. */
        readonly AzureBlobStore: {
            readonly kind: "AzureBlobStore";
        } & (Omit<components["schemas"]["Store"], "kind"> & {
            /** @description The container, and a folder in it if wanted, as https://account.blob.example.net/container/folder. */
            readonly containerUrl: string;
            /**
             * @description What proves who we are.
             * @default AccountKey
             * @enum {string}
             */
            readonly authentication?: "AccountKey" | "Sas" | "ManagedIdentity";
            /**
             * Format: password
             * @description Key of the storage account. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly accountKey?: string | null;
            /**
             * Format: password
             * @description Shared access signature with the rights to read, add, create, write and list; without the right to delete nothing can be pruned. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly sasToken?: string | null;
            /**
             * @description Version of the storage service that is spoken: an older one for Azure Stack Hub.
             * @default 2021-08-06
             * @enum {string}
             */
            readonly serviceVersion?: "2021-08-06" | "2019-07-07";
            /** @description Which managed identity, where the machine has several. */
            readonly clientId?: string;
        });
        /** @description A bucket of a server that speaks S3. */
        readonly S3Store: {
            readonly kind: "S3Store";
        } & (Omit<components["schemas"]["Store"], "kind"> & {
            /** @description Server of the buckets: https://host or https://host:port. */
            readonly endpoint: string;
            /**
             * @description Region that requests are signed for.
             * @default us-east-1
             */
            readonly region?: string;
            /** @description Bucket; it has to be there. */
            readonly bucket: string;
            /**
             * @description Where in the bucket our objects go, as a/b.
             * @default
             */
            readonly prefix?: string;
            /** @description Id of the access key. */
            readonly accessKeyId: string;
            /**
             * Format: password
             * @description The access key itself. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly secretAccessKey?: string | null;
            /**
             * Format: password
             * @description Session token, where the access key is a temporary one. Comes back as null; goes when another access key is sent without it.
             */
            readonly sessionToken?: string | null;
            /**
             * @description Whether the bucket is named in the path instead of the host name.
             * @default true
             */
            readonly usesPathStyle?: boolean;
        });
        /** @description A folder on a server that speaks SFTP. */
        readonly SftpStore: {
            readonly kind: "SftpStore";
        } & (Omit<components["schemas"]["Store"], "kind"> & {
            /** @description Name or address of the server. */
            readonly host: string;
            /**
             * Format: int32
             * @description Port of the server.
             * @default 22
             */
            readonly port?: number;
            /** @description Folder on the server: absolute, or below the account's own. */
            readonly path: string;
            /** @description Account that may write there. */
            readonly userName: string;
            /** @description Fingerprint of the server's key, as ssh-keygen -l prints it; no other server is spoken to. */
            readonly hostKey: string;
            /**
             * Format: password
             * @description Password of the account. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly password?: string | null;
            /**
             * Format: password
             * @description Private key of the account, as text, instead of a password. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly privateKey?: string | null;
            /**
             * Format: password
             * @description What opens the private key, where it is encrypted. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly privateKeyPassphrase?: string | null;
        });
        /** @description Changes to the store of the same kind, or a store of another kind as a whole. */
        readonly StoreUpdate: {
            /**
             * @description Which kind of store.
             * @enum {string}
             */
            readonly kind: "Local" | "Smb" | "AzureBlob" | "S3" | "Sftp";
        };
        /** @description Changes to a folder. */
        readonly LocalStoreUpdate: {
            readonly kind: "LocalStoreUpdate";
        } & (Omit<components["schemas"]["StoreUpdate"], "kind"> & {
            /** @description Folder of the machine that the service runs on: an absolute path. */
            readonly path?: string;
        });
        /** @description Changes to a file share. */
        readonly SmbStoreUpdate: {
            readonly kind: "SmbStoreUpdate";
        } & (Omit<components["schemas"]["StoreUpdate"], "kind"> & {
            /** @description The share and folder, as \\server\share\folder. */
            readonly path?: string;
            /** @description Account that may write there. */
            readonly userName?: string;
            /**
             * Format: password
             * @description Password of the account.
             */
            readonly password?: string | null;
            /**
             * Format: int32
             * @description Port of the server where it is not 445; null for the default.
             */
            readonly port?: number | null;
            /** @description False lets in a server that signs and cannot encrypt; null for the default. */
            readonly requireEncryption?: boolean | null;
        });
        /** @description Changes to a container. */
        readonly AzureBlobStoreUpdate: {
            readonly kind: "AzureBlobStoreUpdate";
        } & (Omit<components["schemas"]["StoreUpdate"], "kind"> & {
            /** @description The container, and a folder in it if wanted, as https://account.blob.example.net/container/folder. */
            readonly containerUrl?: string;
            /**
             * @description What proves who we are.
             * @enum {string}
             */
            readonly authentication?: "AccountKey" | "Sas" | "ManagedIdentity";
            /**
             * Format: password
             * @description Key of the storage account. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly accountKey?: string | null;
            /**
             * Format: password
             * @description Shared access signature with the rights to read, add, create, write and list; without the right to delete nothing can be pruned. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly sasToken?: string | null;
            /**
             * @description Version of the storage service that is spoken: an older one for Azure Stack Hub.
             * @enum {string}
             */
            readonly serviceVersion?: "2021-08-06" | "2019-07-07";
            /** @description Which managed identity, where the machine has several; null for the default. */
            readonly clientId?: string | null;
        });
        /** @description Changes to a bucket. */
        readonly S3StoreUpdate: {
            readonly kind: "S3StoreUpdate";
        } & (Omit<components["schemas"]["StoreUpdate"], "kind"> & {
            /** @description Server of the buckets: https://host or https://host:port. */
            readonly endpoint?: string;
            /** @description Region that requests are signed for; null for the default. */
            readonly region?: string | null;
            /** @description Bucket; it has to be there. */
            readonly bucket?: string;
            /** @description Where in the bucket our objects go, as a/b; null for the default. */
            readonly prefix?: string | null;
            /** @description Id of the access key. */
            readonly accessKeyId?: string;
            /**
             * Format: password
             * @description The access key itself. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly secretAccessKey?: string | null;
            /**
             * Format: password
             * @description Session token, where the access key is a temporary one. Comes back as null; goes when another access key is sent without it.
             */
            readonly sessionToken?: string | null;
            /** @description Whether the bucket is named in the path instead of the host name; null for the default. */
            readonly usesPathStyle?: boolean | null;
        });
        /** @description Changes to a folder of an SFTP server. */
        readonly SftpStoreUpdate: {
            readonly kind: "SftpStoreUpdate";
        } & (Omit<components["schemas"]["StoreUpdate"], "kind"> & {
            /** @description Name or address of the server. */
            readonly host?: string;
            /**
             * Format: int32
             * @description Port of the server; null for the default.
             */
            readonly port?: number | null;
            /** @description Folder on the server: absolute, or below the account's own. */
            readonly path?: string;
            /** @description Account that may write there. */
            readonly userName?: string;
            /** @description Fingerprint of the server's key, as ssh-keygen -l prints it; no other server is spoken to. */
            readonly hostKey?: string;
            /**
             * Format: password
             * @description Password of the account. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly password?: string | null;
            /**
             * Format: password
             * @description Private key of the account, as text, instead of a password. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly privateKey?: string | null;
            /**
             * Format: password
             * @description What opens the private key, where it is encrypted. Comes back as null. Leave it out, or null, to keep it while host and account stay.
             */
            readonly privateKeyPassphrase?: string | null;
        });
        /** @description Who can open new backups. A change holds for backups made after it. */
        readonly Encryption: {
            /**
             * @description PreSharedKey only where api-version 2016-05-01 set a key.
             * @enum {string}
             */
            readonly mode?: "Certificate" | "PreSharedKey";
            /** @description Each of them alone can open a backup. */
            readonly recipients?: readonly components["schemas"]["Recipient"][];
        };
        /** @description Whoever has the private key of this certificate. */
        readonly Recipient: {
            /** @description The certificate (public part, DER) in base64: RSA of 2048 bits or more, or EC P-256 or P-384. */
            readonly certificateBase64: string;
            /** @description SHA-1 thumbprint of the certificate: 40 upper-case hexadecimal digits. */
            readonly thumbprint?: string;
            /** @description SHA-256 over the public key, lower-case hexadecimal. */
            readonly keyId?: string;
            /** @description Whose certificate it is. */
            readonly subject?: string;
            /**
             * Format: date-time
             * @description When the certificate ends.
             */
            readonly notAfter?: string;
        };
        /** @description When backups are made. */
        readonly Schedule: {
            /**
             * @description Whether scheduled backups are made.
             * @default false
             */
            readonly isEnabled?: boolean | null;
            /**
             * Format: int32
             * @description Hours from one scheduled backup to the next; null where cron rules.
             * @default 12
             */
            readonly frequencyInHours?: number | null;
            /**
             * Format: date-time
             * @description When the next one is due; goes on while the schedule is off.
             */
            readonly nextBackupTime?: string | null;
            /** @description Instead of a frequency: minute hour day month weekday on the clocks of the time zone, such as 30 2 * * *. The minute is one number. A time the clocks skip comes when they have, one they repeat comes once; hours given by * or a step mean every hour that passes. */
            readonly cron?: string | null;
            /**
             * @description IANA name of the zone of cron and windows.
             * @default UTC
             */
            readonly timeZone?: string | null;
            /** @description When backups may begin; at any time without one. A backup that is due outside waits for the next window. */
            readonly windows?: readonly components["schemas"]["ScheduleWindow"][] | null;
            /** @description When no backup begins. */
            readonly blackouts?: readonly components["schemas"]["ScheduleBlackout"][] | null;
            /**
             * Format: date-time
             * @description Backups that are due before this are not made, nor made up for.
             */
            readonly pausedUntil?: string | null;
            /** @description The last scheduled backup that was not made; null for none. */
            readonly lastSkip?: components["schemas"]["ScheduleSkip"] | null;
        };
        /** @description A stretch of local time that comes back every week; backups begin in it only. */
        readonly ScheduleWindow: {
            /** @description Days it begins on; all when left out. */
            readonly days?: readonly ("Monday" | "Tuesday" | "Wednesday" | "Thursday" | "Friday" | "Saturday" | "Sunday")[] | null;
            /** @description Local time, such as 22:00. */
            readonly start: string;
            /** @description Local time it ends before; not after the start means on the next day. */
            readonly end: string;
        };
        /** @description A time in which no scheduled backup begins; one that is due waits for its end. */
        readonly ScheduleBlackout: {
            /**
             * Format: date-time
             * @description When it begins.
             */
            readonly from: string;
            /**
             * Format: date-time
             * @description When it is over.
             */
            readonly to: string;
            /** @description For people. */
            readonly reason?: string | null;
        };
        /** @description A scheduled backup that was not made. */
        readonly ScheduleSkip: {
            /**
             * Format: date-time
             * @description When it was due.
             */
            readonly tick?: string;
            /**
             * Format: date-time
             * @description When it was skipped.
             */
            readonly time?: string;
            /** @description Why, as a code. */
            readonly code?: string;
            /** @description Why, and what to do. */
            readonly message?: string;
            /** @description What was in the way. */
            readonly operationId?: string | null;
        };
        /** @description How long backups are kept. */
        readonly Retention: {
            /**
             * Format: int32
             * @description Backups not older than this stay, counted from the newest; 0 when age alone keeps none.
             * @default 7
             */
            readonly periodInDays?: number | null;
            /**
             * Format: int32
             * @description The newest good backups. They stay beside what other rules keep.
             * @default 0
             */
            readonly count?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many hours. They stay beside what other rules keep.
             * @default 0
             */
            readonly hourly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many days, in UTC. They stay beside what other rules keep.
             * @default 0
             */
            readonly daily?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many weeks, which begin on Monday. They stay beside what other rules keep.
             * @default 0
             */
            readonly weekly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many months. They stay beside what other rules keep.
             * @default 0
             */
            readonly monthly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many years. They stay beside what other rules keep.
             * @default 0
             */
            readonly yearly?: number | null;
        };
        /** @description Room of a store. */
        readonly Capacity: {
            /**
             * Format: int64
             * @description Bytes that can still be written.
             */
            readonly freeBytes?: number;
            /**
             * Format: int64
             * @description Bytes in all.
             */
            readonly totalBytes?: number;
            /**
             * @description How the room compares with what the location will need.
             * @enum {string}
             */
            readonly level?: "Unknown" | "Enough" | "Low" | "Short";
            /**
             * Format: int64
             * @description Bytes the next backup is expected to add, judged by the last ones.
             */
            readonly nextBackupBytes?: number;
            /**
             * Format: int32
             * @description Days until the next backup would not fit, at the pace of the last ones; absent where retention gives back what comes.
             */
            readonly daysLeft?: number;
        };
        /** @description Changes to a backup location. */
        readonly BackupLocationUpdate: {
            /** @description Full resource id. */
            readonly id?: string;
            /** @description Name of the resource. */
            readonly name?: string;
            /** @description Full resource type. */
            readonly type?: string;
            /** @description Region; may be given, cannot be changed. */
            readonly location?: string;
            /** @description Labels; replace all that were there. */
            readonly tags?: {
                readonly [key: string]: string;
            } | null;
            /** @description Entity tag; ignored here, use If-Match. */
            readonly etag?: string;
            /** @description Who wrote it. */
            readonly systemData?: components["schemas"]["SystemData"];
            readonly properties?: components["schemas"]["BackupLocationUpdateProperties"];
        };
        /** @description Changes to the settings. */
        readonly BackupLocationUpdateProperties: {
            /** @description State of the last change. */
            readonly provisioningState?: string;
            readonly store?: components["schemas"]["StoreUpdate"];
            /** @description The new recipients, all of them. */
            readonly encryption?: components["schemas"]["Encryption"];
            /** @description Changes to the schedule. */
            readonly schedule?: components["schemas"]["ScheduleUpdate"] | null;
            /** @description Changes to the retention. */
            readonly retention?: components["schemas"]["RetentionUpdate"] | null;
            /** @description Room of the store. */
            readonly capacity?: components["schemas"]["Capacity"];
            /**
             * Format: date-time
             * @description When the newest backup ended.
             */
            readonly lastBackupTime?: string | null;
        };
        /** @description Changes to the schedule. */
        readonly ScheduleUpdate: {
            /** @description Whether scheduled backups are made. */
            readonly isEnabled?: boolean | null;
            /**
             * Format: int32
             * @description Hours from one scheduled backup to the next; null where cron rules.
             */
            readonly frequencyInHours?: number | null;
            /**
             * Format: date-time
             * @description When the next one is due.
             */
            readonly nextBackupTime?: string | null;
            /** @description Instead of a frequency: minute hour day month weekday on the clocks of the time zone, such as 30 2 * * *. The minute is one number. A time the clocks skip comes when they have, one they repeat comes once; hours given by * or a step mean every hour that passes. */
            readonly cron?: string | null;
            /** @description IANA name of the zone of cron and windows. */
            readonly timeZone?: string | null;
            /** @description When backups may begin; at any time without one. A backup that is due outside waits for the next window. */
            readonly windows?: readonly components["schemas"]["ScheduleWindow"][] | null;
            /** @description When no backup begins. */
            readonly blackouts?: readonly components["schemas"]["ScheduleBlackout"][] | null;
            /**
             * Format: date-time
             * @description Backups that are due before this are not made, nor made up for.
             */
            readonly pausedUntil?: string | null;
            /** @description The last scheduled backup that was not made; null for none. */
            readonly lastSkip?: components["schemas"]["ScheduleSkip"] | null;
        };
        /** @description Changes to the retention. */
        readonly RetentionUpdate: {
            /**
             * Format: int32
             * @description Backups not older than this stay, counted from the newest; 0 when age alone keeps none.
             */
            readonly periodInDays?: number | null;
            /**
             * Format: int32
             * @description The newest good backups. They stay beside what other rules keep.
             */
            readonly count?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many hours. They stay beside what other rules keep.
             */
            readonly hourly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many days, in UTC. They stay beside what other rules keep.
             */
            readonly daily?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many weeks, which begin on Monday. They stay beside what other rules keep.
             */
            readonly weekly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many months. They stay beside what other rules keep.
             */
            readonly monthly?: number | null;
            /**
             * Format: int32
             * @description One backup of each of as many years. They stay beside what other rules keep.
             */
            readonly yearly?: number | null;
        };
        /** @description Backup locations. */
        readonly BackupLocationList: {
            /** @description The items of this page. */
            readonly value: readonly components["schemas"]["BackupLocation"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description A backup. */
        readonly Backup: components["schemas"]["ProxyResource"] & {
            /** @description The backup in detail. */
            readonly properties?: components["schemas"]["BackupProperties"];
        };
        /** @description A backup in detail. */
        readonly BackupProperties: {
            /** @description State of the resource: Creating while the backup is made, then as it ended. */
            readonly provisioningState?: string;
            /** @description GUID of the backup. */
            readonly backupId?: string;
            /**
             * @description How the backup stands.
             * @enum {string}
             */
            readonly status?: "Queued" | "Running" | "Failed" | "PartialSucceeded" | "Succeeded" | "Canceled" | "Deleted";
            /**
             * Format: date-time
             * @description When it was begun.
             */
            readonly startTime?: string | null;
            /**
             * Format: date-time
             * @description When it ended; null until then.
             */
            readonly endTime?: string | null;
            /** @description Whether the schedule made it. */
            readonly isAutomaticBackup?: boolean;
            /** @description Whether everything needed to rebuild the site is in it. */
            readonly isCloudRecoveryReady?: boolean;
            /** @description Whether all of it is in the store. */
            readonly completelyUploaded?: boolean;
            /** @description GUID of the deployment it is of. */
            readonly deploymentId?: string | null;
            /** @description Version of the deployment. */
            readonly stampVersion?: string | null;
            /** @description Version of the maker's package. */
            readonly oemVersion?: string | null;
            /** @description Repository it lies in. */
            readonly repositoryId?: string | null;
            /** @description Set of recipients it was made for. */
            readonly epochId?: string | null;
            /**
             * Format: int64
             * @description Its place in the repository's ledger.
             */
            readonly sequence?: number | null;
            /** @description Who can open it. */
            readonly recipients?: readonly components["schemas"]["RecipientName"][];
            /** @description How each role did. */
            readonly roles?: readonly components["schemas"]["RoleResult"][];
            /**
             * Format: int64
             * @description Bytes of all contents.
             */
            readonly plainBytes?: number;
            /**
             * Format: int64
             * @description Bytes of contents not stored before.
             */
            readonly newBytes?: number;
            /**
             * Format: int64
             * @description Bytes it added to the store.
             */
            readonly storedBytes?: number;
            /** @description SHA-256 of its manifest, lower-case hexadecimal. */
            readonly manifestHash?: string | null;
            /**
             * @description Trusted: signed by this service; Untrusted: by another; Invalid: does not fit.
             * @enum {string|null}
             */
            readonly signature?: "Trusted" | "Untrusted" | "Invalid" | null;
            /** @description Why it did not succeed. */
            readonly error?: components["schemas"]["ErrorDetail"];
            /** @description Every reason why retention keeps it; empty for one that goes with the next clean-up, and for a run that left nothing in the store. */
            readonly keptBecause?: readonly string[];
            /** @description Who keeps it whatever retention says; null for nobody. */
            readonly pin?: components["schemas"]["BackupPin"] | null;
        };
        /** @description A backup that stays. */
        readonly BackupPin: {
            /** @description Who pinned it. */
            readonly by?: string;
            /**
             * Format: date-time
             * @description When.
             */
            readonly time?: string;
            /** @description Why. */
            readonly reason?: string | null;
        };
        /** @description Who can open a backup. */
        readonly RecipientName: {
            /**
             * @description What kind of key.
             * @enum {string}
             */
            readonly kind?: "Certificate" | "PreSharedKey";
            /** @description SHA-1 thumbprint of the certificate: 40 upper-case hexadecimal digits. */
            readonly thumbprint?: string;
            /** @description SHA-256 over the public key, lower-case hexadecimal. */
            readonly keyId?: string;
            /** @description Whose certificate it is. */
            readonly subject?: string;
            /**
             * Format: date-time
             * @description When the certificate ends.
             */
            readonly notAfter?: string;
        };
        /** @description How one role did. */
        readonly RoleResult: {
            /** @description Name of the role. */
            readonly name?: string;
            /**
             * @description How it ended.
             * @enum {string}
             */
            readonly status?: "Queued" | "Running" | "Succeeded" | "PartialSucceeded" | "Failed" | "Skipped";
            /** @description Whether the backup fails without it. */
            readonly required?: boolean;
            /** @description Whether a site cannot be rebuilt without it. */
            readonly essential?: boolean;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            readonly startTime?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            readonly endTime?: string | null;
            /**
             * Format: int64
             * @description Files.
             */
            readonly files?: number;
            /**
             * Format: int64
             * @description Folders.
             */
            readonly directories?: number;
            /**
             * Format: int64
             * @description Links and other entries.
             */
            readonly otherEntries?: number;
            /**
             * Format: int64
             * @description Bytes of all contents.
             */
            readonly plainBytes?: number;
            /**
             * Format: int64
             * @description Bytes not stored before.
             */
            readonly newBytes?: number;
            /**
             * Format: int64
             * @description Warnings.
             */
            readonly warnings?: number;
            /** @description Why it did not succeed. */
            readonly error?: components["schemas"]["ErrorDetail"];
        };
        /** @description Backups. */
        readonly BackupList: {
            /** @description The items of this page. */
            readonly value: readonly components["schemas"]["Backup"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description What to restore, where to, and how to open it. */
        readonly RestoreOptions: {
            /** @description Folder to restore into: an absolute path of the machine that the service runs on. */
            readonly targetPath: string;
            /**
             * @description Go on though the folder is not empty.
             * @default false
             */
            readonly overwrite?: boolean;
            /** @description Roles to restore; none for all. */
            readonly roleNames?: readonly string[];
            /**
             * Format: password
             * @description The .pfx file with the private key; needed where content is opened.
             */
            readonly decryptionCertBase64?: string | null;
            /**
             * Format: password
             * @description Password of the .pfx file.
             */
            readonly decryptionCertPassword?: string | null;
        };
        /** @description What was restored. */
        readonly RestoreResult: {
            /** @description GUID of the backup. */
            readonly backupId?: string;
            /** @description Each role. */
            readonly roles?: readonly components["schemas"]["RestoredRole"][];
            /**
             * Format: int64
             * @description Files.
             */
            readonly files?: number;
            /**
             * Format: int64
             * @description Bytes.
             */
            readonly bytes?: number;
            /** @description What could not be restored as it was. */
            readonly warnings?: readonly components["schemas"]["RestoreWarning"][];
            /** @description How long it took, as an ISO 8601 duration. */
            readonly duration?: string;
        };
        /** @description A restored role. */
        readonly RestoredRole: {
            /** @description Name of the role. */
            readonly name?: string;
            /**
             * Format: int64
             * @description Files.
             */
            readonly files?: number;
            /**
             * Format: int64
             * @description Bytes.
             */
            readonly bytes?: number;
            /**
             * Format: int64
             * @description Warnings.
             */
            readonly warnings?: number;
        };
        /** @description Something that could not be restored as it was. */
        readonly RestoreWarning: {
            /** @description Where. */
            readonly path?: string;
            /** @description What, for programs. */
            readonly code?: string;
            /** @description What, for people. */
            readonly message?: string;
        };
        /** @description How to make a backup. */
        readonly CreateBackupOptions: {
            /**
             * @description Reads every file again, also those that look unchanged.
             * @default false
             */
            readonly rescan?: boolean | null;
        };
        /** @description How deep to look. */
        readonly VerifyOptions: {
            /**
             * @description Structure: signatures, order and presence; Ciphertext: also every stored byte; Content: also opens everything, which needs the private key.
             * @default Ciphertext
             * @enum {string}
             */
            readonly depth?: "Structure" | "Ciphertext" | "Content";
            readonly subset?: components["schemas"]["VerifySubset"];
            /**
             * Format: password
             * @description The .pfx file with the private key; needed where content is opened.
             */
            readonly decryptionCertBase64?: string | null;
            /**
             * Format: password
             * @description Password of the .pfx file.
             */
            readonly decryptionCertPassword?: string | null;
        };
        /** @description Which part of the packs to read: runs of part 1 to the count read each of them once. All else is looked at every time. */
        readonly VerifySubset: {
            /**
             * Format: int32
             * @description This part, counted from 1.
             */
            readonly part: number;
            /**
             * Format: int32
             * @description How many parts there are.
             */
            readonly of: number;
        };
        /** @description What a check found. */
        readonly VerifyResult: {
            /** @description How deep it looked. */
            readonly depth?: string;
            /** @description Which part of the packs was read; absent when all were. */
            readonly subset?: {
                /**
                 * Format: int32
                 * @description This part, counted from 1.
                 */
                readonly part?: number;
                /**
                 * Format: int32
                 * @description How many parts there are.
                 */
                readonly of?: number;
            };
            /** @description Whether nothing was found. */
            readonly isHealthy?: boolean;
            /**
             * Format: int64
             * @description Backups checked.
             */
            readonly backups?: number;
            /**
             * Format: int64
             * @description Objects checked.
             */
            readonly objects?: number;
            /**
             * Format: int64
             * @description Bytes read.
             */
            readonly bytes?: number;
            /** @description What is wrong. */
            readonly findings?: readonly components["schemas"]["VerifyFinding"][];
            /** @description Backups whose content the key does not open: only their stored bytes were checked. Absent when there are none. */
            readonly unopenedBackups?: readonly components["schemas"]["UnopenedBackups"][];
            /** @description How long it took, as an ISO 8601 duration. */
            readonly duration?: string;
        };
        /** @description Backups that were encrypted to others than the key given. */
        readonly UnopenedBackups: {
            /** @description The set of keys that they share. */
            readonly epochId?: string;
            /** @description Whose private keys open them. */
            readonly recipients?: readonly components["schemas"]["RecipientName"][];
            /** @description Ids of the backups. */
            readonly backups?: readonly string[];
        };
        /** @description Something wrong in a store. */
        readonly VerifyFinding: {
            /** @description What, for programs. */
            readonly code?: string;
            /** @description Where. */
            readonly object?: string;
            /** @description What, for people. */
            readonly message?: string;
            /** @description Backups that cannot be restored whole because of it. */
            readonly backups?: readonly string[];
        };
        /** @description How a try-out of a store went. */
        readonly StoreCheck: {
            /** @description Whether no step failed. */
            readonly isUsable?: boolean;
            /** @description Each step, in the order it was taken. */
            readonly steps?: readonly components["schemas"]["StoreCheckStep"][];
            /**
             * Format: int64
             * @description Bytes that can still be written, where the store tells.
             */
            readonly freeBytes?: number;
            /**
             * Format: int64
             * @description Bytes in all, where the store tells.
             */
            readonly totalBytes?: number;
        };
        /** @description One thing that a store must do. */
        readonly StoreCheckStep: {
            /**
             * @description Which step.
             * @enum {string}
             */
            readonly name?: "Reach" | "SignIn" | "Encryption" | "Write" | "ReadBack" | "List" | "ConditionalCreate" | "Delete" | "FreeSpace" | "ClockSkew" | "NewestBackup" | "Lease";
            /**
             * @description How it went; a warning does not keep the store from being used.
             * @enum {string}
             */
            readonly status?: "Passed" | "Warning" | "Failed" | "Skipped";
            /** @description Why it failed or what it warns of, for programs. */
            readonly code?: string;
            /** @description What was seen and what to do, for people. */
            readonly message?: string;
        };
        /** @description How to prune. */
        readonly PruneOptions: {
            /**
             * @description Default removes; DryRun only lists.
             * @default Default
             * @enum {string|null}
             */
            readonly operationType?: "Default" | "DryRun" | null;
            /**
             * @description Also removes the backups that the retention of the location keeps no longer; never the newest, the last good one or one with a pin.
             * @default false
             */
            readonly applyRetention?: boolean | null;
        };
        /** @description What pruning found. */
        readonly PruneResult: {
            /** @description What was asked for. */
            readonly operationType?: string;
            /** @description Paths in the store, with forward slashes: deleted, or marked to be deleted by a prune a day later. */
            readonly pathsToDelete?: readonly string[];
            /** @description Backups that were, or would be, removed. */
            readonly backupsToDelete?: readonly string[];
            /**
             * Format: int64
             * @description Bytes that were, or would be, freed at once.
             */
            readonly bytesFreedNow?: number;
            /**
             * Format: int64
             * @description Bytes of what is marked and waits.
             */
            readonly bytesFreedLater?: number;
        };
        /** @description What to look ahead at. */
        readonly SchedulePreviewOptions: {
            /** @description Changes to try; none shows the schedule in force. */
            readonly schedule?: components["schemas"]["ScheduleUpdate"];
            /**
             * Format: int32
             * @description How many backups to show.
             * @default 10
             */
            readonly count?: number | null;
        };
        /** @description The backups a schedule makes next. */
        readonly SchedulePreview: {
            /** @description Whether they will be made. */
            readonly isEnabled?: boolean;
            /** @description Zone of the local times. */
            readonly timeZone?: string;
            /** @description The next ones. */
            readonly runs?: readonly components["schemas"]["ScheduledRun"][];
        };
        /** @description A backup to come. */
        readonly ScheduledRun: {
            /**
             * Format: date-time
             * @description When it is due.
             */
            readonly tick?: string;
            /**
             * Format: date-time
             * @description When it begins: later than the tick where windows, blackouts or a pause are in the way.
             */
            readonly time?: string;
            /** @description The same on the clocks of the time zone. */
            readonly localTime?: string;
        };
        /** @description How to pin. */
        readonly PinOptions: {
            /** @description Why it is to stay, for people. */
            readonly reason?: string | null;
        };
        /** @description Which retention to try. */
        readonly RetentionPreviewOptions: {
            /** @description Changes to try; none shows the retention in force. */
            readonly retention?: components["schemas"]["RetentionUpdate"];
        };
        /** @description What retention keeps and removes, newest first. */
        readonly RetentionPreview: {
            /** @description Backups that stay. */
            readonly keep?: readonly components["schemas"]["KeptBackup"][];
            /** @description Backups that go with the next clean-up. */
            readonly remove?: readonly components["schemas"]["RemovedBackup"][];
        };
        /** @description A backup and what becomes of it. */
        readonly KeptBackup: {
            /** @description GUID of the backup. */
            readonly backupId?: string;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            readonly startTime?: string;
            /** @description How it stands. */
            readonly status?: string;
            /** @description Every reason. */
            readonly keptBecause?: readonly string[];
        };
        /** @description A backup and what becomes of it. */
        readonly RemovedBackup: {
            /** @description GUID of the backup. */
            readonly backupId?: string;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            readonly startTime?: string;
            /** @description How it stands. */
            readonly status?: string;
            /** @description Why it goes. */
            readonly reason?: string;
        };
        /** @description Where to copy, and which backups. */
        readonly CopyOptions: {
            /** @description A backup location of the same resource group: with a store of its own, which is empty or holds earlier copies, and without encryption, for copies keep that of the backup. */
            readonly targetLocationName: string;
            /** @description Only these backups; all when left out. */
            readonly backupIds?: readonly string[] | null;
            /**
             * @description How the copy is checked in the end. Structure: signatures, order and presence, for what was written was read back; Ciphertext: also every stored byte of earlier copies.
             * @default Structure
             * @enum {string}
             */
            readonly depth?: "Structure" | "Ciphertext";
        };
        /** @description What a copy brought. */
        readonly CopyResult: {
            /** @description Where the copies are. */
            readonly targetLocationName?: string;
            /** @description Which repository both stores hold. */
            readonly repositoryId?: string;
            /** @description Backups that were not there before. */
            readonly copiedBackups?: readonly string[];
            /** @description Backups that were there already. */
            readonly presentBackups?: readonly string[];
            /**
             * Format: int64
             * @description Objects written.
             */
            readonly objects?: number;
            /**
             * Format: int64
             * @description Bytes written.
             */
            readonly bytes?: number;
            /** @description What the check of the target found. */
            readonly verification?: components["schemas"]["VerifyResult"];
        };
        /** @description What a template would deploy. */
        readonly PreflightRequest: {
            /** @description The resources: name, type, location, apiVersion and the rest of what PUT takes. */
            readonly resources: readonly {
                readonly [key: string]: unknown;
            }[];
        };
        /** @description Whether the resources could be deployed. */
        readonly PreflightResult: {
            /**
             * @description The verdict.
             * @enum {string}
             */
            readonly status: "Succeeded" | "Failed";
            /** @description What is wrong; only after Failed. */
            readonly error?: components["schemas"]["ErrorDetail"];
        };
        /** @description A move. */
        readonly MoveRequest: {
            /** @description Id of the group to move to. */
            readonly targetResourceGroup: string;
            /** @description Ids of what should move. */
            readonly resources: readonly string[];
        };
        /** @description The hash-chained log of every write and every denial. */
        readonly AuditLog: {
            /** @description Its ARM id. */
            readonly id?: string;
            /** @description Always default. */
            readonly name?: string;
            /** @description Microsoft.Backup.Admin/auditLogs. */
            readonly type?: string;
            readonly properties?: components["schemas"]["AuditLogProperties"];
        };
        /** @description Where the log begins and ends. */
        readonly AuditLogProperties: {
            /**
             * Format: int64
             * @description Number of its oldest record; older ones were removed after their time.
             */
            readonly firstSequence?: number;
            /**
             * Format: int64
             * @description Number of its newest record; 0 when there is none.
             */
            readonly lastSequence?: number;
            /** @description Hash of the newest record: note it, and a log that is cut later shows. */
            readonly lastHash?: string;
            /** @description Ed25519 key (SubjectPublicKeyInfo, base64) that all records are signed with. */
            readonly publicKey?: string;
        };
        /** @description One record of the audit log. */
        readonly AuditRecord: {
            /**
             * Format: int64
             * @description From 1 on, without gaps.
             */
            readonly sequence?: number;
            /** @description When, in UTC. */
            readonly time?: string;
            /** @description Started: a write is about to be done. Ended: the same, answered. Refused: a write that never began. Denied: somebody who may not. DeniedAgain: more of these, counted. Trimmed: older records were removed. */
            readonly event?: string;
            /** @description x-ms-request-id of the request. */
            readonly requestId?: string;
            /** @description Its x-ms-correlation-request-id. */
            readonly correlationId?: string;
            /** @description Its x-ms-client-request-id. */
            readonly clientRequestId?: string;
            /** @description Where the connection came from. */
            readonly address?: string;
            /** @description Where the front door says its user is. */
            readonly clientAddress?: string;
            /** @description Who asked; absent for a stranger. */
            readonly principalId?: string;
            /** @description The name of who asked. */
            readonly principalName?: string;
            /** @description How they signed in. */
            readonly principalKind?: string;
            /** @description The tenant of who asked. */
            readonly tenantId?: string;
            /** @description The verb. */
            readonly method?: string;
            /** @description What was asked for. */
            readonly resource?: string;
            /** @description The same as a template. */
            readonly route?: string;
            /** @description The api-version. */
            readonly apiVersion?: string;
            /** @description The body as JSON; secrets and long texts as keyed hashes. */
            readonly content?: string;
            /**
             * Format: int32
             * @description The status of the answer.
             */
            readonly status?: number;
            /** @description The error code of the answer. */
            readonly errorCode?: string;
            /** @description The operation that was started. */
            readonly operationId?: string;
            /**
             * Format: int64
             * @description How many denials were counted into this record.
             */
            readonly repeated?: number;
            /**
             * Format: int64
             * @description The oldest record that was not removed.
             */
            readonly keptFrom?: number;
            /** @description The hash before that record. */
            readonly keptHash?: string;
            /** @description Hash of the record before; zeros for the first. */
            readonly previousHash?: string;
            /** @description SHA-256, in hex, of "holdfast audit v1", a line end, and the JSON of all other properties but the signature as a list of [name, value] in the order of their names. */
            readonly hash?: string;
            /** @description Ed25519 over the bytes of the hash, base64url. */
            readonly signature?: string;
        };
        /** @description A page of records. */
        readonly AuditRecordList: {
            /** @description The records. */
            readonly value?: readonly components["schemas"]["AuditRecord"][];
            /** @description Address of the next page; null on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description Something that an administrator has to know. */
        readonly Alert: components["schemas"]["ProxyResource"] & {
            /** @description The alert in detail. */
            readonly properties?: components["schemas"]["AlertProperties"];
        };
        /** @description What is wrong, why, and what to do. */
        readonly AlertProperties: {
            /** @description Which alert it is, for programs; stable. */
            readonly alertTypeId?: string;
            /** @description At most one alert of a family is open at a time. */
            readonly family?: string;
            /**
             * @description Critical: act now. Warning: plan it.
             * @enum {string}
             */
            readonly severity?: "Critical" | "Warning";
            /**
             * @description Whether its cause is still there.
             * @enum {string}
             */
            readonly state?: "Active" | "Closed";
            /** @description In one line. */
            readonly title?: string;
            /** @description What is wrong. */
            readonly cause?: string;
            /** @description Where in the work it shows. */
            readonly step?: string;
            /** @description What the system said. */
            readonly error?: components["schemas"]["AlertError"];
            /** @description What to do, in this order. */
            readonly remediation?: readonly string[];
            /** @description The command that shows whether the cause is gone. */
            readonly probe?: string;
            /** @description Particulars by name. */
            readonly details?: {
                readonly [key: string]: string;
            };
            /** @description The location it is about. */
            readonly impactedResourceId?: string;
            /**
             * Format: date-time
             * @description When it was found.
             */
            readonly openedTime?: string;
            /**
             * Format: date-time
             * @description When it was last found still there.
             */
            readonly updatedTime?: string;
            /**
             * Format: date-time
             * @description When it was closed.
             */
            readonly closedTime?: string | null;
            /** @description Who closed it by hand; null when its cause went away. */
            readonly closedBy?: string | null;
        };
        /** @description An error as the system told it. */
        readonly AlertError: {
            /** @description Its code. */
            readonly code?: string;
            /** @description Its words. */
            readonly message?: string;
        };
        /** @description Alerts. */
        readonly AlertList: {
            /** @description The items of this page. */
            readonly value: readonly components["schemas"]["Alert"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description What is expected of a location. */
        readonly MonitoringSettings: components["schemas"]["ProxyResource"] & {
            /** @description The settings. */
            readonly properties?: components["schemas"]["MonitoringProperties"];
        };
        /** @description Limits beyond which an alert is raised. */
        readonly MonitoringProperties: {
            /** @description State of the resource; always Succeeded, for a change is done when it is answered. */
            readonly provisioningState?: string;
            /**
             * Format: int32
             * @description Longest age of the newest recovery-ready backup; null: twice the frequency of the schedule.
             */
            readonly recoveryPointTargetInHours?: number | null;
            /**
             * Format: int32
             * @description Longest time between restores or checks of content; 0 for never asked.
             * @default 90
             */
            readonly drillTargetInDays?: number | null;
            /**
             * Format: int32
             * @description How long before its end a certificate is told of.
             * @default 30
             */
            readonly certificateWarningInDays?: number | null;
            /**
             * Format: int32
             * @description Change from the usual size that is told of; 0 for never.
             * @default 50
             */
            readonly sizeChangeInPercent?: number | null;
        };
        /** @description A way that messages take. */
        readonly NotificationRoute: components["schemas"]["ProxyResource"] & {
            /** @description The route in detail. */
            readonly properties: components["schemas"]["NotificationRouteProperties"];
        };
        /** @description Where messages go, and which. */
        readonly NotificationRouteProperties: {
            /** @description State of the resource; always Succeeded, for a change is done when it is answered. */
            readonly provisioningState?: string;
            /**
             * @description What receives them.
             * @enum {string}
             */
            readonly kind: "Webhook" | "Email" | "Syslog" | "Heartbeat";
            /**
             * @description False sends nothing.
             * @default true
             */
            readonly isEnabled?: boolean;
            /** @description Alerts of these severities; both unless told. */
            readonly severities?: readonly ("Critical" | "Warning")[];
            /** @description Alerts; Backups: every ended backup; Audit: every write and denial (syslog only). Alerts unless told; a heartbeat is sent after every recovery-ready backup and for nothing else. */
            readonly events?: readonly ("Alerts" | "Backups" | "Audit")[];
            /**
             * Format: password
             * @description Of a webhook or heartbeat: an https address. Comes back as null. Leave it out to keep it.
             */
            readonly targetUrl?: string | null;
            /** @description Scheme, host and port of that address. */
            readonly targetOrigin?: string | null;
            /**
             * Format: password
             * @description Of a webhook: signs each message (HMAC-SHA-256). At least 16 characters. Comes back as null. Leave it out to keep it while the host stays.
             */
            readonly signingSecret?: string | null;
            /**
             * @description Of a heartbeat: how it is sent.
             * @default POST
             * @enum {string}
             */
            readonly method?: "GET" | "POST";
            /** @description Of mail or syslog: the server. */
            readonly host?: string | null;
            /**
             * Format: int32
             * @description Of mail or syslog: its port; the usual one unless told.
             */
            readonly port?: number | null;
            /**
             * @description Of mail: Tls from the first byte, or StartTls; None only for listed hosts and without a password. Of syslog: Tls, Tcp or Udp.
             * @enum {string}
             */
            readonly security?: "Tls" | "StartTls" | "None" | "Tcp" | "Udp";
            /** @description Of mail: the account. */
            readonly userName?: string | null;
            /**
             * Format: password
             * @description Of mail: its password. Comes back as null. Leave it out to keep it while host and account stay.
             */
            readonly password?: string | null;
            /** @description Of mail: the sender's address. */
            readonly from?: string | null;
            /** @description Of mail: the receivers' addresses. */
            readonly to?: readonly string[];
            /**
             * Format: date-time
             * @description When a message last arrived.
             */
            readonly lastDelivered?: string | null;
            /** @description Why the last message was given up; absent when one has arrived since. */
            readonly lastError?: components["schemas"]["AlertError"];
        };
        /** @description Routes. */
        readonly NotificationRouteList: {
            /** @description The items of this page. */
            readonly value: readonly components["schemas"]["NotificationRoute"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description How a test message fared. */
        readonly NotificationTestResult: {
            /** @description Whether the receiver took it. */
            readonly isDelivered?: boolean;
            /** @description Why not, for programs. */
            readonly code?: string;
            /** @description Why not and what to do, for people. */
            readonly message?: string;
        };
        /** @description A message that could not be delivered. */
        readonly DeadLetter: {
            /** @description GUID of the message. */
            readonly id?: string;
            /** @description The route it was to take. */
            readonly route?: string;
            /** @description What it tells of. */
            readonly event?: string;
            /** @description How grave that is. */
            readonly severity?: string;
            /** @description In one line. */
            readonly title?: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            readonly createdTime?: string;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            readonly givenUpTime?: string;
            /** @description Why. */
            readonly error?: components["schemas"]["AlertError"];
        };
        /** @description Messages that could not be delivered. */
        readonly DeadLetterList: {
            /** @description The items of this page. */
            readonly value: readonly components["schemas"]["DeadLetter"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description How the service and its locations are. */
        readonly Diagnosis: {
            /**
             * @description The worst of all checks.
             * @enum {string}
             */
            readonly status?: "Passed" | "Warning" | "Failed";
            /**
             * Format: date-time
             * @description When it was looked.
             */
            readonly checkedTime?: string;
            /** @description What was looked at: the service first, then location by location. */
            readonly checks?: readonly components["schemas"]["DiagnosisCheck"][];
        };
        /** @description One thing that was looked at. */
        readonly DiagnosisCheck: {
            /** @description What was looked at; stable, for programs. */
            readonly name?: string;
            /** @description The location it is about; absent for the service itself. */
            readonly resourceId?: string;
            /**
             * @description How it is.
             * @enum {string}
             */
            readonly status?: "Passed" | "Warning" | "Failed";
            /** @description The alert or error behind it, for programs. */
            readonly code?: string;
            /** @description What was seen, for people. */
            readonly message?: string;
            /** @description What to do, in this order; empty when all is well. */
            readonly remediation?: readonly string[];
            /** @description The command that shows whether the cause is gone. */
            readonly probe?: string;
        };
        /** @description What was written down while an operation ran. Beyond four hundred lines those in the middle are left out: their numbers are missing. */
        readonly OperationLog: {
            /** @description The lines that are kept, oldest first. */
            readonly value?: readonly components["schemas"]["OperationLogLine"][];
            /** @description Never set: a log is one page. */
            readonly nextLink?: string | null;
        };
        /** @description One line. */
        readonly OperationLogLine: {
            /**
             * Format: int32
             * @description Counts the lines of the operation from 1.
             */
            readonly sequence?: number;
            /**
             * Format: date-time
             * @description When it was written.
             */
            readonly timestamp?: string;
            /**
             * @description How grave it is.
             * @enum {string}
             */
            readonly level?: "Error" | "Warning" | "Information";
            /** @description What happened. */
            readonly message?: string;
            /** @description Particulars by name. */
            readonly details?: {
                readonly [key: string]: string;
            };
        };
        /** @description How far an operation is, with the roles of a backup that runs. */
        readonly OperationStatus: {
            /** @description Path of this status. */
            readonly id?: string;
            /** @description GUID of the operation. */
            readonly name?: string;
            /** @description The resource it works on. */
            readonly resourceId?: string;
            /**
             * @description Where it stands; the last three are final.
             * @enum {string}
             */
            readonly status: "Accepted" | "Running" | "Succeeded" | "Failed" | "Canceled";
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            readonly startTime?: string;
            /**
             * Format: date-time
             * @description When it ended; only in a final state.
             */
            readonly endTime?: string;
            /** @description How much is done; never falls. */
            readonly percentComplete?: number;
            /** @description What is being done, for people. */
            readonly progress?: string;
            /** @description The roles of a backup while it runs, in the order they are copied. */
            readonly roles?: readonly components["schemas"]["RoleProgress"][];
            /** @description Outcome; only after success. */
            readonly properties?: {
                readonly [key: string]: unknown;
            };
            /** @description Why it ended without success. */
            readonly error?: components["schemas"]["ErrorDetail"];
        };
        /** @description How far one role of a backup is. */
        readonly RoleProgress: {
            /** @description The role. */
            readonly name: string;
            /**
             * @description Waiting and Copying, then how it ended.
             * @enum {string}
             */
            readonly status: "Waiting" | "Copying" | "Succeeded" | "PartialSucceeded" | "Failed" | "Skipped";
            /**
             * Format: int64
             * @description Files that were looked at.
             */
            readonly filesDone: number;
            /**
             * Format: int64
             * @description Bytes of them.
             */
            readonly bytesDone: number;
            /**
             * Format: int64
             * @description Files it had in the newest backup; absent when it is new.
             */
            readonly filesTotal?: number;
            /**
             * Format: int64
             * @description Bytes it had in the newest backup; absent when it is new.
             */
            readonly bytesTotal?: number;
        };
        /** @description What a provider can do. */
        readonly OperationListResult: {
            /** @description The entries of this page. */
            readonly value?: readonly components["schemas"]["Operation"][];
            /** @description Address of the next page; null on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description One thing a provider can do. */
        readonly Operation: {
            /** @description Name as access rules write it. */
            readonly name?: string;
            /** @description The same in words. */
            readonly display?: components["schemas"]["OperationDisplay"];
        };
        /** @description An operation in words. */
        readonly OperationDisplay: {
            /** @description Whose operation. */
            readonly provider?: string;
            /** @description On what. */
            readonly resource?: string;
            /** @description What is done. */
            readonly operation?: string;
            /** @description A sentence about it. */
            readonly description?: string;
        };
        /** @description Every failure has this body. */
        readonly ErrorResponse: {
            readonly error?: components["schemas"]["ErrorDetail"];
        };
        /** @description What went wrong. */
        readonly ErrorDetail: {
            /** @description Stable name of the failure, for programs. */
            readonly code?: string;
            /** @description What happened and what to do, for people. */
            readonly message?: string;
            /** @description The property, parameter or resource it is about. */
            readonly target?: string;
            /** @description The single failures behind it. */
            readonly details?: readonly components["schemas"]["ErrorDetail"][];
            /** @description Facts about it, for programs. */
            readonly additionalInfo?: readonly components["schemas"]["ErrorAdditionalInfo"][];
        };
        /** @description One fact about a failure. */
        readonly ErrorAdditionalInfo: {
            /** @description What kind of fact. */
            readonly type?: string;
            /** @description The fact itself. */
            readonly info?: {
                readonly [key: string]: unknown;
            };
        };
        /** @description What a poll of a result address brings: the resource or the action's result once it is there; with IsAsyncOperation=1 the state with the resource's properties. Null for an action without a result. */
        readonly OperationResult: ({
            /** @description Accepted, Succeeded, Failed or Canceled; only with IsAsyncOperation=1. */
            readonly status?: string;
            /** @description Id of the resource, not of the operation. */
            readonly id?: string;
            /** @description Name of the resource. */
            readonly name?: string;
            /** @description Full resource type. */
            readonly type?: string;
            /** @description Region of the resource. */
            readonly location?: string;
            /** @description Labels of the resource. */
            readonly tags?: {
                readonly [key: string]: string;
            };
            /** @description Properties of the resource, or the state alone while the operation runs. */
            readonly properties?: {
                readonly [key: string]: unknown;
            };
            /** @description Why it ended without success. */
            readonly error?: components["schemas"]["ErrorDetail"];
        } & {
            readonly [key: string]: unknown;
        }) | null;
        /** @description A resource of a region, with tags. */
        readonly TrackedResource: components["schemas"]["Resource"] & {
            /** @description Region the resource lives in; fixed once set. */
            readonly location: string;
            /** @description Labels: names and values. */
            readonly tags?: {
                readonly [key: string]: string;
            } | null;
            /** @description Entity tag of this state of the resource; the same as the header. */
            readonly etag?: string;
            /** @description Who wrote it. */
            readonly systemData?: components["schemas"]["SystemData"];
        };
        /** @description What every resource has. */
        readonly Resource: {
            /** @description Full resource id. */
            readonly id?: string;
            /** @description Name of the resource. */
            readonly name?: string;
            /** @description Full resource type. */
            readonly type?: string;
        };
        /** @description Who wrote the resource and when, as the front door tells it. */
        readonly SystemData: {
            /** @description Who made it. */
            readonly createdBy?: string;
            /** @description What kind of caller made it: User, Application, ManagedIdentity, Key or a newer one. */
            readonly createdByType?: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            readonly createdAt?: string;
            /** @description Who changed it last. */
            readonly lastModifiedBy?: string;
            /** @description What kind of caller changed it last. */
            readonly lastModifiedByType?: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            readonly lastModifiedAt?: string;
        };
        /** @description A resource below another one, without tags or region. */
        readonly ProxyResource: components["schemas"]["Resource"] & {
            /** @description Who wrote it. */
            readonly systemData?: components["schemas"]["SystemData"];
        };
    };
    responses: never;
    parameters: {
        /** @description GUID of the backup. */
        readonly BackupParameter: string;
        /** @description How many items a page has at most. */
        readonly TopParameter: number;
        /** @description How many items to leave out first. */
        readonly SkipParameter: number;
        /** @description Where the next page starts, as nextLink gave it. */
        readonly SkipTokenParameter: string;
        /** @description Comparisons of status, isAutomaticBackup, startTime or endTime, joined by and: status eq 'Succeeded' and startTime ge 2026-03-01. */
        readonly FilterParameter: string;
        /** @description One of status, isAutomaticBackup, startTime or endTime, with asc or desc. */
        readonly OrderByParameter: string;
        /** @description GUID of the alert. */
        readonly AlertParameter: string;
        /** @description Comparisons of state, severity, family, alertTypeId, openedTime or closedTime, joined by and: state eq 'Active' and severity eq 'Critical'. */
        readonly AlertFilterParameter: string;
        /** @description Always default. */
        readonly MonitoringParameter: string;
        /** @description Name of the route: letters, digits, - and _. */
        readonly RouteParameter: string;
        /** @description Version of the contract that the caller speaks. */
        readonly ApiVersion: string;
        /** @description GUID of the subscription. */
        readonly SubscriptionId: string;
        /** @description Name of the resource group; case does not matter. */
        readonly ResourceGroupName: string;
        /** @description Name of the backup location; case does not matter. */
        readonly Location: string;
        /** @description Go on only while the resource still has this entity tag. */
        readonly IfMatch: string;
        /** @description With `*`: go on only if the resource does not exist yet. */
        readonly IfNoneMatch: string;
        /** @description GUID of the operation, as the poll address gave it. */
        readonly OperationId: string;
    };
    requestBodies: {
        /** @description How deep to look. */
        readonly VerifyOptions: {
            readonly content: {
                readonly "application/json": components["schemas"]["VerifyOptions"];
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type BackupLocation = components['schemas']['BackupLocation'];
export type BackupLocationProperties = components['schemas']['BackupLocationProperties'];
export type Store = components['schemas']['Store'];
export type LocalStore = components['schemas']['LocalStore'];
export type SmbStore = components['schemas']['SmbStore'];
export type AzureBlobStore = components['schemas']['AzureBlobStore'];
export type S3Store = components['schemas']['S3Store'];
export type SftpStore = components['schemas']['SftpStore'];
export type StoreUpdate = components['schemas']['StoreUpdate'];
export type LocalStoreUpdate = components['schemas']['LocalStoreUpdate'];
export type SmbStoreUpdate = components['schemas']['SmbStoreUpdate'];
export type AzureBlobStoreUpdate = components['schemas']['AzureBlobStoreUpdate'];
export type S3StoreUpdate = components['schemas']['S3StoreUpdate'];
export type SftpStoreUpdate = components['schemas']['SftpStoreUpdate'];
export type Encryption = components['schemas']['Encryption'];
export type Recipient = components['schemas']['Recipient'];
export type Schedule = components['schemas']['Schedule'];
export type ScheduleWindow = components['schemas']['ScheduleWindow'];
export type ScheduleBlackout = components['schemas']['ScheduleBlackout'];
export type ScheduleSkip = components['schemas']['ScheduleSkip'];
export type Retention = components['schemas']['Retention'];
export type Capacity = components['schemas']['Capacity'];
export type BackupLocationUpdate = components['schemas']['BackupLocationUpdate'];
export type BackupLocationUpdateProperties = components['schemas']['BackupLocationUpdateProperties'];
export type ScheduleUpdate = components['schemas']['ScheduleUpdate'];
export type RetentionUpdate = components['schemas']['RetentionUpdate'];
export type BackupLocationList = components['schemas']['BackupLocationList'];
export type Backup = components['schemas']['Backup'];
export type BackupProperties = components['schemas']['BackupProperties'];
export type BackupPin = components['schemas']['BackupPin'];
export type RecipientName = components['schemas']['RecipientName'];
export type RoleResult = components['schemas']['RoleResult'];
export type BackupList = components['schemas']['BackupList'];
export type RestoreOptions = components['schemas']['RestoreOptions'];
export type RestoreResult = components['schemas']['RestoreResult'];
export type RestoredRole = components['schemas']['RestoredRole'];
export type RestoreWarning = components['schemas']['RestoreWarning'];
export type CreateBackupOptions = components['schemas']['CreateBackupOptions'];
export type VerifyOptions = components['schemas']['VerifyOptions'];
export type VerifySubset = components['schemas']['VerifySubset'];
export type VerifyResult = components['schemas']['VerifyResult'];
export type UnopenedBackups = components['schemas']['UnopenedBackups'];
export type VerifyFinding = components['schemas']['VerifyFinding'];
export type StoreCheck = components['schemas']['StoreCheck'];
export type StoreCheckStep = components['schemas']['StoreCheckStep'];
export type PruneOptions = components['schemas']['PruneOptions'];
export type PruneResult = components['schemas']['PruneResult'];
export type SchedulePreviewOptions = components['schemas']['SchedulePreviewOptions'];
export type SchedulePreview = components['schemas']['SchedulePreview'];
export type ScheduledRun = components['schemas']['ScheduledRun'];
export type PinOptions = components['schemas']['PinOptions'];
export type RetentionPreviewOptions = components['schemas']['RetentionPreviewOptions'];
export type RetentionPreview = components['schemas']['RetentionPreview'];
export type KeptBackup = components['schemas']['KeptBackup'];
export type RemovedBackup = components['schemas']['RemovedBackup'];
export type CopyOptions = components['schemas']['CopyOptions'];
export type CopyResult = components['schemas']['CopyResult'];
export type PreflightRequest = components['schemas']['PreflightRequest'];
export type PreflightResult = components['schemas']['PreflightResult'];
export type MoveRequest = components['schemas']['MoveRequest'];
export type AuditLog = components['schemas']['AuditLog'];
export type AuditLogProperties = components['schemas']['AuditLogProperties'];
export type AuditRecord = components['schemas']['AuditRecord'];
export type AuditRecordList = components['schemas']['AuditRecordList'];
export type Alert = components['schemas']['Alert'];
export type AlertProperties = components['schemas']['AlertProperties'];
export type AlertError = components['schemas']['AlertError'];
export type AlertList = components['schemas']['AlertList'];
export type MonitoringSettings = components['schemas']['MonitoringSettings'];
export type MonitoringProperties = components['schemas']['MonitoringProperties'];
export type NotificationRoute = components['schemas']['NotificationRoute'];
export type NotificationRouteProperties = components['schemas']['NotificationRouteProperties'];
export type NotificationRouteList = components['schemas']['NotificationRouteList'];
export type NotificationTestResult = components['schemas']['NotificationTestResult'];
export type DeadLetter = components['schemas']['DeadLetter'];
export type DeadLetterList = components['schemas']['DeadLetterList'];
export type Diagnosis = components['schemas']['Diagnosis'];
export type DiagnosisCheck = components['schemas']['DiagnosisCheck'];
export type OperationLog = components['schemas']['OperationLog'];
export type OperationLogLine = components['schemas']['OperationLogLine'];
export type OperationStatus = components['schemas']['OperationStatus'];
export type RoleProgress = components['schemas']['RoleProgress'];
export type OperationListResult = components['schemas']['OperationListResult'];
export type Operation = components['schemas']['Operation'];
export type OperationDisplay = components['schemas']['OperationDisplay'];
export type ErrorResponse = components['schemas']['ErrorResponse'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type ErrorAdditionalInfo = components['schemas']['ErrorAdditionalInfo'];
export type OperationResult = components['schemas']['OperationResult'];
export type TrackedResource = components['schemas']['TrackedResource'];
export type Resource = components['schemas']['Resource'];
export type SystemData = components['schemas']['SystemData'];
export type ProxyResource = components['schemas']['ProxyResource'];
export type ParameterBackupParameter = components['parameters']['BackupParameter'];
export type ParameterTopParameter = components['parameters']['TopParameter'];
export type ParameterSkipParameter = components['parameters']['SkipParameter'];
export type ParameterSkipTokenParameter = components['parameters']['SkipTokenParameter'];
export type ParameterFilterParameter = components['parameters']['FilterParameter'];
export type ParameterOrderByParameter = components['parameters']['OrderByParameter'];
export type ParameterAlertParameter = components['parameters']['AlertParameter'];
export type ParameterAlertFilterParameter = components['parameters']['AlertFilterParameter'];
export type ParameterMonitoringParameter = components['parameters']['MonitoringParameter'];
export type ParameterRouteParameter = components['parameters']['RouteParameter'];
export type ParameterApiVersion = components['parameters']['ApiVersion'];
export type ParameterSubscriptionId = components['parameters']['SubscriptionId'];
export type ParameterResourceGroupName = components['parameters']['ResourceGroupName'];
export type ParameterLocation = components['parameters']['Location'];
export type ParameterIfMatch = components['parameters']['IfMatch'];
export type ParameterIfNoneMatch = components['parameters']['IfNoneMatch'];
export type ParameterOperationId = components['parameters']['OperationId'];
export type RequestBodyVerifyOptions = components['requestBodies']['VerifyOptions'];
export type $defs = Record<string, never>;
export interface operations {
    readonly Operations_List: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The operations. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationListResult"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly AuditLogs_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The log. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditLog"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly AuditLogs_ListRecords: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The records. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditRecordList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_ListBySubscription: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The locations. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocationList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_ListByResourceGroup: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The locations. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocationList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The location. */
            readonly 200: {
                headers: {
                    /** @description Tag of the state that the body shows. */
                    readonly ETag?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocation"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_CreateOrUpdate: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: {
                /** @description Go on only while the resource still has this entity tag. */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
                /** @description With `*`: go on only if the resource does not exist yet. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description The location. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["BackupLocation"];
            };
        };
        readonly responses: {
            /** @description Replaced, or being replaced. */
            readonly 200: {
                headers: {
                    /** @description Tag of the state that the body shows. */
                    readonly ETag?: string;
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocation"];
                };
            };
            /** @description Created, or being created. */
            readonly 201: {
                headers: {
                    /** @description Tag of the state that the body shows. */
                    readonly ETag?: string;
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocation"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_Delete: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: {
                /** @description Go on only while the resource still has this entity tag. */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
            };
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There was no such location. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_Update: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: {
                /** @description Go on only while the resource still has this entity tag. */
                readonly "If-Match"?: components["parameters"]["IfMatch"];
                /** @description With `*`: go on only if the resource does not exist yet. */
                readonly "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description The changes. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["BackupLocationUpdate"];
            };
        };
        readonly responses: {
            /** @description Changed. */
            readonly 200: {
                headers: {
                    /** @description Tag of the state that the body shows. */
                    readonly ETag?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupLocation"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_CreateBackup: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description How to make the backup. */
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["CreateBackupOptions"];
            };
        };
        readonly responses: {
            /** @description The backup. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_Verify: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["VerifyOptions"];
        readonly responses: {
            /** @description What was found. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["VerifyResult"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_TestStore: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description How each step went. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["StoreCheck"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_PruneExternalStore: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description How to prune. */
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["PruneOptions"];
            };
        };
        readonly responses: {
            /** @description What was, or would be, removed. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PruneResult"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_PreviewSchedule: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description What to look ahead at. */
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["SchedulePreviewOptions"];
            };
        };
        readonly responses: {
            /** @description The next backups. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SchedulePreview"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_PreviewRetention: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description Which rules to try. */
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["RetentionPreviewOptions"];
            };
        };
        readonly responses: {
            /** @description What would stay and go. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RetentionPreview"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_Copy: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        /** @description Where to, and which. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["CopyOptions"];
            };
        };
        readonly responses: {
            /** @description What was copied. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CopyResult"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_List: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Comparisons of status, isAutomaticBackup, startTime or endTime, joined by and: status eq 'Succeeded' and startTime ge 2026-03-01. */
                readonly $filter?: components["parameters"]["FilterParameter"];
                /** @description One of status, isAutomaticBackup, startTime or endTime, with asc or desc. */
                readonly $orderby?: components["parameters"]["OrderByParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The backups. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BackupList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The backup. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Delete: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There was no such backup. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Restore: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        /** @description What to restore, where to, and how to open it. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RestoreOptions"];
            };
        };
        readonly responses: {
            /** @description What was restored. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RestoreResult"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Verify: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: components["requestBodies"]["VerifyOptions"];
        readonly responses: {
            /** @description What was found. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["VerifyResult"];
                };
            };
            /** @description Accepted; poll for the end. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Pin: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        /** @description Why. */
        readonly requestBody?: {
            readonly content: {
                readonly "application/json": components["schemas"]["PinOptions"];
            };
        };
        readonly responses: {
            /** @description The backup. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Backups_Unpin: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the backup. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The backup. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Backup"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_GetOperationResult: {
        readonly parameters: {
            readonly query: {
                /** @description With 1: answer the state, for operations that an older api-version started. */
                readonly IsAsyncOperation?: string;
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Ended with a result. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationResult"];
                };
            };
            /** @description Still running. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Ended; there is nothing to show. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly BackupLocations_GetOperationStatus: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The state. */
            readonly 200: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationStatus"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly OperationResults_Get: {
        readonly parameters: {
            readonly query: {
                /** @description With 1: answer the state, for operations that an older api-version started. */
                readonly IsAsyncOperation?: string;
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Ended with a result. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationResult"];
                };
            };
            /** @description Still running. */
            readonly 202: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Ended; there is nothing to show. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly OperationStatuses_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The state. */
            readonly 200: {
                headers: {
                    /** @description Where the result will be found. */
                    readonly Location?: string;
                    /** @description Where the state of the operation is told. */
                    readonly "Azure-AsyncOperation"?: string;
                    /** @description Seconds to wait before asking. */
                    readonly "Retry-After"?: number;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationStatus"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly OperationStatuses_Cancel: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Asked, or canceled already. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly OperationStatuses_GetLog: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the operation, as the poll address gave it. */
                readonly operationId: components["parameters"]["OperationId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The lines so far. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OperationLog"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Deployments_Preflight: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the deployment. */
                readonly deployment: string;
            };
            readonly cookie?: never;
        };
        /** @description The resources. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["PreflightRequest"];
            };
        };
        readonly responses: {
            /** @description The verdict. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PreflightResult"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Resources_Move: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
            };
            readonly cookie?: never;
        };
        /** @description What should move, and where to. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MoveRequest"];
            };
        };
        readonly responses: {
            /** @description Moved; never answered. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Alerts_ListBySubscription: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Comparisons of state, severity, family, alertTypeId, openedTime or closedTime, joined by and: state eq 'Active' and severity eq 'Critical'. */
                readonly $filter?: components["parameters"]["AlertFilterParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The alerts. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AlertList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Diagnosis_Run: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The findings. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Alerts_List: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Comparisons of state, severity, family, alertTypeId, openedTime or closedTime, joined by and: state eq 'Active' and severity eq 'Critical'. */
                readonly $filter?: components["parameters"]["AlertFilterParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The alerts. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AlertList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Alerts_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the alert. */
                readonly alert: components["parameters"]["AlertParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The alert. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly Alerts_Close: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description GUID of the alert. */
                readonly alert: components["parameters"]["AlertParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The closed alert. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly MonitoringSettings_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Always default. */
                readonly settings: components["parameters"]["MonitoringParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The settings. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MonitoringSettings"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly MonitoringSettings_CreateOrUpdate: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Always default. */
                readonly settings: components["parameters"]["MonitoringParameter"];
            };
            readonly cookie?: never;
        };
        /** @description The settings. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["MonitoringSettings"];
            };
        };
        readonly responses: {
            /** @description The settings. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MonitoringSettings"];
                };
            };
            /** @description Never: there always are settings. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MonitoringSettings"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly NotificationRoutes_List: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The routes. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationRouteList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly NotificationRoutes_Get: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Name of the route: letters, digits, - and _. */
                readonly route: components["parameters"]["RouteParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The route. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationRoute"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly NotificationRoutes_CreateOrUpdate: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Name of the route: letters, digits, - and _. */
                readonly route: components["parameters"]["RouteParameter"];
            };
            readonly cookie?: never;
        };
        /** @description The route. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NotificationRoute"];
            };
        };
        readonly responses: {
            /** @description Replaced. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationRoute"];
                };
            };
            /** @description Created. */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationRoute"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly NotificationRoutes_Delete: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Name of the route: letters, digits, - and _. */
                readonly route: components["parameters"]["RouteParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Deleted. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is no such route. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly NotificationRoutes_Test: {
        readonly parameters: {
            readonly query: {
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
                /** @description Name of the route: letters, digits, - and _. */
                readonly route: components["parameters"]["RouteParameter"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description How it went; a receiver that refuses is no failure of the request. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationTestResult"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
    readonly DeadLetters_List: {
        readonly parameters: {
            readonly query: {
                /** @description How many items a page has at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description How many items to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
                /** @description Where the next page starts, as nextLink gave it. */
                readonly $skipToken?: components["parameters"]["SkipTokenParameter"];
                /** @description Version of the contract that the caller speaks. */
                readonly "api-version": components["parameters"]["ApiVersion"];
            };
            readonly header?: never;
            readonly path: {
                /** @description GUID of the subscription. */
                readonly subscriptionId: components["parameters"]["SubscriptionId"];
                /** @description Name of the resource group; case does not matter. */
                readonly resourceGroupName: components["parameters"]["ResourceGroupName"];
                /** @description Name of the backup location; case does not matter. */
                readonly location: components["parameters"]["Location"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The messages. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeadLetterList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ErrorResponse"];
                };
            };
        };
    };
}
