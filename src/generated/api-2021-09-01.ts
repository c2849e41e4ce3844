// Generated from specs/resource-manager by specs/generate.ts: change the document and run `npm run generate`.
/** Types of Microsoft.Backup.Admin 2021-09-01. */
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
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the backup locations of a resource group. */
        readonly get: operations["BackupLocations_List"];
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
        /** @description Sets a backup location as a whole; what is left out or blank goes back to its default. */
        readonly put: operations["BackupLocations_Set"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /** @description Changes the given settings of a backup location and keeps the others; an empty text unsets a setting. */
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
        readonly delete?: never;
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
        /** @description Restores a backup. */
        readonly post: operations["Backups_Restore"];
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
        /** @description Brings the result of a long-running operation, once it is there. */
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
        /** @description Tells the state of a long-running operation. */
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
        /** @description Brings the result of a long-running operation, once it is there. */
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
        /** @description Tells the state of a long-running operation. */
        readonly get: operations["OperationStatuses_Get"];
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
        /** @description What a location and a backup have in common. */
        readonly Resource: {
            /** @description Full resource id. */
            readonly id?: string;
            /** @description Name; that of a backup starts with its location and a slash. */
            readonly name?: string;
            /** @description Full resource type. */
            readonly type?: string;
            /** @description Region. */
            readonly location?: string | null;
            /** @description Labels: names and values. */
            readonly tags?: {
                readonly [key: string]: string;
            } | null;
        };
        /** @description A place where backups go, with their schedule. */
        readonly BackupLocation: components["schemas"]["Resource"] & {
            /** @description Settings and state. */
            readonly properties?: components["schemas"]["BackupLocationProperties"];
        };
        /** @description Settings and state of a backup location. */
        readonly BackupLocationProperties: {
            /** @description The store outside the stamp. */
            readonly externalStoreDefault?: components["schemas"]["ExternalStore"];
            /** @description State of the last change: Accepted, Succeeded, Failed or Canceled. Sent by later builds of the first service only; here always. */
            readonly provisioningState?: string;
        };
        /** @description The store outside the stamp, and when backups go there. */
        readonly ExternalStore: {
            /** @description Path of the store: a share such as \\server\share\folder. */
            readonly path?: string | null;
            /** @description Account that may write there. */
            readonly userName?: string | null;
            /**
             * Format: password
             * @description Password of the account; comes back as null.
             */
            readonly password?: string | null;
            /**
             * Format: password
             * @description Certificate (public part, DER) that protects new backups; comes back as null.
             */
            readonly encryptionCertBase64?: string | null;
            /** @description SHA-1 thumbprint of the certificate: 40 upper-case hexadecimal digits. */
            readonly encryptionCertThumbprint?: string | null;
            /**
             * Format: int32
             * @description Hours from one scheduled backup to the next.
             */
            readonly backupFrequencyInHours?: number | null;
            /** @description Free space of the store, for people, such as 29.6 TB. */
            readonly availableCapacity?: string | null;
            /** @description Whether scheduled backups are made. */
            readonly isBackupSchedulerEnabled?: boolean | null;
            /**
             * Format: date-time
             * @description When the next scheduled backup is due; goes on while the schedule is off.
             */
            readonly nextBackupTime?: string | null;
            /**
             * Format: date-time
             * @description When the newest backup of this store ended.
             */
            readonly lastBackupTime?: string | null;
            /**
             * Format: int32
             * @description Days after which a backup is removed.
             */
            readonly backupRetentionPeriodInDays?: number | null;
            /** @description Address of a blob container, instead of a share. */
            readonly blobStorageUrl?: string | null;
            /**
             * Format: password
             * @description Key of the storage account; comes back as null.
             */
            readonly blobStorageKey?: string | null;
        };
        /** @description Backup locations. */
        readonly BackupLocationList: {
            /** @description The items of this page. */
            readonly value?: readonly components["schemas"]["BackupLocation"][];
            /** @description Address of the next page; null on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description A backup. */
        readonly Backup: components["schemas"]["Resource"] & {
            /** @description State of the backup. */
            readonly properties?: components["schemas"]["BackupProperties"];
        };
        /** @description State of a backup. */
        readonly BackupProperties: {
            /** @description The backup in detail. */
            readonly backupInfo?: components["schemas"]["BackupInfo"];
        };
        /** @description A backup in detail. */
        readonly BackupInfo: {
            /** @description Version of the stored form. */
            readonly backupDataVersion?: string | null;
            /** @description GUID of the backup. */
            readonly backupId?: string | null;
            /** @description How each role did. */
            readonly roleStatus?: readonly components["schemas"]["RoleOperationStatus"][] | null;
            readonly status?: components["schemas"]["OperationStatus"];
            /**
             * Format: date-time
             * @description When making the backup ended.
             */
            readonly createdDateTime?: string | null;
            /** @description How long it took, as an ISO 8601 duration. */
            readonly timeTakenToCreate?: string | null;
            /** @description Version of the stamp. */
            readonly stampVersion?: string | null;
            /** @description Version of the maker's package. */
            readonly oemVersion?: string | null;
            /** @description GUID of the deployment. */
            readonly deploymentID?: string | null;
            /** @description Wrapped key of the backup; only in the result of createBackup, and always null here. */
            readonly encryptedBackupEncryptionKey?: string | null;
            /** @description Thumbprint of the certificate that protects the backup; null for a pre-shared key. */
            readonly encryptionCertThumbprint?: string | null;
            /**
             * Format: int64
             * @description Size before compression; only in the result of createBackup.
             */
            readonly backupSizeInKb?: number;
            /**
             * Format: int64
             * @description Size after compression; only in the result of createBackup.
             */
            readonly compressedBackupSizeInKb?: number;
            /** @description Whether all of it is in the store. */
            readonly completelyUploaded?: boolean;
            /** @description Whether the schedule made it. */
            readonly isAutomaticBackup?: boolean;
            /** @description Whether a whole stamp can be rebuilt from it. */
            readonly isCloudRecoveryReady?: boolean | null;
        };
        /** @description Backups. */
        readonly BackupList: {
            /** @description The items of this page. */
            readonly value?: readonly components["schemas"]["Backup"][];
            /** @description Address of the next page; null on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description How one role did. */
        readonly RoleOperationStatus: {
            /** @description Name of the role. */
            readonly roleName?: string | null;
            /** @description How each of its repositories did; sent by later builds only. */
            readonly repositoryStatus?: readonly components["schemas"]["RepositoryStatus"][] | null;
            readonly status?: components["schemas"]["OperationStatus"];
        };
        /** @description How one repository of a role did. */
        readonly RepositoryStatus: {
            /** @description Role, service, part and repository, joined by semicolons; a dash for none. */
            readonly fullRepositoryName?: string;
            readonly status?: components["schemas"]["OperationStatus"];
        };
        /**
         * @description State of a backup or of one of its parts.
         * @enum {string}
         */
        readonly OperationStatus: "Creating" | "Queued" | "Running" | "Deleted" | "Failed" | "PartialSucceeded" | "Succeeded" | "Skipped";
        /** @description What to restore and how to open it. */
        readonly RestoreOptions: {
            /** @description The one role to restore; absent or empty for all. */
            readonly roleName?: string | null;
            /**
             * Format: password
             * @description The .pfx file with the private key.
             */
            readonly decryptionCertBase64?: string | null;
            /**
             * Format: password
             * @description Password of the .pfx file.
             */
            readonly decryptionCertPassword?: string | null;
        };
        /** @description How to prune. */
        readonly PruneBackupStoreOperationOptionModel: {
            /**
             * @description Default removes; DryRun only lists.
             * @enum {string|null}
             */
            readonly operationType?: "Default" | "DryRun" | null;
        };
        /** @description What pruning found, in the shape of the location. */
        readonly PruneList: components["schemas"]["Resource"] & {
            /** @description What was found. */
            readonly properties?: components["schemas"]["PruneModel"];
        };
        /** @description What pruning found. */
        readonly PruneModel: {
            /** @description Paths in the store, with forward slashes. */
            readonly pathsToDelete?: readonly string[];
        };
        /** @description What the provider can do. */
        readonly OperationList: {
            /** @description The operations. */
            readonly value?: readonly components["schemas"]["Operation"][];
            /** @description Address of the next page; null or absent on the last one. */
            readonly nextLink?: string | null;
        };
        /** @description One thing the provider can do. */
        readonly Operation: {
            /** @description Name as access rules write it. */
            readonly name?: string;
            /** @description The same in words. */
            readonly display?: components["schemas"]["Display"];
        };
        /** @description An operation in words. */
        readonly Display: {
            /** @description Whose operation. */
            readonly provider?: string;
            /** @description On what. */
            readonly resource?: string;
            /** @description What is done. */
            readonly operation?: string;
            /** @description A sentence about it. */
            readonly description?: string;
        };
        /** @description State of a long-running operation, as first drafted; nothing answers it. */
        readonly LongRunningOperationStatus: {
            /** @description Name of the state. */
            readonly code?: string;
            /** @description The state in words. */
            readonly message?: string;
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
        /** @description The state of a long-running operation. */
        readonly OperationStatusResult: {
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
            /** @description Outcome; only after success. */
            readonly properties?: {
                readonly [key: string]: unknown;
            };
            /** @description Why it ended without success. */
            readonly error?: components["schemas"]["ErrorDetail"];
        };
    };
    responses: never;
    parameters: {
        /** @description GUID of the backup, without the name of its location. */
        readonly BackupParameter: string;
        /** @description OData: how many at most. */
        readonly TopParameter: string;
        /** @description OData: how many to leave out first. */
        readonly SkipParameter: string;
        /** @description Version of the contract that the caller speaks. */
        readonly ApiVersion: string;
        /** @description GUID of the subscription. */
        readonly SubscriptionId: string;
        /** @description Name of the resource group; case does not matter. */
        readonly ResourceGroupName: string;
        /** @description Name of the backup location; case does not matter. */
        readonly Location: string;
        /** @description GUID of the operation, as the poll address gave it. */
        readonly OperationId: string;
    };
    requestBodies: {
        /** @description The settings. */
        readonly BackupLocation: {
            readonly content: {
                readonly "application/json": components["schemas"]["BackupLocation"];
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type Resource = components['schemas']['Resource'];
export type BackupLocation = components['schemas']['BackupLocation'];
export type BackupLocationProperties = components['schemas']['BackupLocationProperties'];
export type ExternalStore = components['schemas']['ExternalStore'];
export type BackupLocationList = components['schemas']['BackupLocationList'];
export type Backup = components['schemas']['Backup'];
export type BackupProperties = components['schemas']['BackupProperties'];
export type BackupInfo = components['schemas']['BackupInfo'];
export type BackupList = components['schemas']['BackupList'];
export type RoleOperationStatus = components['schemas']['RoleOperationStatus'];
export type RepositoryStatus = components['schemas']['RepositoryStatus'];
export type OperationStatus = components['schemas']['OperationStatus'];
export type RestoreOptions = components['schemas']['RestoreOptions'];
export type PruneBackupStoreOperationOptionModel = components['schemas']['PruneBackupStoreOperationOptionModel'];
export type PruneList = components['schemas']['PruneList'];
export type PruneModel = components['schemas']['PruneModel'];
export type OperationList = components['schemas']['OperationList'];
export type Operation = components['schemas']['Operation'];
export type Display = components['schemas']['Display'];
export type LongRunningOperationStatus = components['schemas']['LongRunningOperationStatus'];
export type ErrorResponse = components['schemas']['ErrorResponse'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type ErrorAdditionalInfo = components['schemas']['ErrorAdditionalInfo'];
export type OperationResult = components['schemas']['OperationResult'];
export type OperationStatusResult = components['schemas']['OperationStatusResult'];
export type ParameterBackupParameter = components['parameters']['BackupParameter'];
export type ParameterTopParameter = components['parameters']['TopParameter'];
export type ParameterSkipParameter = components['parameters']['SkipParameter'];
export type ParameterApiVersion = components['parameters']['ApiVersion'];
export type ParameterSubscriptionId = components['parameters']['SubscriptionId'];
export type ParameterResourceGroupName = components['parameters']['ResourceGroupName'];
export type ParameterLocation = components['parameters']['Location'];
export type ParameterOperationId = components['parameters']['OperationId'];
export type RequestBodyBackupLocation = components['requestBodies']['BackupLocation'];
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
                    readonly "application/json": components["schemas"]["OperationList"];
                };
            };
            /** @description Failure. */
            readonly default: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly BackupLocations_List: {
        readonly parameters: {
            readonly query: {
                /** @description OData: how many at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description OData: how many to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
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
    readonly BackupLocations_Set: {
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
        readonly requestBody: components["requestBodies"]["BackupLocation"];
        readonly responses: {
            /** @description The location with its new settings. */
            readonly 200: {
                headers: {
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
    readonly BackupLocations_Update: {
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
        readonly requestBody: components["requestBodies"]["BackupLocation"];
        readonly responses: {
            /** @description The location with its new settings. */
            readonly 200: {
                headers: {
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
                readonly "application/json": components["schemas"]["PruneBackupStoreOperationOptionModel"];
            };
        };
        readonly responses: {
            /** @description What was, or would be, removed. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PruneList"];
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
                /** @description OData: how many at most. */
                readonly $top?: components["parameters"]["TopParameter"];
                /** @description OData: how many to leave out first. */
                readonly $skip?: components["parameters"]["SkipParameter"];
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
                /** @description GUID of the backup, without the name of its location. */
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
                /** @description GUID of the backup, without the name of its location. */
                readonly backup: components["parameters"]["BackupParameter"];
            };
            readonly cookie?: never;
        };
        /** @description What to restore and how to open it. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RestoreOptions"];
            };
        };
        readonly responses: {
            /** @description Restored. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
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
    readonly BackupLocations_GetOperationResult: {
        readonly parameters: {
            readonly query: {
                /** @description With 1: answer the state instead of the bare result. */
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
            /** @description Ended; with IsAsyncOperation=1 the state, also while it runs. Without a body for an action that has no result. */
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
                    readonly "application/json": components["schemas"]["OperationStatusResult"];
                };
            };
            /** @description The status cannot be read. */
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
                /** @description With 1: answer the state instead of the bare result. */
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
            /** @description Ended; with IsAsyncOperation=1 the state, also while it runs. Without a body for an action that has no result. */
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
                    readonly "application/json": components["schemas"]["OperationStatusResult"];
                };
            };
            /** @description The status cannot be read. */
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
