/** The machine-readable contract of one api-version, generated from `specs/resource-manager`. */
export interface Contract {
  readonly namespace: string;
  readonly apiVersion: string;
  readonly routes: readonly ContractRoute[];
  /** JSON schemas (draft 2020-12) by definition name; `$ref`s are `#/definitions/Name`. */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export type Method = "GET" | "PUT" | "PATCH" | "POST" | "DELETE";

export interface ContractRoute {
  readonly operationId: string;
  readonly method: Method;
  /** Full path template, e.g. `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}`. */
  readonly path: string;
  readonly query: readonly ContractQuery[];
  readonly body?: { readonly definition: string; readonly required: boolean };
  /** Declared success codes, with the definition of their body where there is one. */
  readonly responses: Readonly<Record<number, string | null>>;
  readonly longRunning?: LongRunning;
}

export interface ContractQuery {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean";
  readonly required: boolean;
}

export interface LongRunning {
  readonly finalStateVia: "location" | "azure-async-operation";
  /**
   * How pollers of this route were always answered (`x-holdfast-polling`):
   * `location` — first generation: Location decides; a failure there is 500 with the recorded body;
   * `both` — second generation: `operationResults/{id}` and the same with `IsAsyncOperation=1`;
   * `modern` — ARM's present rules: operationStatuses and operationResults apart, failures 4xx.
   */
  readonly polling: "location" | "both" | "modern";
  /** Seconds in the start answer's Retry-After (`x-holdfast-retry-after`). */
  readonly startRetryAfterSeconds: number;
  /** Seconds in the running polls' Retry-After: Location, status. */
  readonly pollRetryAfterSeconds: number;
}

/** Identifies what a route means over all api-versions: method and template. */
export function routeKey(route: Pick<ContractRoute, "method" | "path">): string {
  return `${route.method} ${route.path}`;
}
