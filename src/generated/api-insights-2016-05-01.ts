// Generated from specs/resource-manager by specs/generate.ts: change the document and run `npm run generate`.
/** Types of Microsoft.InfrastructureInsights.Admin 2016-05-01. */
export interface paths {
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/alerts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Lists the alerts of backup locations in a region. */
        readonly get: operations["Alerts_List"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/alerts/{alertName}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows an alert. */
        readonly get: operations["Alerts_Get"];
        /** @description Closes an alert: its state must be Closed, nothing else can be changed. */
        readonly put: operations["Alerts_Close"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}/serviceHealths": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description Shows how well infrastructure backup is in a region: as well as its worst open alert. */
        readonly get: operations["ServiceHealths_List"];
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
        /** @description An alert as operators' tools read it. */
        readonly Alert: {
            /** @description ARM id. */
            readonly id?: string;
            /** @description GUID. */
            readonly name?: string;
            /** @description Kind of resource. */
            readonly type?: string;
            /** @description The region. */
            readonly location?: string;
            /** @description None. */
            readonly tags?: {
                readonly [key: string]: string;
            };
            /** @description The alert in detail. */
            readonly properties?: components["schemas"]["AlertProperties"];
        };
        /** @description What is wrong and what to do. */
        readonly AlertProperties: {
            /** @description GUID of the alert. */
            readonly alertId?: string;
            /** @description Names the fault: type and location. */
            readonly faultId?: string;
            /** @description Which alert it is, for programs. */
            readonly faultTypeId?: string;
            /** @description In one line. */
            readonly title?: string;
            /** @description Critical or Warning. */
            readonly severity?: string;
            /**
             * @description Active or Closed.
             * @enum {string}
             */
            readonly state?: "Active" | "Closed";
            /** @description When it was found. */
            readonly createdTimestamp?: string;
            /** @description When it was last found still there. */
            readonly lastUpdatedTimestamp?: string;
            /** @description When it was closed; empty while it is open. */
            readonly closedTimestamp?: string;
            /** @description Who closed it by hand. */
            readonly closedByUserAlias?: string | null;
            /** @description What is wrong. */
            readonly description?: readonly components["schemas"]["TextToken"][];
            /** @description What to do. */
            readonly remediation?: readonly components["schemas"]["TextToken"][];
            /** @description Particulars by name. */
            readonly alertProperties?: {
                readonly [key: string]: string;
            };
            /** @description The location it is about. */
            readonly impactedResourceId?: string;
            /** @description Its name. */
            readonly impactedResourceDisplayName?: string;
            /** @description Names the resource to operators' tools. */
            readonly resourceRegistrationId?: string | null;
            /** @description Names the provider to operators' tools. */
            readonly resourceProviderRegistrationId?: string;
            /** @description Whether repair is offered; it is not. */
            readonly hasValidRemediationAction?: boolean;
        };
        /** @description A piece of a text. */
        readonly TextToken: {
            /** @description What it is; always Text here. */
            readonly type?: string;
            /** @description The words. */
            readonly text?: string;
        };
        /** @description Alerts. */
        readonly AlertList: {
            /** @description The items. */
            readonly value: readonly components["schemas"]["Alert"][];
            /** @description Address of the next page; always absent. */
            readonly nextLink?: string | null;
        };
        /** @description How well a service is. */
        readonly ServiceHealth: {
            /** @description ARM id. */
            readonly id?: string;
            /** @description Its registration. */
            readonly name?: string;
            /** @description Kind of resource. */
            readonly type?: string;
            /** @description The region. */
            readonly location?: string;
            /** @description None. */
            readonly tags?: {
                readonly [key: string]: string;
            };
            /** @description The health in detail. */
            readonly properties?: components["schemas"]["ServiceHealthProperties"];
        };
        /** @description How well a service is. */
        readonly ServiceHealthProperties: {
            /** @description Its registration. */
            readonly registrationId?: string;
            /** @description Its name for people. */
            readonly displayName?: string;
            /** @description Its namespace. */
            readonly namespace?: string;
            /** @description Healthy, Warning, Critical or Unknown. */
            readonly healthState?: string;
            /** @description How many alerts are open. */
            readonly alertSummary?: components["schemas"]["AlertSummary"];
            /** @description Its region. */
            readonly infraURI?: string;
            /** @description Where its resources are. */
            readonly routePrefix?: string;
            /** @description The region. */
            readonly serviceLocation?: string;
        };
        /** @description How many alerts are open. */
        readonly AlertSummary: {
            /**
             * Format: int32
             * @description Critical ones.
             */
            readonly criticalAlertCount?: number;
            /**
             * Format: int32
             * @description Warnings.
             */
            readonly warningAlertCount?: number;
        };
        /** @description Services. */
        readonly ServiceHealthList: {
            /** @description The items. */
            readonly value: readonly components["schemas"]["ServiceHealth"][];
            /** @description Address of the next page; always absent. */
            readonly nextLink?: string | null;
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
    };
    responses: never;
    parameters: {
        /** @description GUID of the alert. */
        readonly AlertNameParameter: string;
        /** @description Comparisons of State, Severity, Title, AlertId, FaultTypeId or CreatedTimestamp, also written Properties/State, joined by and. */
        readonly FilterParameter: string;
        /** @description Who closes it. */
        readonly UserParameter: string;
        /** @description GUID of the subscription. */
        readonly SubscriptionId: string;
        /** @description Name of the resource group; case does not matter. */
        readonly ResourceGroupName: string;
        /** @description Name of the backup location; case does not matter. */
        readonly Location: string;
        /** @description Version of the contract that the caller speaks. */
        readonly ApiVersion: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Alert = components['schemas']['Alert'];
export type AlertProperties = components['schemas']['AlertProperties'];
export type TextToken = components['schemas']['TextToken'];
export type AlertList = components['schemas']['AlertList'];
export type ServiceHealth = components['schemas']['ServiceHealth'];
export type ServiceHealthProperties = components['schemas']['ServiceHealthProperties'];
export type AlertSummary = components['schemas']['AlertSummary'];
export type ServiceHealthList = components['schemas']['ServiceHealthList'];
export type ErrorResponse = components['schemas']['ErrorResponse'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type ErrorAdditionalInfo = components['schemas']['ErrorAdditionalInfo'];
export type ParameterAlertNameParameter = components['parameters']['AlertNameParameter'];
export type ParameterFilterParameter = components['parameters']['FilterParameter'];
export type ParameterUserParameter = components['parameters']['UserParameter'];
export type ParameterSubscriptionId = components['parameters']['SubscriptionId'];
export type ParameterResourceGroupName = components['parameters']['ResourceGroupName'];
export type ParameterLocation = components['parameters']['Location'];
export type ParameterApiVersion = components['parameters']['ApiVersion'];
export type $defs = Record<string, never>;
export interface operations {
    readonly Alerts_List: {
        readonly parameters: {
            readonly query: {
                /** @description Comparisons of State, Severity, Title, AlertId, FaultTypeId or CreatedTimestamp, also written Properties/State, joined by and. */
                readonly $filter?: components["parameters"]["FilterParameter"];
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
                readonly alertName: components["parameters"]["AlertNameParameter"];
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
                /** @description Who closes it. */
                readonly user: components["parameters"]["UserParameter"];
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
                readonly alertName: components["parameters"]["AlertNameParameter"];
            };
            readonly cookie?: never;
        };
        /** @description The alert as it was read, its state Closed. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Alert"];
            };
        };
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
    readonly ServiceHealths_List: {
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
            /** @description The service. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServiceHealthList"];
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
