// Generated from specs/resource-manager by specs/generate.ts: change the document and run `npm run generate`.
//
// How to compile the definitions with ajv (draft 2020-12, strict): formats of ajv-formats; the option
// `discriminator: true`; and the annotations `x-ms-secret` (boolean) and `x-ms-mutability` (array of
// "create", "read", "update") added as keywords without effect. `readOnly` is known to ajv.
//
// `NameRequest` is what a request body may be: unknown properties are refused, bounds hold, a read-only
// property passes with any value (old clients send back what they were given). A property of type "null"
// belongs to another api-version and may only be sent as null. `Name` is what an answer looks like: no
// bounds, and secrets are null. Property names are those of the wire, in its order.
import type { Contract } from "../arm/contract.ts";

/** Names of the properties that hold secrets, in any api-version. */
export const secretProperties: readonly string[] = [
 "accountKey",
 "blobStorageKey",
 "decryptionCertBase64",
 "decryptionCertPassword",
 "encryptedBackupEncryptionKey",
 "encryptionCertBase64",
 "encryptionKeyBase64",
 "password",
 "privateKey",
 "privateKeyPassphrase",
 "sasToken",
 "secretAccessKey",
 "sessionToken",
 "signingSecret",
 "targetUrl"
];

/** One contract for each api-version, oldest first. */
export const contracts: readonly Contract[] = [
 {
  "namespace": "Microsoft.Backup.Admin",
  "apiVersion": "2016-05-01",
  "routes": [
   {
    "operationId": "Operations_List",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/operations",
    "query": [],
    "responses": {
     "200": "OperationList"
    }
   },
   {
    "operationId": "BackupLocations_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations",
    "query": [],
    "responses": {
     "200": "BackupLocationList"
    }
   },
   {
    "operationId": "BackupLocations_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "responses": {
     "200": "BackupLocation"
    }
   },
   {
    "operationId": "BackupLocations_Update",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "202": "BackupLocation"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "BackupLocations_CreateBackup",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/createBackup",
    "query": [],
    "responses": {
     "200": "Backup",
     "202": "Backup"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "Backups_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups",
    "query": [],
    "responses": {
     "200": "BackupList"
    }
   },
   {
    "operationId": "Backups_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}",
    "query": [],
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "Backups_Restore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/restore",
    "query": [],
    "responses": {
     "200": null,
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "BackupLocations_GetOperationResult",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "BackupLocations_GetOperationStatus",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   },
   {
    "operationId": "OperationResults_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "OperationStatuses_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   }
  ],
  "definitions": {
   "OperationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Operation"
      },
      "readOnly": true
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Operation": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "display": {
      "$ref": "#/definitions/Display",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Display": {
    "type": "object",
    "properties": {
     "provider": {
      "type": "string",
      "readOnly": true
     },
     "resource": {
      "type": "string",
      "readOnly": true
     },
     "operation": {
      "type": "string",
      "readOnly": true
     },
     "description": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/BackupLocation"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "BackupLocation": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationProperties": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStore"
     },
     "provisioningState": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStore": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ]
     },
     "userName": {
      "type": [
       "string",
       "null"
      ]
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionKeyBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ]
     },
     "availableCapacity": {
      "type": [
       "string",
       "null"
      ]
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "lastBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "Backup": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupProperties": {
    "type": "object",
    "properties": {
     "backupInfo": {
      "$ref": "#/definitions/BackupInfo"
     }
    },
    "additionalProperties": false
   },
   "BackupInfo": {
    "type": "object",
    "properties": {
     "backupDataVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "backupId": {
      "type": [
       "string",
       "null"
      ]
     },
     "roleStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RoleOperationStatus"
      }
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     },
     "createdDateTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "timeTakenToCreate": {
      "type": [
       "string",
       "null"
      ]
     },
     "stampVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "oemVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "deploymentID": {
      "type": [
       "string",
       "null"
      ]
     },
     "backupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "compressedBackupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "completelyUploaded": {
      "type": "boolean",
      "readOnly": true
     },
     "isAutomaticBackup": {
      "type": "boolean",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RoleOperationStatus": {
    "type": "object",
    "properties": {
     "roleName": {
      "type": [
       "string",
       "null"
      ]
     },
     "repositoryStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RepositoryStatus"
      },
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "RepositoryStatus": {
    "type": "object",
    "properties": {
     "fullRepositoryName": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "OperationStatus": {
    "type": "string",
    "enum": [
     "Creating",
     "Queued",
     "Running",
     "Deleted",
     "Failed",
     "PartialSucceeded",
     "Succeeded"
    ]
   },
   "BackupList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Backup"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "OperationResult": {
    "type": [
     "object",
     "null"
    ],
    "properties": {
     "status": {
      "type": "string",
      "readOnly": true
     },
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "additionalProperties": true
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "OperationFailure": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     },
     "properties": {
      "type": "object",
      "properties": {
       "provisioningState": {
        "type": "string",
        "readOnly": true
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "OperationStatusResult": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "resourceId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Accepted",
       "Running",
       "Succeeded",
       "Failed",
       "Canceled"
      ],
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "percentComplete": {
      "type": "number",
      "readOnly": true
     },
     "progress": {
      "type": "string",
      "readOnly": true
     },
     "properties": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "required": [
     "status"
    ],
    "additionalProperties": false
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 128
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string",
       "maxLength": 256
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationPropertiesRequest"
     },
     "etag": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationPropertiesRequest": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStoreRequest"
     },
     "provisioningState": {
      "readOnly": true
     },
     "capacity": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStoreRequest": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 1024
     },
     "userName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 512
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionKeyBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 2048,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ]
     },
     "availableCapacity": {
      "readOnly": true
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ]
     },
     "encryptionCertBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertThumbprint": {
      "readOnly": true
     },
     "blobStorageUrl": {
      "type": "null"
     },
     "blobStorageKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   }
  }
 },
 {
  "namespace": "Microsoft.Backup.Admin",
  "apiVersion": "2018-09-01",
  "routes": [
   {
    "operationId": "Operations_List",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/operations",
    "query": [],
    "responses": {
     "200": "OperationList"
    }
   },
   {
    "operationId": "BackupLocations_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations",
    "query": [
     {
      "name": "$top",
      "type": "string",
      "required": false
     },
     {
      "name": "$skip",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupLocationList"
    }
   },
   {
    "operationId": "BackupLocations_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "responses": {
     "200": "BackupLocation"
    }
   },
   {
    "operationId": "BackupLocations_Update",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "202": "BackupLocation"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 5,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "BackupLocations_CreateBackup",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/createBackup",
    "query": [],
    "responses": {
     "200": "Backup",
     "202": "Backup"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "BackupLocations_PruneExternalStore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/pruneExternalStore",
    "query": [],
    "body": {
     "definition": "PruneBackupStoreOperationOptionModelRequest",
     "required": false
    },
    "responses": {
     "200": "PruneList",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "Backups_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups",
    "query": [
     {
      "name": "$top",
      "type": "string",
      "required": false
     },
     {
      "name": "$skip",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupList"
    }
   },
   {
    "operationId": "Backups_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}",
    "query": [],
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "Backups_Restore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/restore",
    "query": [],
    "body": {
     "definition": "RestoreOptionsRequest",
     "required": true
    },
    "responses": {
     "200": null,
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "location",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 60
    }
   },
   {
    "operationId": "BackupLocations_GetOperationResult",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "BackupLocations_GetOperationStatus",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   },
   {
    "operationId": "OperationResults_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "OperationStatuses_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   }
  ],
  "definitions": {
   "OperationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Operation"
      },
      "readOnly": true
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Operation": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "display": {
      "$ref": "#/definitions/Display",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Display": {
    "type": "object",
    "properties": {
     "provider": {
      "type": "string",
      "readOnly": true
     },
     "resource": {
      "type": "string",
      "readOnly": true
     },
     "operation": {
      "type": "string",
      "readOnly": true
     },
     "description": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/BackupLocation"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "BackupLocation": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationProperties": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStore"
     },
     "provisioningState": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStore": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ]
     },
     "userName": {
      "type": [
       "string",
       "null"
      ]
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertThumbprint": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ]
     },
     "availableCapacity": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "lastBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "Backup": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupProperties": {
    "type": "object",
    "properties": {
     "backupInfo": {
      "$ref": "#/definitions/BackupInfo"
     }
    },
    "additionalProperties": false
   },
   "BackupInfo": {
    "type": "object",
    "properties": {
     "backupDataVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "backupId": {
      "type": [
       "string",
       "null"
      ]
     },
     "roleStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RoleOperationStatus"
      }
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     },
     "createdDateTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "timeTakenToCreate": {
      "type": [
       "string",
       "null"
      ]
     },
     "stampVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "oemVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "deploymentID": {
      "type": [
       "string",
       "null"
      ]
     },
     "encryptedBackupEncryptionKey": {
      "type": "null",
      "readOnly": true,
      "x-ms-secret": true
     },
     "encryptionCertThumbprint": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "backupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "compressedBackupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "completelyUploaded": {
      "type": "boolean",
      "readOnly": true
     },
     "isAutomaticBackup": {
      "type": "boolean",
      "readOnly": true
     },
     "isCloudRecoveryReady": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "RoleOperationStatus": {
    "type": "object",
    "properties": {
     "roleName": {
      "type": [
       "string",
       "null"
      ]
     },
     "repositoryStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RepositoryStatus"
      },
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "RepositoryStatus": {
    "type": "object",
    "properties": {
     "fullRepositoryName": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "OperationStatus": {
    "type": "string",
    "enum": [
     "Creating",
     "Queued",
     "Running",
     "Deleted",
     "Failed",
     "PartialSucceeded",
     "Succeeded"
    ]
   },
   "PruneList": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/PruneModel"
     }
    },
    "additionalProperties": false
   },
   "PruneModel": {
    "type": "object",
    "properties": {
     "pathsToDelete": {
      "type": "array",
      "items": {
       "type": "string"
      }
     }
    },
    "additionalProperties": false
   },
   "BackupList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Backup"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "OperationResult": {
    "type": [
     "object",
     "null"
    ],
    "properties": {
     "status": {
      "type": "string",
      "readOnly": true
     },
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "additionalProperties": true
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "OperationFailure": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     },
     "properties": {
      "type": "object",
      "properties": {
       "provisioningState": {
        "type": "string",
        "readOnly": true
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "OperationStatusResult": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "resourceId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Accepted",
       "Running",
       "Succeeded",
       "Failed",
       "Canceled"
      ],
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "percentComplete": {
      "type": "number",
      "readOnly": true
     },
     "progress": {
      "type": "string",
      "readOnly": true
     },
     "properties": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "required": [
     "status"
    ],
    "additionalProperties": false
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 128
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string",
       "maxLength": 256
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationPropertiesRequest"
     },
     "etag": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationPropertiesRequest": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStoreRequest"
     },
     "provisioningState": {
      "readOnly": true
     },
     "capacity": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStoreRequest": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 1024
     },
     "userName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 512
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 65536,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertThumbprint": {
      "readOnly": true
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ]
     },
     "availableCapacity": {
      "readOnly": true
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ]
     },
     "encryptionKeyBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "blobStorageUrl": {
      "type": "null"
     },
     "blobStorageKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   },
   "PruneBackupStoreOperationOptionModelRequest": {
    "type": "object",
    "properties": {
     "operationType": {
      "type": [
       "string",
       "null"
      ],
      "enum": [
       "Default",
       "DryRun",
       null
      ]
     }
    },
    "additionalProperties": false
   },
   "RestoreOptionsRequest": {
    "type": "object",
    "properties": {
     "roleName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 256
     },
     "decryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 262144,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "decryptionCertPassword": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   }
  }
 },
 {
  "namespace": "Microsoft.Backup.Admin",
  "apiVersion": "2021-09-01",
  "routes": [
   {
    "operationId": "Operations_List",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/operations",
    "query": [],
    "responses": {
     "200": "OperationList"
    }
   },
   {
    "operationId": "BackupLocations_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations",
    "query": [
     {
      "name": "$top",
      "type": "string",
      "required": false
     },
     {
      "name": "$skip",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupLocationList"
    }
   },
   {
    "operationId": "BackupLocations_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "responses": {
     "200": "BackupLocation"
    }
   },
   {
    "operationId": "BackupLocations_Set",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "202": "BackupLocation"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "BackupLocations_Update",
    "method": "PATCH",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "202": "BackupLocation"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 5,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "BackupLocations_CreateBackup",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/createBackup",
    "query": [],
    "responses": {
     "200": "Backup",
     "202": "Backup"
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "BackupLocations_PruneExternalStore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/pruneExternalStore",
    "query": [],
    "body": {
     "definition": "PruneBackupStoreOperationOptionModelRequest",
     "required": false
    },
    "responses": {
     "200": "PruneList",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "Backups_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups",
    "query": [
     {
      "name": "$top",
      "type": "string",
      "required": false
     },
     {
      "name": "$skip",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupList"
    }
   },
   {
    "operationId": "Backups_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}",
    "query": [],
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "Backups_Restore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/restore",
    "query": [],
    "body": {
     "definition": "RestoreOptionsRequest",
     "required": true
    },
    "responses": {
     "200": null,
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "both",
     "startRetryAfterSeconds": 60,
     "pollRetryAfterSeconds": 30
    }
   },
   {
    "operationId": "BackupLocations_GetOperationResult",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "BackupLocations_GetOperationStatus",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   },
   {
    "operationId": "OperationResults_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null
    }
   },
   {
    "operationId": "OperationStatuses_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatusResult"
    }
   }
  ],
  "definitions": {
   "OperationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Operation"
      },
      "readOnly": true
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Operation": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "display": {
      "$ref": "#/definitions/Display",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Display": {
    "type": "object",
    "properties": {
     "provider": {
      "type": "string",
      "readOnly": true
     },
     "resource": {
      "type": "string",
      "readOnly": true
     },
     "operation": {
      "type": "string",
      "readOnly": true
     },
     "description": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/BackupLocation"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "BackupLocation": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationProperties": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStore"
     },
     "provisioningState": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStore": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ]
     },
     "userName": {
      "type": [
       "string",
       "null"
      ]
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertThumbprint": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "availableCapacity": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "lastBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "blobStorageUrl": {
      "type": [
       "string",
       "null"
      ]
     },
     "blobStorageKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Backup": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupProperties"
     }
    },
    "additionalProperties": false
   },
   "BackupProperties": {
    "type": "object",
    "properties": {
     "backupInfo": {
      "$ref": "#/definitions/BackupInfo"
     }
    },
    "additionalProperties": false
   },
   "BackupInfo": {
    "type": "object",
    "properties": {
     "backupDataVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "backupId": {
      "type": [
       "string",
       "null"
      ]
     },
     "roleStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RoleOperationStatus"
      }
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     },
     "createdDateTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "timeTakenToCreate": {
      "type": [
       "string",
       "null"
      ]
     },
     "stampVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "oemVersion": {
      "type": [
       "string",
       "null"
      ]
     },
     "deploymentID": {
      "type": [
       "string",
       "null"
      ]
     },
     "encryptedBackupEncryptionKey": {
      "type": "null",
      "readOnly": true,
      "x-ms-secret": true
     },
     "encryptionCertThumbprint": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "backupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "compressedBackupSizeInKb": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "completelyUploaded": {
      "type": "boolean",
      "readOnly": true
     },
     "isAutomaticBackup": {
      "type": "boolean",
      "readOnly": true
     },
     "isCloudRecoveryReady": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "RoleOperationStatus": {
    "type": "object",
    "properties": {
     "roleName": {
      "type": [
       "string",
       "null"
      ]
     },
     "repositoryStatus": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/RepositoryStatus"
      },
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "RepositoryStatus": {
    "type": "object",
    "properties": {
     "fullRepositoryName": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "$ref": "#/definitions/OperationStatus"
     }
    },
    "additionalProperties": false
   },
   "OperationStatus": {
    "type": "string",
    "enum": [
     "Creating",
     "Queued",
     "Running",
     "Deleted",
     "Failed",
     "PartialSucceeded",
     "Succeeded",
     "Skipped"
    ]
   },
   "PruneList": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/PruneModel"
     }
    },
    "additionalProperties": false
   },
   "PruneModel": {
    "type": "object",
    "properties": {
     "pathsToDelete": {
      "type": "array",
      "items": {
       "type": "string"
      }
     }
    },
    "additionalProperties": false
   },
   "BackupList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Backup"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "OperationResult": {
    "type": [
     "object",
     "null"
    ],
    "properties": {
     "status": {
      "type": "string",
      "readOnly": true
     },
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "additionalProperties": true
   },
   "OperationStatusResult": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "resourceId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Accepted",
       "Running",
       "Succeeded",
       "Failed",
       "Canceled"
      ],
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "percentComplete": {
      "type": "number",
      "readOnly": true
     },
     "progress": {
      "type": "string",
      "readOnly": true
     },
     "properties": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "required": [
     "status"
    ],
    "additionalProperties": false
   },
   "BackupLocationRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 128
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string",
       "maxLength": 256
      }
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationPropertiesRequest"
     },
     "etag": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationPropertiesRequest": {
    "type": "object",
    "properties": {
     "externalStoreDefault": {
      "$ref": "#/definitions/ExternalStoreRequest"
     },
     "provisioningState": {
      "readOnly": true
     },
     "capacity": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ExternalStoreRequest": {
    "type": "object",
    "properties": {
     "path": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 1024
     },
     "userName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 512
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 65536,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionCertThumbprint": {
      "readOnly": true
     },
     "backupFrequencyInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "availableCapacity": {
      "readOnly": true
     },
     "isBackupSchedulerEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "nextBackupTime": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     },
     "backupRetentionPeriodInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "blobStorageUrl": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 2048
     },
     "blobStorageKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "encryptionKeyBase64": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   },
   "PruneBackupStoreOperationOptionModelRequest": {
    "type": "object",
    "properties": {
     "operationType": {
      "type": [
       "string",
       "null"
      ],
      "enum": [
       "Default",
       "DryRun",
       null
      ]
     }
    },
    "additionalProperties": false
   },
   "RestoreOptionsRequest": {
    "type": "object",
    "properties": {
     "roleName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 256
     },
     "decryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 262144,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "decryptionCertPassword": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   }
  }
 },
 {
  "namespace": "Microsoft.Backup.Admin",
  "apiVersion": "2026-12-01",
  "routes": [
   {
    "operationId": "Operations_List",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/operations",
    "query": [],
    "responses": {
     "200": "OperationListResult"
    }
   },
   {
    "operationId": "AuditLogs_Get",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/auditLogs/default",
    "query": [],
    "responses": {
     "200": "AuditLog"
    }
   },
   {
    "operationId": "AuditLogs_ListRecords",
    "method": "GET",
    "path": "/providers/Microsoft.Backup.Admin/auditLogs/default/records",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "AuditRecordList"
    }
   },
   {
    "operationId": "BackupLocations_ListBySubscription",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupLocationList"
    }
   },
   {
    "operationId": "BackupLocations_ListByResourceGroup",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupLocationList"
    }
   },
   {
    "operationId": "BackupLocations_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "responses": {
     "200": "BackupLocation"
    }
   },
   {
    "operationId": "BackupLocations_CreateOrUpdate",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "201": "BackupLocation"
    },
    "longRunning": {
     "finalStateVia": "azure-async-operation",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_Update",
    "method": "PATCH",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "body": {
     "definition": "BackupLocationUpdateRequest",
     "required": true
    },
    "responses": {
     "200": "BackupLocation",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_Delete",
    "method": "DELETE",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
    "query": [],
    "responses": {
     "202": null,
     "204": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_CreateBackup",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/createBackup",
    "query": [],
    "body": {
     "definition": "CreateBackupOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "Backup",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_Verify",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/verify",
    "query": [],
    "body": {
     "definition": "VerifyOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "VerifyResult",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_TestStore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/testStore",
    "query": [],
    "responses": {
     "200": "StoreCheck",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_PruneExternalStore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/pruneExternalStore",
    "query": [],
    "body": {
     "definition": "PruneOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "PruneResult",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "BackupLocations_PreviewSchedule",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/previewSchedule",
    "query": [],
    "body": {
     "definition": "SchedulePreviewOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "SchedulePreview"
    }
   },
   {
    "operationId": "BackupLocations_PreviewRetention",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/previewRetention",
    "query": [],
    "body": {
     "definition": "RetentionPreviewOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "RetentionPreview"
    }
   },
   {
    "operationId": "BackupLocations_Copy",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/copy",
    "query": [],
    "body": {
     "definition": "CopyOptionsRequest",
     "required": true
    },
    "responses": {
     "200": "CopyResult",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "Backups_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     },
     {
      "name": "$filter",
      "type": "string",
      "required": false
     },
     {
      "name": "$orderby",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "BackupList"
    }
   },
   {
    "operationId": "Backups_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}",
    "query": [],
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "Backups_Delete",
    "method": "DELETE",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}",
    "query": [],
    "responses": {
     "202": null,
     "204": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "Backups_Restore",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/restore",
    "query": [],
    "body": {
     "definition": "RestoreOptionsRequest",
     "required": true
    },
    "responses": {
     "200": "RestoreResult",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "Backups_Verify",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/verify",
    "query": [],
    "body": {
     "definition": "VerifyOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "VerifyResult",
     "202": null
    },
    "longRunning": {
     "finalStateVia": "location",
     "polling": "modern",
     "startRetryAfterSeconds": 10,
     "pollRetryAfterSeconds": 10
    }
   },
   {
    "operationId": "Backups_Pin",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/pin",
    "query": [],
    "body": {
     "definition": "PinOptionsRequest",
     "required": false
    },
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "Backups_Unpin",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/backups/{backup}/unpin",
    "query": [],
    "responses": {
     "200": "Backup"
    }
   },
   {
    "operationId": "BackupLocations_GetOperationResult",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null,
     "204": null
    }
   },
   {
    "operationId": "BackupLocations_GetOperationStatus",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatus"
    }
   },
   {
    "operationId": "OperationResults_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationResults/{operationId}",
    "query": [
     {
      "name": "IsAsyncOperation",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "OperationResult",
     "202": null,
     "204": null
    }
   },
   {
    "operationId": "OperationStatuses_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}",
    "query": [],
    "responses": {
     "200": "OperationStatus"
    }
   },
   {
    "operationId": "OperationStatuses_Cancel",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}/cancel",
    "query": [],
    "responses": {
     "204": null
    }
   },
   {
    "operationId": "OperationStatuses_GetLog",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/locations/{location}/operationStatuses/{operationId}/log",
    "query": [],
    "responses": {
     "200": "OperationLog"
    }
   },
   {
    "operationId": "Deployments_Preflight",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/deployments/{deployment}/preflight",
    "query": [],
    "body": {
     "definition": "PreflightRequestRequest",
     "required": true
    },
    "responses": {
     "200": "PreflightResult"
    }
   },
   {
    "operationId": "Resources_Move",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/moveResources",
    "query": [],
    "body": {
     "definition": "MoveRequestRequest",
     "required": true
    },
    "responses": {
     "204": null
    }
   },
   {
    "operationId": "Alerts_ListBySubscription",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/alerts",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     },
     {
      "name": "$filter",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "AlertList"
    }
   },
   {
    "operationId": "Diagnosis_Run",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/diagnose",
    "query": [],
    "responses": {
     "200": "Diagnosis"
    }
   },
   {
    "operationId": "Alerts_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     },
     {
      "name": "$filter",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "AlertList"
    }
   },
   {
    "operationId": "Alerts_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts/{alert}",
    "query": [],
    "responses": {
     "200": "Alert"
    }
   },
   {
    "operationId": "Alerts_Close",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/alerts/{alert}/close",
    "query": [],
    "responses": {
     "200": "Alert"
    }
   },
   {
    "operationId": "MonitoringSettings_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/monitoringSettings/{settings}",
    "query": [],
    "responses": {
     "200": "MonitoringSettings"
    }
   },
   {
    "operationId": "MonitoringSettings_CreateOrUpdate",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/monitoringSettings/{settings}",
    "query": [],
    "body": {
     "definition": "MonitoringSettingsRequest",
     "required": true
    },
    "responses": {
     "200": "MonitoringSettings",
     "201": "MonitoringSettings"
    }
   },
   {
    "operationId": "NotificationRoutes_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "NotificationRouteList"
    }
   },
   {
    "operationId": "NotificationRoutes_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}",
    "query": [],
    "responses": {
     "200": "NotificationRoute"
    }
   },
   {
    "operationId": "NotificationRoutes_CreateOrUpdate",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}",
    "query": [],
    "body": {
     "definition": "NotificationRouteRequest",
     "required": true
    },
    "responses": {
     "200": "NotificationRoute",
     "201": "NotificationRoute"
    }
   },
   {
    "operationId": "NotificationRoutes_Delete",
    "method": "DELETE",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}",
    "query": [],
    "responses": {
     "200": null,
     "204": null
    }
   },
   {
    "operationId": "NotificationRoutes_Test",
    "method": "POST",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/notificationRoutes/{route}/test",
    "query": [],
    "responses": {
     "200": "NotificationTestResult"
    }
   },
   {
    "operationId": "DeadLetters_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}/deadLetters",
    "query": [
     {
      "name": "$top",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skip",
      "type": "integer",
      "required": false
     },
     {
      "name": "$skipToken",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "DeadLetterList"
    }
   }
  ],
  "definitions": {
   "OperationListResult": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Operation"
      },
      "readOnly": true
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Operation": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "display": {
      "$ref": "#/definitions/OperationDisplay",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "OperationDisplay": {
    "type": "object",
    "properties": {
     "provider": {
      "type": "string",
      "readOnly": true
     },
     "resource": {
      "type": "string",
      "readOnly": true
     },
     "operation": {
      "type": "string",
      "readOnly": true
     },
     "description": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AuditLog": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/AuditLogProperties"
     }
    },
    "additionalProperties": false
   },
   "AuditLogProperties": {
    "type": "object",
    "properties": {
     "firstSequence": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "lastSequence": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "lastHash": {
      "type": "string",
      "readOnly": true
     },
     "publicKey": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AuditRecordList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/AuditRecord"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AuditRecord": {
    "type": "object",
    "properties": {
     "sequence": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "time": {
      "type": "string",
      "readOnly": true
     },
     "event": {
      "type": "string",
      "readOnly": true
     },
     "requestId": {
      "type": "string",
      "readOnly": true
     },
     "correlationId": {
      "type": "string",
      "readOnly": true
     },
     "clientRequestId": {
      "type": "string",
      "readOnly": true
     },
     "address": {
      "type": "string",
      "readOnly": true
     },
     "clientAddress": {
      "type": "string",
      "readOnly": true
     },
     "principalId": {
      "type": "string",
      "readOnly": true
     },
     "principalName": {
      "type": "string",
      "readOnly": true
     },
     "principalKind": {
      "type": "string",
      "readOnly": true
     },
     "tenantId": {
      "type": "string",
      "readOnly": true
     },
     "method": {
      "type": "string",
      "readOnly": true
     },
     "resource": {
      "type": "string",
      "readOnly": true
     },
     "route": {
      "type": "string",
      "readOnly": true
     },
     "apiVersion": {
      "type": "string",
      "readOnly": true
     },
     "content": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "integer",
      "format": "int32",
      "readOnly": true
     },
     "errorCode": {
      "type": "string",
      "readOnly": true
     },
     "operationId": {
      "type": "string",
      "readOnly": true
     },
     "repeated": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "keptFrom": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "keptHash": {
      "type": "string",
      "readOnly": true
     },
     "previousHash": {
      "type": "string",
      "readOnly": true
     },
     "hash": {
      "type": "string",
      "readOnly": true
     },
     "signature": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/BackupLocation"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "BackupLocation": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string",
      "x-ms-mutability": [
       "create",
       "read"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string"
      }
     },
     "etag": {
      "type": "string",
      "readOnly": true
     },
     "systemData": {
      "$ref": "#/definitions/SystemData",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationProperties"
     }
    },
    "required": [
     "location"
    ],
    "additionalProperties": false
   },
   "SystemData": {
    "type": "object",
    "properties": {
     "createdBy": {
      "type": "string"
     },
     "createdByType": {
      "type": "string"
     },
     "createdAt": {
      "type": "string",
      "format": "date-time"
     },
     "lastModifiedBy": {
      "type": "string"
     },
     "lastModifiedByType": {
      "type": "string"
     },
     "lastModifiedAt": {
      "type": "string",
      "format": "date-time"
     }
    },
    "additionalProperties": false,
    "readOnly": true
   },
   "BackupLocationProperties": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "type": "string",
      "enum": [
       "Accepted",
       "Creating",
       "Updating",
       "Deleting",
       "Succeeded",
       "Failed",
       "Canceled"
      ],
      "readOnly": true
     },
     "store": {
      "$ref": "#/definitions/Store"
     },
     "encryption": {
      "$ref": "#/definitions/Encryption"
     },
     "schedule": {
      "$ref": "#/definitions/Schedule"
     },
     "retention": {
      "$ref": "#/definitions/Retention"
     },
     "capacity": {
      "$ref": "#/definitions/Capacity",
      "readOnly": true
     },
     "lastBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Store": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string"
     }
    },
    "required": [
     "kind"
    ],
    "discriminator": {
     "propertyName": "kind"
    },
    "oneOf": [
     {
      "$ref": "#/definitions/LocalStore"
     },
     {
      "$ref": "#/definitions/SmbStore"
     },
     {
      "$ref": "#/definitions/AzureBlobStore"
     },
     {
      "$ref": "#/definitions/S3Store"
     },
     {
      "$ref": "#/definitions/SftpStore"
     }
    ]
   },
   "LocalStore": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Local"
      ]
     },
     "path": {
      "type": "string"
     }
    },
    "required": [
     "kind",
     "path"
    ],
    "additionalProperties": false
   },
   "SmbStore": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Smb"
      ]
     },
     "path": {
      "type": "string"
     },
     "userName": {
      "type": "string"
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "port": {
      "type": "integer",
      "format": "int32"
     },
     "requireEncryption": {
      "type": "boolean"
     }
    },
    "required": [
     "kind",
     "path",
     "userName"
    ],
    "additionalProperties": false
   },
   "AzureBlobStore": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "AzureBlob"
      ]
     },
     "containerUrl": {
      "type": "string"
     },
     "authentication": {
      "type": "string",
      "enum": [
       "AccountKey",
       "Sas",
       "ManagedIdentity"
      ]
     },
     "accountKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sasToken": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "serviceVersion": {
      "type": "string",
      "enum": [
       "2021-08-06",
       "2019-07-07"
      ]
     },
     "clientId": {
      "type": "string"
     }
    },
    "required": [
     "kind",
     "containerUrl"
    ],
    "additionalProperties": false
   },
   "S3Store": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "S3"
      ]
     },
     "endpoint": {
      "type": "string"
     },
     "region": {
      "type": "string"
     },
     "bucket": {
      "type": "string"
     },
     "prefix": {
      "type": "string"
     },
     "accessKeyId": {
      "type": "string"
     },
     "secretAccessKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sessionToken": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "usesPathStyle": {
      "type": "boolean"
     }
    },
    "required": [
     "kind",
     "endpoint",
     "bucket",
     "accessKeyId"
    ],
    "additionalProperties": false
   },
   "SftpStore": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Sftp"
      ]
     },
     "host": {
      "type": "string"
     },
     "port": {
      "type": "integer",
      "format": "int32"
     },
     "path": {
      "type": "string"
     },
     "userName": {
      "type": "string"
     },
     "hostKey": {
      "type": "string"
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKey": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKeyPassphrase": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "required": [
     "kind",
     "host",
     "path",
     "userName",
     "hostKey"
    ],
    "additionalProperties": false
   },
   "Encryption": {
    "type": "object",
    "properties": {
     "mode": {
      "type": "string",
      "enum": [
       "Certificate",
       "PreSharedKey"
      ],
      "readOnly": true
     },
     "recipients": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Recipient"
      }
     }
    },
    "additionalProperties": false
   },
   "Recipient": {
    "type": "object",
    "properties": {
     "certificateBase64": {
      "type": "string"
     },
     "thumbprint": {
      "type": "string",
      "readOnly": true
     },
     "keyId": {
      "type": "string",
      "readOnly": true
     },
     "subject": {
      "type": "string",
      "readOnly": true
     },
     "notAfter": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     }
    },
    "required": [
     "certificateBase64"
    ],
    "additionalProperties": false
   },
   "Schedule": {
    "type": "object",
    "properties": {
     "isEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "frequencyInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "nextBackupTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "cron": {
      "type": [
       "string",
       "null"
      ]
     },
     "timeZone": {
      "type": [
       "string",
       "null"
      ]
     },
     "windows": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/ScheduleWindow"
      }
     },
     "blackouts": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "$ref": "#/definitions/ScheduleBlackout"
      }
     },
     "pausedUntil": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "lastSkip": {
      "type": [
       "object",
       "null"
      ],
      "properties": {
       "tick": {
        "type": "string",
        "format": "date-time",
        "readOnly": true
       },
       "time": {
        "type": "string",
        "format": "date-time",
        "readOnly": true
       },
       "code": {
        "type": "string",
        "readOnly": true
       },
       "message": {
        "type": "string",
        "readOnly": true
       },
       "operationId": {
        "type": [
         "string",
         "null"
        ],
        "readOnly": true
       }
      },
      "additionalProperties": false,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ScheduleWindow": {
    "type": "object",
    "properties": {
     "days": {
      "type": [
       "array",
       "null"
      ],
      "items": {
       "type": "string",
       "enum": [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday"
       ]
      }
     },
     "start": {
      "type": "string"
     },
     "end": {
      "type": "string"
     }
    },
    "required": [
     "start",
     "end"
    ],
    "additionalProperties": false
   },
   "ScheduleBlackout": {
    "type": "object",
    "properties": {
     "from": {
      "type": "string",
      "format": "date-time"
     },
     "to": {
      "type": "string",
      "format": "date-time"
     },
     "reason": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "from",
     "to"
    ],
    "additionalProperties": false
   },
   "ScheduleSkip": {
    "type": "object",
    "properties": {
     "tick": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "time": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "operationId": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Retention": {
    "type": "object",
    "properties": {
     "periodInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "count": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "hourly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "daily": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "weekly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "monthly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "yearly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     }
    },
    "additionalProperties": false
   },
   "Capacity": {
    "type": "object",
    "properties": {
     "freeBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "totalBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "level": {
      "type": "string",
      "enum": [
       "Unknown",
       "Enough",
       "Low",
       "Short"
      ],
      "readOnly": true
     },
     "nextBackupBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "daysLeft": {
      "type": "integer",
      "format": "int32",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Backup": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "systemData": {
      "$ref": "#/definitions/SystemData",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/BackupProperties",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupProperties": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "type": "string",
      "readOnly": true
     },
     "backupId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Queued",
       "Running",
       "Failed",
       "PartialSucceeded",
       "Succeeded",
       "Canceled",
       "Deleted"
      ],
      "readOnly": true
     },
     "startTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "isAutomaticBackup": {
      "type": "boolean",
      "readOnly": true
     },
     "isCloudRecoveryReady": {
      "type": "boolean",
      "readOnly": true
     },
     "completelyUploaded": {
      "type": "boolean",
      "readOnly": true
     },
     "deploymentId": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "stampVersion": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "oemVersion": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "repositoryId": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "epochId": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "sequence": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int64",
      "readOnly": true
     },
     "recipients": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RecipientName"
      },
      "readOnly": true
     },
     "roles": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RoleResult"
      },
      "readOnly": true
     },
     "plainBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "newBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "storedBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "manifestHash": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "signature": {
      "type": [
       "string",
       "null"
      ],
      "enum": [
       "Trusted",
       "Untrusted",
       "Invalid",
       null
      ],
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     },
     "keptBecause": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "pin": {
      "type": [
       "object",
       "null"
      ],
      "properties": {
       "by": {
        "type": "string",
        "readOnly": true
       },
       "time": {
        "type": "string",
        "format": "date-time",
        "readOnly": true
       },
       "reason": {
        "type": [
         "string",
         "null"
        ],
        "readOnly": true
       }
      },
      "additionalProperties": false,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RecipientName": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Certificate",
       "PreSharedKey"
      ],
      "readOnly": true
     },
     "thumbprint": {
      "type": "string",
      "readOnly": true
     },
     "keyId": {
      "type": "string",
      "readOnly": true
     },
     "subject": {
      "type": "string",
      "readOnly": true
     },
     "notAfter": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RoleResult": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Queued",
       "Running",
       "Succeeded",
       "PartialSucceeded",
       "Failed",
       "Skipped"
      ],
      "readOnly": true
     },
     "required": {
      "type": "boolean",
      "readOnly": true
     },
     "essential": {
      "type": "boolean",
      "readOnly": true
     },
     "startTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "files": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "directories": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "otherEntries": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "plainBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "newBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "warnings": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupPin": {
    "type": "object",
    "properties": {
     "by": {
      "type": "string",
      "readOnly": true
     },
     "time": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "reason": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "VerifyResult": {
    "type": "object",
    "properties": {
     "depth": {
      "type": "string",
      "readOnly": true
     },
     "subset": {
      "type": "object",
      "properties": {
       "part": {
        "type": "integer",
        "format": "int32",
        "readOnly": true
       },
       "of": {
        "type": "integer",
        "format": "int32",
        "readOnly": true
       }
      },
      "additionalProperties": false,
      "readOnly": true
     },
     "isHealthy": {
      "type": "boolean",
      "readOnly": true
     },
     "backups": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "objects": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "findings": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/VerifyFinding"
      },
      "readOnly": true
     },
     "unopenedBackups": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/UnopenedBackups"
      },
      "readOnly": true
     },
     "duration": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "VerifyFinding": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "object": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "backups": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "UnopenedBackups": {
    "type": "object",
    "properties": {
     "epochId": {
      "type": "string",
      "readOnly": true
     },
     "recipients": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RecipientName"
      },
      "readOnly": true
     },
     "backups": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "StoreCheck": {
    "type": "object",
    "properties": {
     "isUsable": {
      "type": "boolean",
      "readOnly": true
     },
     "steps": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/StoreCheckStep"
      },
      "readOnly": true
     },
     "freeBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "totalBytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "StoreCheckStep": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "enum": [
       "Reach",
       "SignIn",
       "Encryption",
       "Write",
       "ReadBack",
       "List",
       "ConditionalCreate",
       "Delete",
       "FreeSpace",
       "ClockSkew",
       "NewestBackup",
       "Lease"
      ],
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Passed",
       "Warning",
       "Failed",
       "Skipped"
      ],
      "readOnly": true
     },
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "PruneResult": {
    "type": "object",
    "properties": {
     "operationType": {
      "type": "string",
      "readOnly": true
     },
     "pathsToDelete": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "backupsToDelete": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "bytesFreedNow": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytesFreedLater": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "SchedulePreview": {
    "type": "object",
    "properties": {
     "isEnabled": {
      "type": "boolean",
      "readOnly": true
     },
     "timeZone": {
      "type": "string",
      "readOnly": true
     },
     "runs": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ScheduledRun"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ScheduledRun": {
    "type": "object",
    "properties": {
     "tick": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "time": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "localTime": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RetentionPreview": {
    "type": "object",
    "properties": {
     "keep": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/KeptBackup"
      },
      "readOnly": true
     },
     "remove": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RemovedBackup"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "KeptBackup": {
    "type": "object",
    "properties": {
     "backupId": {
      "type": "string",
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "readOnly": true
     },
     "keptBecause": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RemovedBackup": {
    "type": "object",
    "properties": {
     "backupId": {
      "type": "string",
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "readOnly": true
     },
     "reason": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "CopyResult": {
    "type": "object",
    "properties": {
     "targetLocationName": {
      "type": "string",
      "readOnly": true
     },
     "repositoryId": {
      "type": "string",
      "readOnly": true
     },
     "copiedBackups": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "presentBackups": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "objects": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "verification": {
      "$ref": "#/definitions/VerifyResult",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Backup"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "RestoreResult": {
    "type": "object",
    "properties": {
     "backupId": {
      "type": "string",
      "readOnly": true
     },
     "roles": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RestoredRole"
      },
      "readOnly": true
     },
     "files": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "warnings": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RestoreWarning"
      },
      "readOnly": true
     },
     "duration": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RestoredRole": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "files": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytes": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "warnings": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RestoreWarning": {
    "type": "object",
    "properties": {
     "path": {
      "type": "string",
      "readOnly": true
     },
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "OperationResult": {
    "type": [
     "object",
     "null"
    ],
    "properties": {
     "status": {
      "type": "string",
      "readOnly": true
     },
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "additionalProperties": true
   },
   "OperationStatus": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "resourceId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Accepted",
       "Running",
       "Succeeded",
       "Failed",
       "Canceled"
      ],
      "readOnly": true
     },
     "startTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "endTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "percentComplete": {
      "type": "number",
      "readOnly": true
     },
     "progress": {
      "type": "string",
      "readOnly": true
     },
     "roles": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/RoleProgress"
      },
      "readOnly": true
     },
     "properties": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "required": [
     "status"
    ],
    "additionalProperties": false
   },
   "RoleProgress": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Waiting",
       "Copying",
       "Succeeded",
       "PartialSucceeded",
       "Failed",
       "Skipped"
      ],
      "readOnly": true
     },
     "filesDone": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytesDone": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "filesTotal": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     },
     "bytesTotal": {
      "type": "integer",
      "format": "int64",
      "readOnly": true
     }
    },
    "required": [
     "name",
     "status",
     "filesDone",
     "bytesDone"
    ],
    "additionalProperties": false
   },
   "OperationLog": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/OperationLogLine"
      },
      "readOnly": true
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "OperationLogLine": {
    "type": "object",
    "properties": {
     "sequence": {
      "type": "integer",
      "format": "int32",
      "readOnly": true
     },
     "timestamp": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "level": {
      "type": "string",
      "enum": [
       "Error",
       "Warning",
       "Information"
      ],
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "PreflightResult": {
    "type": "object",
    "properties": {
     "status": {
      "type": "string",
      "enum": [
       "Succeeded",
       "Failed"
      ],
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/ErrorDetail",
      "readOnly": true
     }
    },
    "required": [
     "status"
    ],
    "additionalProperties": false
   },
   "AlertList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Alert"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "Alert": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "systemData": {
      "$ref": "#/definitions/SystemData",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/AlertProperties",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AlertProperties": {
    "type": "object",
    "properties": {
     "alertTypeId": {
      "type": "string",
      "readOnly": true
     },
     "family": {
      "type": "string",
      "readOnly": true
     },
     "severity": {
      "type": "string",
      "enum": [
       "Critical",
       "Warning"
      ],
      "readOnly": true
     },
     "state": {
      "type": "string",
      "enum": [
       "Active",
       "Closed"
      ],
      "readOnly": true
     },
     "title": {
      "type": "string",
      "readOnly": true
     },
     "cause": {
      "type": "string",
      "readOnly": true
     },
     "step": {
      "type": "string",
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/AlertError",
      "readOnly": true
     },
     "remediation": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "probe": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      },
      "readOnly": true
     },
     "impactedResourceId": {
      "type": "string",
      "readOnly": true
     },
     "openedTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "updatedTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "closedTime": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "closedBy": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AlertError": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "Diagnosis": {
    "type": "object",
    "properties": {
     "status": {
      "type": "string",
      "enum": [
       "Passed",
       "Warning",
       "Failed"
      ],
      "readOnly": true
     },
     "checkedTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "checks": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/DiagnosisCheck"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "DiagnosisCheck": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "readOnly": true
     },
     "resourceId": {
      "type": "string",
      "readOnly": true
     },
     "status": {
      "type": "string",
      "enum": [
       "Passed",
       "Warning",
       "Failed"
      ],
      "readOnly": true
     },
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "remediation": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "readOnly": true
     },
     "probe": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "MonitoringSettings": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "systemData": {
      "$ref": "#/definitions/SystemData",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/MonitoringProperties"
     }
    },
    "additionalProperties": false
   },
   "MonitoringProperties": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "type": "string",
      "readOnly": true
     },
     "recoveryPointTargetInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "drillTargetInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "certificateWarningInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "sizeChangeInPercent": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     }
    },
    "additionalProperties": false
   },
   "NotificationRouteList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/NotificationRoute"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "NotificationRoute": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "systemData": {
      "$ref": "#/definitions/SystemData",
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/NotificationRouteProperties"
     }
    },
    "required": [
     "properties"
    ],
    "additionalProperties": false
   },
   "NotificationRouteProperties": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "type": "string",
      "readOnly": true
     },
     "kind": {
      "type": "string",
      "enum": [
       "Webhook",
       "Email",
       "Syslog",
       "Heartbeat"
      ]
     },
     "isEnabled": {
      "type": "boolean"
     },
     "severities": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "Critical",
        "Warning"
       ]
      }
     },
     "events": {
      "type": "array",
      "items": {
       "type": "string",
       "enum": [
        "Alerts",
        "Backups",
        "Audit"
       ]
      }
     },
     "targetUrl": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "targetOrigin": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "signingSecret": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "method": {
      "type": "string",
      "enum": [
       "GET",
       "POST"
      ]
     },
     "host": {
      "type": [
       "string",
       "null"
      ]
     },
     "port": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32"
     },
     "security": {
      "type": "string",
      "enum": [
       "Tls",
       "StartTls",
       "None",
       "Tcp",
       "Udp"
      ]
     },
     "userName": {
      "type": [
       "string",
       "null"
      ]
     },
     "password": {
      "type": "null",
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "from": {
      "type": [
       "string",
       "null"
      ]
     },
     "to": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "lastDelivered": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "readOnly": true
     },
     "lastError": {
      "$ref": "#/definitions/AlertError",
      "readOnly": true
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "NotificationTestResult": {
    "type": "object",
    "properties": {
     "isDelivered": {
      "type": "boolean",
      "readOnly": true
     },
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "DeadLetterList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/DeadLetter"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "DeadLetter": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "route": {
      "type": "string",
      "readOnly": true
     },
     "event": {
      "type": "string",
      "readOnly": true
     },
     "severity": {
      "type": "string",
      "readOnly": true
     },
     "title": {
      "type": "string",
      "readOnly": true
     },
     "createdTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "givenUpTime": {
      "type": "string",
      "format": "date-time",
      "readOnly": true
     },
     "error": {
      "$ref": "#/definitions/AlertError",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "BackupLocationRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128,
      "x-ms-mutability": [
       "create",
       "read"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string",
       "maxLength": 256
      }
     },
     "etag": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationPropertiesRequest"
     }
    },
    "required": [
     "location"
    ],
    "additionalProperties": false
   },
   "BackupLocationPropertiesRequest": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "readOnly": true
     },
     "store": {
      "$ref": "#/definitions/StoreRequest"
     },
     "encryption": {
      "$ref": "#/definitions/EncryptionRequest"
     },
     "schedule": {
      "$ref": "#/definitions/ScheduleRequest"
     },
     "retention": {
      "$ref": "#/definitions/RetentionRequest"
     },
     "capacity": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "StoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string"
     }
    },
    "required": [
     "kind"
    ],
    "discriminator": {
     "propertyName": "kind"
    },
    "oneOf": [
     {
      "$ref": "#/definitions/LocalStoreRequest"
     },
     {
      "$ref": "#/definitions/SmbStoreRequest"
     },
     {
      "$ref": "#/definitions/AzureBlobStoreRequest"
     },
     {
      "$ref": "#/definitions/S3StoreRequest"
     },
     {
      "$ref": "#/definitions/SftpStoreRequest"
     }
    ]
   },
   "LocalStoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Local"
      ]
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 4096
     }
    },
    "required": [
     "kind",
     "path"
    ],
    "additionalProperties": false
   },
   "SmbStoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Smb"
      ]
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "userName": {
      "type": "string",
      "minLength": 1,
      "maxLength": 512
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "port": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "requireEncryption": {
      "type": "boolean"
     }
    },
    "required": [
     "kind",
     "path",
     "userName"
    ],
    "additionalProperties": false
   },
   "AzureBlobStoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "AzureBlob"
      ]
     },
     "containerUrl": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     },
     "authentication": {
      "type": "string",
      "enum": [
       "AccountKey",
       "Sas",
       "ManagedIdentity"
      ]
     },
     "accountKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sasToken": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 4096,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "serviceVersion": {
      "type": "string",
      "enum": [
       "2021-08-06",
       "2019-07-07"
      ]
     },
     "clientId": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128
     }
    },
    "required": [
     "kind",
     "containerUrl"
    ],
    "additionalProperties": false
   },
   "S3StoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "S3"
      ]
     },
     "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     },
     "region": {
      "type": "string",
      "minLength": 1,
      "maxLength": 64,
      "pattern": "^[A-Za-z0-9-]+$"
     },
     "bucket": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
     },
     "prefix": {
      "type": "string",
      "maxLength": 512
     },
     "accessKeyId": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128
     },
     "secretAccessKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sessionToken": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 8192,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "usesPathStyle": {
      "type": "boolean"
     }
    },
    "required": [
     "kind",
     "endpoint",
     "bucket",
     "accessKeyId"
    ],
    "additionalProperties": false
   },
   "SftpStoreRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Sftp"
      ]
     },
     "host": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253
     },
     "port": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "userName": {
      "type": "string",
      "minLength": 1,
      "maxLength": 512
     },
     "hostKey": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128,
      "pattern": "^SHA256:[A-Za-z0-9+/]{43}=?$"
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 65536,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKeyPassphrase": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "required": [
     "kind",
     "host",
     "path",
     "userName",
     "hostKey"
    ],
    "additionalProperties": false
   },
   "EncryptionRequest": {
    "type": "object",
    "properties": {
     "mode": {
      "readOnly": true
     },
     "recipients": {
      "type": "array",
      "minItems": 1,
      "maxItems": 16,
      "items": {
       "$ref": "#/definitions/RecipientRequest"
      }
     }
    },
    "additionalProperties": false
   },
   "RecipientRequest": {
    "type": "object",
    "properties": {
     "certificateBase64": {
      "type": "string",
      "minLength": 1,
      "maxLength": 65536
     },
     "thumbprint": {
      "readOnly": true
     },
     "keyId": {
      "readOnly": true
     },
     "subject": {
      "readOnly": true
     },
     "notAfter": {
      "readOnly": true
     }
    },
    "required": [
     "certificateBase64"
    ],
    "additionalProperties": false
   },
   "ScheduleRequest": {
    "type": "object",
    "properties": {
     "isEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "frequencyInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 168
     },
     "nextBackupTime": {
      "readOnly": true
     },
     "cron": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 200
     },
     "timeZone": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 64
     },
     "windows": {
      "type": [
       "array",
       "null"
      ],
      "maxItems": 50,
      "items": {
       "$ref": "#/definitions/ScheduleWindowRequest"
      }
     },
     "blackouts": {
      "type": [
       "array",
       "null"
      ],
      "maxItems": 100,
      "items": {
       "$ref": "#/definitions/ScheduleBlackoutRequest"
      }
     },
     "pausedUntil": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "lastSkip": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ScheduleWindowRequest": {
    "type": "object",
    "properties": {
     "days": {
      "type": [
       "array",
       "null"
      ],
      "minItems": 1,
      "maxItems": 7,
      "items": {
       "type": "string",
       "enum": [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday"
       ]
      }
     },
     "start": {
      "type": "string",
      "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"
     },
     "end": {
      "type": "string",
      "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
     }
    },
    "required": [
     "start",
     "end"
    ],
    "additionalProperties": false
   },
   "ScheduleBlackoutRequest": {
    "type": "object",
    "properties": {
     "from": {
      "type": "string",
      "format": "date-time"
     },
     "to": {
      "type": "string",
      "format": "date-time"
     },
     "reason": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 200
     }
    },
    "required": [
     "from",
     "to"
    ],
    "additionalProperties": false
   },
   "RetentionRequest": {
    "type": "object",
    "properties": {
     "periodInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 3650
     },
     "count": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "hourly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "daily": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "weekly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "monthly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "yearly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     }
    },
    "additionalProperties": false
   },
   "BackupLocationUpdateRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128,
      "x-ms-mutability": [
       "read",
       "create"
      ]
     },
     "tags": {
      "type": [
       "object",
       "null"
      ],
      "additionalProperties": {
       "type": "string",
       "maxLength": 256
      }
     },
     "etag": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/BackupLocationUpdatePropertiesRequest"
     }
    },
    "additionalProperties": false
   },
   "BackupLocationUpdatePropertiesRequest": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "readOnly": true
     },
     "store": {
      "$ref": "#/definitions/StoreUpdateRequest"
     },
     "encryption": {
      "$ref": "#/definitions/EncryptionRequest"
     },
     "schedule": {
      "type": [
       "object",
       "null"
      ],
      "properties": {
       "isEnabled": {
        "type": [
         "boolean",
         "null"
        ]
       },
       "frequencyInHours": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 1,
        "maximum": 168
       },
       "nextBackupTime": {
        "readOnly": true
       },
       "cron": {
        "type": [
         "string",
         "null"
        ],
        "maxLength": 200
       },
       "timeZone": {
        "type": [
         "string",
         "null"
        ],
        "maxLength": 64
       },
       "windows": {
        "type": [
         "array",
         "null"
        ],
        "maxItems": 50,
        "items": {
         "$ref": "#/definitions/ScheduleWindowRequest"
        }
       },
       "blackouts": {
        "type": [
         "array",
         "null"
        ],
        "maxItems": 100,
        "items": {
         "$ref": "#/definitions/ScheduleBlackoutRequest"
        }
       },
       "pausedUntil": {
        "type": [
         "string",
         "null"
        ],
        "format": "date-time"
       },
       "lastSkip": {
        "readOnly": true
       }
      },
      "additionalProperties": false
     },
     "retention": {
      "type": [
       "object",
       "null"
      ],
      "properties": {
       "periodInDays": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 3650
       },
       "count": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       },
       "hourly": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       },
       "daily": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       },
       "weekly": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       },
       "monthly": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       },
       "yearly": {
        "type": [
         "integer",
         "null"
        ],
        "format": "int32",
        "minimum": 0,
        "maximum": 1000
       }
      },
      "additionalProperties": false
     },
     "capacity": {
      "readOnly": true
     },
     "lastBackupTime": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "StoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string"
     }
    },
    "required": [
     "kind"
    ],
    "discriminator": {
     "propertyName": "kind"
    },
    "oneOf": [
     {
      "$ref": "#/definitions/LocalStoreUpdateRequest"
     },
     {
      "$ref": "#/definitions/SmbStoreUpdateRequest"
     },
     {
      "$ref": "#/definitions/AzureBlobStoreUpdateRequest"
     },
     {
      "$ref": "#/definitions/S3StoreUpdateRequest"
     },
     {
      "$ref": "#/definitions/SftpStoreUpdateRequest"
     }
    ]
   },
   "LocalStoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Local"
      ]
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 4096
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "SmbStoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Smb"
      ]
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "userName": {
      "type": "string",
      "minLength": 1,
      "maxLength": 512
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "port": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "requireEncryption": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "AzureBlobStoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "AzureBlob"
      ]
     },
     "containerUrl": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     },
     "authentication": {
      "type": "string",
      "enum": [
       "AccountKey",
       "Sas",
       "ManagedIdentity"
      ]
     },
     "accountKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sasToken": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 4096,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "serviceVersion": {
      "type": "string",
      "enum": [
       "2021-08-06",
       "2019-07-07"
      ]
     },
     "clientId": {
      "type": [
       "string",
       "null"
      ],
      "minLength": 1,
      "maxLength": 128
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "S3StoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "S3"
      ]
     },
     "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     },
     "region": {
      "type": [
       "string",
       "null"
      ],
      "minLength": 1,
      "maxLength": 64,
      "pattern": "^[A-Za-z0-9-]+$"
     },
     "bucket": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
     },
     "prefix": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 512
     },
     "accessKeyId": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128
     },
     "secretAccessKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "sessionToken": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 8192,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "usesPathStyle": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "SftpStoreUpdateRequest": {
    "type": "object",
    "properties": {
     "kind": {
      "type": "string",
      "enum": [
       "Sftp"
      ]
     },
     "host": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253
     },
     "port": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "path": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "userName": {
      "type": "string",
      "minLength": 1,
      "maxLength": 512
     },
     "hostKey": {
      "type": "string",
      "minLength": 1,
      "maxLength": 128,
      "pattern": "^SHA256:[A-Za-z0-9+/]{43}=?$"
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKey": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 65536,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "privateKeyPassphrase": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "minLength": 1,
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   },
   "ScheduleUpdateRequest": {
    "type": "object",
    "properties": {
     "isEnabled": {
      "type": [
       "boolean",
       "null"
      ]
     },
     "frequencyInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 168
     },
     "nextBackupTime": {
      "readOnly": true
     },
     "cron": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 200
     },
     "timeZone": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 64
     },
     "windows": {
      "type": [
       "array",
       "null"
      ],
      "maxItems": 50,
      "items": {
       "$ref": "#/definitions/ScheduleWindowRequest"
      }
     },
     "blackouts": {
      "type": [
       "array",
       "null"
      ],
      "maxItems": 100,
      "items": {
       "$ref": "#/definitions/ScheduleBlackoutRequest"
      }
     },
     "pausedUntil": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "lastSkip": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "RetentionUpdateRequest": {
    "type": "object",
    "properties": {
     "periodInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 3650
     },
     "count": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "hourly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "daily": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "weekly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "monthly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     },
     "yearly": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     }
    },
    "additionalProperties": false
   },
   "CreateBackupOptionsRequest": {
    "type": "object",
    "properties": {
     "rescan": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "VerifyOptionsRequest": {
    "type": "object",
    "properties": {
     "depth": {
      "type": "string",
      "enum": [
       "Structure",
       "Ciphertext",
       "Content"
      ]
     },
     "subset": {
      "$ref": "#/definitions/VerifySubsetRequest"
     },
     "decryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 262144,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "decryptionCertPassword": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "additionalProperties": false
   },
   "VerifySubsetRequest": {
    "type": "object",
    "properties": {
     "part": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 10000
     },
     "of": {
      "type": "integer",
      "format": "int32",
      "minimum": 1,
      "maximum": 10000
     }
    },
    "required": [
     "part",
     "of"
    ],
    "additionalProperties": false
   },
   "PruneOptionsRequest": {
    "type": "object",
    "properties": {
     "operationType": {
      "type": [
       "string",
       "null"
      ],
      "enum": [
       "Default",
       "DryRun",
       null
      ]
     },
     "applyRetention": {
      "type": [
       "boolean",
       "null"
      ]
     }
    },
    "additionalProperties": false
   },
   "SchedulePreviewOptionsRequest": {
    "type": "object",
    "properties": {
     "schedule": {
      "$ref": "#/definitions/ScheduleUpdateRequest"
     },
     "count": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 100
     }
    },
    "additionalProperties": false
   },
   "RetentionPreviewOptionsRequest": {
    "type": "object",
    "properties": {
     "retention": {
      "$ref": "#/definitions/RetentionUpdateRequest"
     }
    },
    "additionalProperties": false
   },
   "CopyOptionsRequest": {
    "type": "object",
    "properties": {
     "targetLocationName": {
      "type": "string",
      "minLength": 1,
      "maxLength": 90
     },
     "backupIds": {
      "type": [
       "array",
       "null"
      ],
      "minItems": 1,
      "maxItems": 1000,
      "items": {
       "type": "string",
       "format": "uuid"
      }
     },
     "depth": {
      "type": "string",
      "enum": [
       "Structure",
       "Ciphertext"
      ]
     }
    },
    "required": [
     "targetLocationName"
    ],
    "additionalProperties": false
   },
   "RestoreOptionsRequest": {
    "type": "object",
    "properties": {
     "targetPath": {
      "type": "string",
      "minLength": 1,
      "maxLength": 4096
     },
     "overwrite": {
      "type": "boolean"
     },
     "roleNames": {
      "type": "array",
      "maxItems": 256,
      "items": {
       "type": "string",
       "minLength": 1,
       "maxLength": 256
      }
     },
     "decryptionCertBase64": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 262144,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "decryptionCertPassword": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     }
    },
    "required": [
     "targetPath"
    ],
    "additionalProperties": false
   },
   "PinOptionsRequest": {
    "type": "object",
    "properties": {
     "reason": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 500
     }
    },
    "additionalProperties": false
   },
   "PreflightRequestRequest": {
    "type": "object",
    "properties": {
     "resources": {
      "type": "array",
      "items": {
       "type": "object",
       "additionalProperties": true
      }
     }
    },
    "required": [
     "resources"
    ],
    "additionalProperties": false
   },
   "MoveRequestRequest": {
    "type": "object",
    "properties": {
     "targetResourceGroup": {
      "type": "string"
     },
     "resources": {
      "type": "array",
      "items": {
       "type": "string"
      }
     }
    },
    "required": [
     "targetResourceGroup",
     "resources"
    ],
    "additionalProperties": false
   },
   "MonitoringSettingsRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/MonitoringPropertiesRequest"
     }
    },
    "additionalProperties": false
   },
   "MonitoringPropertiesRequest": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "readOnly": true
     },
     "recoveryPointTargetInHours": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 8760
     },
     "drillTargetInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 3650
     },
     "certificateWarningInDays": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 8,
      "maximum": 365
     },
     "sizeChangeInPercent": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 0,
      "maximum": 1000
     }
    },
    "additionalProperties": false
   },
   "NotificationRouteRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "systemData": {
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/NotificationRoutePropertiesRequest"
     }
    },
    "required": [
     "properties"
    ],
    "additionalProperties": false
   },
   "NotificationRoutePropertiesRequest": {
    "type": "object",
    "properties": {
     "provisioningState": {
      "readOnly": true
     },
     "kind": {
      "type": "string",
      "enum": [
       "Webhook",
       "Email",
       "Syslog",
       "Heartbeat"
      ]
     },
     "isEnabled": {
      "type": "boolean"
     },
     "severities": {
      "type": "array",
      "maxItems": 2,
      "items": {
       "type": "string",
       "enum": [
        "Critical",
        "Warning"
       ]
      }
     },
     "events": {
      "type": "array",
      "maxItems": 3,
      "items": {
       "type": "string",
       "enum": [
        "Alerts",
        "Backups",
        "Audit"
       ]
      }
     },
     "targetUrl": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 2048,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "targetOrigin": {
      "readOnly": true
     },
     "signingSecret": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 512,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "method": {
      "type": "string",
      "enum": [
       "GET",
       "POST"
      ]
     },
     "host": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 253
     },
     "port": {
      "type": [
       "integer",
       "null"
      ],
      "format": "int32",
      "minimum": 1,
      "maximum": 65535
     },
     "security": {
      "type": "string",
      "enum": [
       "Tls",
       "StartTls",
       "None",
       "Tcp",
       "Udp"
      ]
     },
     "userName": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 320
     },
     "password": {
      "type": [
       "string",
       "null"
      ],
      "format": "password",
      "maxLength": 1024,
      "x-ms-secret": true,
      "x-ms-mutability": [
       "create",
       "update"
      ]
     },
     "from": {
      "type": [
       "string",
       "null"
      ],
      "maxLength": 320
     },
     "to": {
      "type": "array",
      "maxItems": 20,
      "items": {
       "type": "string",
       "maxLength": 320
      }
     },
     "lastDelivered": {
      "readOnly": true
     },
     "lastError": {
      "readOnly": true
     }
    },
    "required": [
     "kind"
    ],
    "additionalProperties": false
   }
  }
 }
];

