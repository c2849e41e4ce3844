// Generated from specs/resource-manager by specs/generate.ts: change the document and run `npm run generate`.
/** Types of Microsoft.Resources 2.0. */
export interface paths {
    readonly "/subscriptions/{subscriptionId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** @description Tells the state of a subscription; only the front door does. */
        readonly put: operations["Subscriptions_CreateOrUpdate"];
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
        /** @description A subscription as ARM tells it. */
        readonly Subscription: {
            /**
             * @description What may be done in it.
             * @enum {string}
             */
            readonly state: "Registered" | "Unregistered" | "Warned" | "Suspended" | "Deleted";
            /** @description When it was registered. */
            readonly registrationDate?: string;
            /** @description Facts about it; kept as they are. */
            readonly properties?: {
                readonly [key: string]: unknown;
            };
        } & {
            readonly [key: string]: unknown;
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
        /** @description GUID of the subscription. */
        readonly SubscriptionId: string;
        /** @description Version of the contract that the caller speaks. */
        readonly ApiVersion: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Subscription = components['schemas']['Subscription'];
export type ErrorResponse = components['schemas']['ErrorResponse'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type ErrorAdditionalInfo = components['schemas']['ErrorAdditionalInfo'];
export type ParameterSubscriptionId = components['parameters']['SubscriptionId'];
export type ParameterApiVersion = components['parameters']['ApiVersion'];
export type $defs = Record<string, never>;
export interface operations {
    readonly Subscriptions_CreateOrUpdate: {
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
        /** @description The subscription. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Subscription"];
            };
        };
        readonly responses: {
            /** @description Taken; the body as it was sent. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
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