/** What ARM itself tells a provider: the life cycle of subscriptions, in an api-version of its own. */
export const lifeCycleContracts: readonly Contract[] = [
 {
  "namespace": "Microsoft.Resources",
  "apiVersion": "2.0",
  "routes": [
   {
    "operationId": "Subscriptions_CreateOrUpdate",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}",
    "query": [],
    "body": {
     "definition": "SubscriptionRequest",
     "required": true
    },
    "responses": {
     "200": "Subscription"
    }
   }
  ],
  "definitions": {
   "Subscription": {
    "type": "object",
    "properties": {
     "state": {
      "type": "string",
      "enum": [
       "Registered",
       "Unregistered",
       "Warned",
       "Suspended",
       "Deleted"
      ]
     },
     "registrationDate": {
      "type": "string"
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     }
    },
    "required": [
     "state"
    ],
    "additionalProperties": true
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "SubscriptionRequest": {
    "type": "object",
    "properties": {
     "state": {
      "type": "string",
      "enum": [
       "Registered",
       "Unregistered",
       "Warned",
       "Suspended",
       "Deleted"
      ]
     },
     "registrationDate": {
      "type": "string"
     },
     "properties": {
      "type": "object",
      "additionalProperties": true
     }
    },
    "required": [
     "state"
    ],
    "additionalProperties": true
   }
  }
 }
];

/** Alerts and health in the shape that operators' tools read. */
export const insightsContracts: readonly Contract[] = [
 {
  "namespace": "Microsoft.InfrastructureInsights.Admin",
  "apiVersion": "2016-05-01",
  "routes": [
   {
    "operationId": "Alerts_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/alerts",
    "query": [
     {
      "name": "$filter",
      "type": "string",
      "required": false
     }
    ],
    "responses": {
     "200": "AlertList"
    }
   },
   {
    "operationId": "Alerts_Get",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/alerts/{alertName}",
    "query": [],
    "responses": {
     "200": "Alert"
    }
   },
   {
    "operationId": "Alerts_Close",
    "method": "PUT",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/alerts/{alertName}",
    "query": [
     {
      "name": "user",
      "type": "string",
      "required": true
     }
    ],
    "body": {
     "definition": "AlertRequest",
     "required": true
    },
    "responses": {
     "200": "Alert"
    }
   },
   {
    "operationId": "ServiceHealths_List",
    "method": "GET",
    "path": "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/serviceHealths",
    "query": [],
    "responses": {
     "200": "ServiceHealthList"
    }
   }
  ],
  "definitions": {
   "AlertList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/Alert"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "Alert": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/AlertProperties"
     }
    },
    "additionalProperties": false
   },
   "AlertProperties": {
    "type": "object",
    "properties": {
     "alertId": {
      "type": "string",
      "readOnly": true
     },
     "faultId": {
      "type": "string",
      "readOnly": true
     },
     "faultTypeId": {
      "type": "string",
      "readOnly": true
     },
     "title": {
      "type": "string",
      "readOnly": true
     },
     "severity": {
      "type": "string",
      "readOnly": true
     },
     "state": {
      "type": "string",
      "enum": [
       "Active",
       "Closed"
      ]
     },
     "createdTimestamp": {
      "type": "string",
      "readOnly": true
     },
     "lastUpdatedTimestamp": {
      "type": "string",
      "readOnly": true
     },
     "closedTimestamp": {
      "type": "string",
      "readOnly": true
     },
     "closedByUserAlias": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "description": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/TextToken"
      },
      "readOnly": true
     },
     "remediation": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/TextToken"
      },
      "readOnly": true
     },
     "alertProperties": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      },
      "readOnly": true
     },
     "impactedResourceId": {
      "type": "string",
      "readOnly": true
     },
     "impactedResourceDisplayName": {
      "type": "string",
      "readOnly": true
     },
     "resourceRegistrationId": {
      "type": [
       "string",
       "null"
      ],
      "readOnly": true
     },
     "resourceProviderRegistrationId": {
      "type": "string",
      "readOnly": true
     },
     "hasValidRemediationAction": {
      "type": "boolean",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "TextToken": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string"
     },
     "text": {
      "type": "string"
     }
    },
    "additionalProperties": false
   },
   "ErrorResponse": {
    "type": "object",
    "properties": {
     "error": {
      "$ref": "#/definitions/ErrorDetail"
     }
    },
    "additionalProperties": false
   },
   "ErrorDetail": {
    "type": "object",
    "properties": {
     "code": {
      "type": "string",
      "readOnly": true
     },
     "message": {
      "type": "string",
      "readOnly": true
     },
     "target": {
      "type": "string",
      "readOnly": true
     },
     "details": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorDetail"
      },
      "readOnly": true
     },
     "additionalInfo": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ErrorAdditionalInfo"
      },
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ErrorAdditionalInfo": {
    "type": "object",
    "properties": {
     "type": {
      "type": "string",
      "readOnly": true
     },
     "info": {
      "type": "object",
      "additionalProperties": true,
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ServiceHealthList": {
    "type": "object",
    "properties": {
     "value": {
      "type": "array",
      "items": {
       "$ref": "#/definitions/ServiceHealth"
      }
     },
     "nextLink": {
      "type": [
       "string",
       "null"
      ]
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "ServiceHealth": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string",
      "readOnly": true
     },
     "name": {
      "type": "string",
      "readOnly": true
     },
     "type": {
      "type": "string",
      "readOnly": true
     },
     "location": {
      "type": "string",
      "readOnly": true
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      },
      "readOnly": true
     },
     "properties": {
      "$ref": "#/definitions/ServiceHealthProperties",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "ServiceHealthProperties": {
    "type": "object",
    "properties": {
     "registrationId": {
      "type": "string",
      "readOnly": true
     },
     "displayName": {
      "type": "string",
      "readOnly": true
     },
     "namespace": {
      "type": "string",
      "readOnly": true
     },
     "healthState": {
      "type": "string",
      "readOnly": true
     },
     "alertSummary": {
      "$ref": "#/definitions/AlertSummary",
      "readOnly": true
     },
     "infraURI": {
      "type": "string",
      "readOnly": true
     },
     "routePrefix": {
      "type": "string",
      "readOnly": true
     },
     "serviceLocation": {
      "type": "string",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AlertSummary": {
    "type": "object",
    "properties": {
     "criticalAlertCount": {
      "type": "integer",
      "format": "int32",
      "readOnly": true
     },
     "warningAlertCount": {
      "type": "integer",
      "format": "int32",
      "readOnly": true
     }
    },
    "additionalProperties": false
   },
   "AlertRequest": {
    "type": "object",
    "properties": {
     "id": {
      "readOnly": true
     },
     "name": {
      "readOnly": true
     },
     "type": {
      "readOnly": true
     },
     "location": {
      "type": "string"
     },
     "tags": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "properties": {
      "$ref": "#/definitions/AlertPropertiesRequest"
     }
    },
    "additionalProperties": false
   },
   "AlertPropertiesRequest": {
    "type": "object",
    "properties": {
     "alertId": {
      "readOnly": true
     },
     "faultId": {
      "readOnly": true
     },
     "faultTypeId": {
      "readOnly": true
     },
     "title": {
      "readOnly": true
     },
     "severity": {
      "readOnly": true
     },
     "state": {
      "type": "string",
      "enum": [
       "Active",
       "Closed"
      ]
     },
     "createdTimestamp": {
      "readOnly": true
     },
     "lastUpdatedTimestamp": {
      "readOnly": true
     },
     "closedTimestamp": {
      "readOnly": true
     },
     "closedByUserAlias": {
      "readOnly": true
     },
     "description": {
      "readOnly": true
     },
     "remediation": {
      "readOnly": true
     },
     "alertProperties": {
      "readOnly": true
     },
     "impactedResourceId": {
      "readOnly": true
     },
     "impactedResourceDisplayName": {
      "readOnly": true
     },
     "resourceRegistrationId": {
      "readOnly": true
     },
     "resourceProviderRegistrationId": {
      "readOnly": true
     },
     "hasValidRemediationAction": {
      "readOnly": true
     }
    },
    "additionalProperties": false
   }
  }
 }
];
